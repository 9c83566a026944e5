"""A kind that obeys orders: it succeeds, fails, crashes or hangs as its inputs say. Only tests know it."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from typing import Any

from django import forms

from channels_app.models import Channel, Note
from jobs.context import Delivery, JobContext
from jobs.inputs import InputsForm
from jobs.spec import End, Inputs, JobSpec, Returned, UserError

ORDERS = (
    "nothing",
    "ok",
    "user_error",
    "crash",
    "crash_once",
    "kill",
    "kill_once",
    "exit",
    "hang",
    "ignore_cancel",
    "wait",
    "lines",
    "deliver",
    "artifact",
    "end",
)


class DrillForm(InputsForm):
    """An order, how often, and a text to say."""

    order = forms.ChoiceField(choices=[(order, order) for order in ORDERS])
    count = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    say = forms.CharField(required=False, max_length=1000)
    subject = forms.CharField(required=False, max_length=100)


def run(ctx: JobContext) -> Returned:
    """Obey."""
    order, count = ctx.inputs["order"], int(ctx.inputs.get("count", 3))
    if order == "nothing":
        return {}
    ctx.log(f"order: {order}")
    if say := ctx.inputs.get("say"):
        ctx.log(say)
    match order:
        case "user_error":
            raise UserError("The drill was told to refuse. Give it another order.")
        case "crash":
            raise RuntimeError("the drill was told to crash")
        case "crash_once" if ctx.attempt == 1:
            raise RuntimeError("the drill was told to crash once")
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "kill_once" if ctx.attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "hang" | "ignore_cancel":
            threading.Event().wait()
        case "wait":
            stop = threading.Event()
            while True:
                ctx.check()
                stop.wait(0.02)
        case "lines":
            for number in range(count):
                ctx.log(f"line {number}")
                ctx.progress(number + 1, count)
        case "deliver":
            return deliver(ctx, count)
        case "artifact":
            path = ctx.work_dir / "drill.txt"
            path.write_text("made by a drill\n", encoding="utf-8")
            ctx.stage("Packing")
            ctx.artifact("drill.txt", path, "text/plain")
        case "end":
            return End(outcome="needs_you", result={"score": 6.4})
    return {"order": order, "attempt": ctx.attempt}


def deliver(ctx: JobContext, count: int) -> dict[str, Any]:
    """Deliver `count` notes; the first attempt crashes after half of them."""

    def write(delivery: Delivery) -> str:
        note = Note.objects.create(channel=ctx.channel, title=f"drill {delivery.position}", text="delivered")
        return str(note.pk)

    made = 0
    for position in range(count):
        if ctx.attempt == 1 and position == count // 2:
            raise RuntimeError("the drill was told to crash in the middle")
        made += ctx.deliver(position, write) is not None
        ctx.progress(position + 1, count)
    return {"made": made}


def title(inputs: Inputs, channel: Channel) -> str:
    """What it is called."""
    return f"Drill: {inputs['order']}"


def subject(inputs: Inputs) -> str:
    """As told."""
    return str(inputs.get("subject", ""))


SPEC = JobSpec(
    label="Drill",
    icon="job",
    queue="ai",
    form=DrillForm,
    run=run,
    title=title,
    subject=subject,
    example=lambda channel: {"order": "ok"},
    time_limit=timedelta(seconds=60),
    silence=timedelta(seconds=30),
)
