"""`manage.py check` refuses a wrong kind at start, with a sentence instead of a traceback in the night."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from jobs import registry
from jobs.spec import QUEUES, SpecError


@register()
def kinds_are_sound(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Every kind declares a SPEC that holds together, and every queue has its number of slots."""
    messages: list[CheckMessage] = [
        Error(f"JOB_QUEUES has no slots for {queue!r}.", hint="Add it to JOB_QUEUES in settings.", id="jobs.E002")
        for queue in QUEUES
        if queue not in settings.JOB_QUEUES
    ]
    try:
        registry.kinds()
    except SpecError as error:
        messages.append(Error(str(error), hint="docs/add-a-job-kind.md shows a whole kind.", id="jobs.E001"))
    return messages
