"""`channels/<slug>/scripts/`."""

from __future__ import annotations

from rest_framework import serializers

from channels_app import actions, queries
from channels_app.api.shared import (
    TOO_LONG,
    CheckedSerializer,
    RowsView,
    RowView,
    documented,
)
from channels_app.forms.fields import one_line_end
from channels_app.models import Script
from channels_app.models.script import BODY_CHARACTERS


class ScriptRowSerializer(serializers.ModelSerializer[Script]):
    """A script in a list, without its body. `words`: about how many are spoken."""

    class Meta:
        model = Script
        fields = ("id", "title", "type", "status", "words", "created_at", "updated_at")


class ScriptSerializer(CheckedSerializer[Script]):
    """A script. Drafts cannot be voiced."""

    body = serializers.CharField(
        max_length=BODY_CHARACTERS,
        allow_blank=True,
        required=False,
        trim_whitespace=False,
        error_messages={"max_length": TOO_LONG},
    )

    class Meta:
        model = Script
        fields = ("id", "title", "body", "type", "status", "words", "created_at", "updated_at")
        read_only_fields = ("words",)

    def validate_body(self, body: str) -> str:
        """One kind of line end, whoever sends it."""
        return one_line_end(body)


@documented("scripts", ScriptSerializer, ScriptRowSerializer)
class ScriptsView(RowsView[Script]):
    """`channels/<slug>/scripts/`."""

    rows = staticmethod(queries.script_rows)
    serializer_class = ScriptSerializer
    row_serializer_class = ScriptRowSerializer


@documented("script", ScriptSerializer)
class ScriptView(RowView[Script]):
    """`channels/<slug>/scripts/<id>/`."""

    rows = staticmethod(queries.scripts_of)
    serializer_class = ScriptSerializer

    def perform_destroy(self, instance: Script) -> None:
        """Out of sight; 409 while a job is at work on it."""
        actions.bin_row(instance)
