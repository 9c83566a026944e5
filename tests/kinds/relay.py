"""A pipeline of three stages on three queues; only tests know it. The middle one does as it is told."""

from __future__ import annotations

import threading
from datetime import timedelta

from django import forms

from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import Again, End, JobSpec, Returned, Stage


class RelayForm(InputsForm):
    """What the middle stage does."""

    middle = forms.ChoiceField(choices=[(word, word) for word in ("pass", "crash_once", "again", "gate", "wait")])


def first(ctx: JobContext) -> Returned:
    """Write the baton."""
    ctx.log("the first runner starts")
    ctx.keep("baton", ["first"])
    return None


def middle(ctx: JobContext) -> Returned:
    """Carry it on, or do as told."""
    order = ctx.inputs["middle"]
    baton = ctx.kept("baton")
    tries = ctx.kept("tries", 0) + 1
    ctx.keep("tries", tries)
    if order == "crash_once" and tries == 1:
        raise RuntimeError("stumbled")
    if order == "again" and tries == 1:
        return Again(note="Run it again, better.")
    if order == "gate":
        return End(outcome="needs_you", result={"score": 5})
    if order == "wait":
        pause = threading.Event()
        while not (ctx.work_dir / "go").exists():
            ctx.check()
            pause.wait(0.02)
    ctx.keep("baton", [*baton, "middle"])
    return None


def last(ctx: JobContext) -> Returned:
    """Arrive."""
    path = ctx.work_dir / "medal.txt"
    path.write_text("gold", encoding="utf-8")
    ctx.artifact("medal.txt", path, "text/plain")
    return {"baton": [*ctx.kept("baton"), "last"]}


LIMITS = {"time_limit": timedelta(seconds=30), "silence": timedelta(seconds=30)}
SPEC = JobSpec(
    label="Relay",
    icon="job",
    form=RelayForm,
    title=lambda inputs, channel: "A relay",
    example=lambda channel: {"middle": "pass"},
    stages=(
        Stage(name="first", label="First runner", queue="pipeline", run=first, **LIMITS),
        Stage(name="middle", label="Middle runner", queue="ai", run=middle, **LIMITS),
        Stage(name="last", label="Last runner", queue="render", run=last, **LIMITS),
    ),
)
