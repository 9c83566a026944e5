"""`channels/<slug>/ideas/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels_app import actions, ideas, queries
from channels_app.api.channels import WordsField
from channels_app.api.scripts import ScriptSerializer
from channels_app.api.shared import PROBLEMS, CheckedSerializer, OfChannel, RowsView, RowView, documented, person
from channels_app.models import Idea


class IdeaSerializer(CheckedSerializer[Idea]):
    """An idea. `source_data.notes` are the notes it stands on; `model` and `prompt` made it (empty: a person)."""

    tags = WordsField()
    script = serializers.SerializerMethodField()
    source_data = serializers.DictField(read_only=True)

    class Meta:
        model = Idea
        fields = (
            "id",
            "title",
            "hook",
            "angle",
            "tags",
            "type",
            "source",
            "source_data",
            "model",
            "prompt",
            "script",
            "made_by_job",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("source", "model", "prompt", "made_by_job")

    def get_script(self, idea: Idea) -> str | None:
        """The script it was converted to, unless that has been deleted."""
        return str(idea.converted_to.pk) if idea.converted_to else None


@documented("ideas", IdeaSerializer, IdeaSerializer)
class IdeasView(RowsView[Idea]):
    """`channels/<slug>/ideas/`."""

    rows = staticmethod(queries.ideas_of)
    serializer_class = IdeaSerializer


@documented("idea", IdeaSerializer)
class IdeaView(RowView[Idea]):
    """`channels/<slug>/ideas/<id>/`."""

    rows = staticmethod(queries.ideas_of)
    serializer_class = IdeaSerializer

    def perform_destroy(self, instance: Idea) -> None:
        """Out of sight; `prune` removes it for good."""
        actions.bin_row(instance)


class IdeaScriptView(OfChannel[Idea]):
    """`channels/<slug>/ideas/<id>/script/`."""

    rows = staticmethod(queries.ideas_of)
    serializer_class: Any = ScriptSerializer

    @extend_schema(
        operation_id="idea_convert",
        request=None,
        responses={200: ScriptSerializer, 201: ScriptSerializer, **PROBLEMS},
    )
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Make a draft script of it (201), or name the one it has (200)."""
        script, is_new = ideas.convert_to_script(get_object_or_404(self.get_queryset(), pk=pk), person(request))
        shown: Any = ScriptSerializer(script, context=self.get_serializer_context())
        return Response(shown.data, status=201 if is_new else 200)
