"""What the jobs API asks and answers, for its schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from jobs.models import State

STATES = tuple(State.values)


AnyField = serializers.Field[Any, Any, Any, Any]


class ProgressShape(serializers.Serializer[Any]):
    """How far it is."""

    done = serializers.FloatField()
    of = serializers.FloatField()
    note = serializers.CharField()


class QueueShape(serializers.Serializer[Any]):
    """Where it waits."""

    name = serializers.CharField()
    position = serializers.IntegerField(allow_null=True)
    starts_in = serializers.CharField()


def small_fields() -> dict[str, AnyField]:
    """What a list's rows and a job have in common: the contract's small fields."""
    return {
        "id": serializers.UUIDField(),
        "channel": serializers.SlugField(),
        "kind": serializers.CharField(),
        "title": serializers.CharField(),
        "state": serializers.ChoiceField(State.choices),
        "outcome": serializers.CharField(),
        "stage": serializers.CharField(),
        "waiting_for": serializers.CharField(),
        "progress": ProgressShape(),
        "queue": QueueShape(),
        "eta": serializers.DateTimeField(allow_null=True),
        "cost_usd": serializers.CharField(),
        "retries": serializers.IntegerField(),
        "retry_at": serializers.DateTimeField(allow_null=True),
        "cancel_requested_at": serializers.DateTimeField(allow_null=True),
        "error": serializers.CharField(),
        "rerun_of": serializers.UUIDField(allow_null=True),
        "created_at": serializers.DateTimeField(),
        "started_at": serializers.DateTimeField(allow_null=True),
        "ended_at": serializers.DateTimeField(allow_null=True),
        "rev": serializers.IntegerField(),
        "url": serializers.CharField(),
        "is_ended": serializers.BooleanField(),
    }


JobShape = inline_serializer(
    "Job",
    {
        **small_fields(),
        "inputs": serializers.DictField(),
        "result": serializers.DictField(allow_null=True),
        "attempts": serializers.ListField(child=serializers.DictField()),
        "stages": serializers.ListField(child=serializers.DictField()),
        "artifacts": serializers.ListField(child=serializers.DictField()),
    },
)
TEXTS = (
    "api_url",
    "kind_label",
    "icon",
    "finish_label",
    "user_name",
    "chip",
    "chip_label",
    "stage_label",
    "stage_of",
    "waiting_label",
)
JobRowShape = inline_serializer(
    "JobRow",
    {
        **small_fields(),
        "error": serializers.CharField(help_text="At most 200 characters; the job has all of it."),
        # The rest is what the pages show, as messages of the live stream carry it.
        **{name: serializers.CharField() for name in (*TEXTS, "note", "tries", "outcome_label", "cost", "meta")},
        **{
            name: serializers.BooleanField()
            for name in ("premium", "can_cancel", "can_finish", "can_force", "can_retry", "can_rerun", "wants_key")
        },
        "done": serializers.FloatField(),
        "of": serializers.FloatField(),
        "percent": serializers.IntegerField(allow_null=True),
        "attempt": serializers.IntegerField(),
        "force_from": serializers.DateTimeField(allow_null=True),
    },
)
KindShape = inline_serializer(
    "Kind",
    {
        "kind": serializers.CharField(),
        "label": serializers.CharField(),
        "premium": serializers.BooleanField(),
        "queue": serializers.CharField(),
        "needs": serializers.ListField(child=serializers.CharField()),
        "ready": serializers.BooleanField(),
        "inputs": serializers.DictField(),
    },
    many=True,
)
ErrorShape = inline_serializer(
    "Error",
    {
        "error": inline_serializer(
            "ErrorBody",
            {
                "code": serializers.CharField(),
                "message": serializers.CharField(),
                "fields": serializers.DictField(),
                "url": serializers.CharField(required=False),
            },
        )
    },
)
SUBMIT_SHAPE = inline_serializer(
    "Submit",
    {
        "kind": serializers.CharField(),
        "inputs": serializers.DictField(),
        "idempotency_key": serializers.CharField(required=False),
    },
)
REFUSALS: dict[int, Any] = {status: ErrorShape for status in (400, 402, 403, 404, 409, 422)}
