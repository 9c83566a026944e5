"""Template tags by which any page starts and shows jobs, without its Python knowing the engine."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.dateparse import parse_datetime

from channels_app.models import Channel, Script
from jobs import drafts, panel, registry
from jobs.models import State
from jobs.views import slot_context

register = template.Library()


@register.inclusion_tag("jobs/_slot.html", takes_context=True)
def job_slot(context: RequestContext, kind: str, channel: Channel, **inputs: Any) -> dict[str, Any]:
    """The newest job of a kind about a subject, live, and the form that starts another.

    The subject follows from the inputs that the page gives: `{% job_slot "tts" channel script=script %}`.
    """
    given = {name: str(getattr(value, "pk", value)) for name, value in inputs.items()}
    request = context["request"]
    shown = slot_context(request, channel.slug, kind, given)
    return {**shown, "request": request, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("jobs/_draft.html", takes_context=True)
def script_draft(context: RequestContext, channel: Channel, script: Script) -> dict[str, Any]:
    """What a stopped job has written of a script, and the button that makes a proposal of it."""
    return {
        "left": drafts.unfinished(channel, script) if context.get("may_change") else None,
        "channel": channel,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("jobs/_write.html", takes_context=True)
def script_write(context: RequestContext, channel: Channel) -> dict[str, Any]:
    """The form that begins a script about a topic and has it written."""
    request = context["request"]
    form = registry.spec("script").form(channel=channel, user=request.user, initial=request.GET.dict())
    # There is no script yet whose title could say it.
    form.fields["topic"].required, form.fields["topic"].help_text = True, ""
    return {
        "topic": form["topic"],
        "model": form["model"],
        "channel": channel,
        "asked": request.GET,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("jobs/_searches.html", takes_context=True)
def discover_searches(context: RequestContext, channel: Channel) -> dict[str, Any]:
    """The channel's newest searches on YouTube: what was looked for, what came of it, and the way to do it again."""
    return {
        "searches": panel.searches(channel),
        "channel": channel,
        "may_change": context.get("may_change"),
        "user": context["request"].user,
    }


@register.simple_tag
def job_result(kind: str, channel: Channel, **inputs: Any) -> dict[str, Any]:
    """What the newest completed job of a kind about a subject told; empty where there is none.

    `{% job_result "humanize" channel script=script as told %}`; the subject follows from the inputs, as for `job_slot`.
    """
    given = {name: str(getattr(value, "pk", value)) for name, value in inputs.items()}
    job = panel.newest(channel, kind, registry.spec(kind).subject(given), state=State.COMPLETED)
    return (job.result or {}) if job else {}


@register.filter
def duration(start: str | None, end: str | None = None) -> str:
    """The time between two ISO instants as `m:ss` or `h:mm:ss`; empty until both are known."""
    began = parse_datetime(start) if start else None
    ended = parse_datetime(end) if end else None
    if began is None or ended is None:
        return ""
    return clock((ended - began).total_seconds())


@register.filter
def listed(value: Any) -> list[str]:
    """A list of a job's result as lines; empty for everything else. A row shows its title, and what else it says."""
    if not isinstance(value, list):
        return []
    return [_line(one) if isinstance(one, dict) else str(one) for one in value]


def _line(row: dict[str, Any]) -> str:
    more = [f"{name} “{text}”" for name, text in row.items() if name not in ("id", "title") and text]
    return f"{row.get('title', '')} ({', '.join(more)})" if more else str(row.get("title", ""))


@register.filter
def clock(seconds: float) -> str:
    """Seconds as `m:ss` or `h:mm:ss`; never negative."""
    whole = max(int(seconds), 0)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
