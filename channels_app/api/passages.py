"""`channels/<slug>/scripts/<id>/passages/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels_app import api_errors, passages, queries, revisions
from channels_app.api.scripts import VersionSerializer
from channels_app.api.shared import CONFLICTS, OfChannel, ProblemSerializer, person
from channels_app.models import Passage, Script

VERBS = ("apply", "dismiss", "undo")


class HitSerializer(serializers.Serializer[Any]):
    """A rule that fired at the characters [start, end) of the script's body."""

    rule = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    why = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class PassageSerializer(serializers.ModelSerializer[Passage]):
    """A marked passage: the characters [start, end) of the script's body. `fix`: how it may be put, or empty."""

    hits = HitSerializer(many=True, read_only=True)

    class Meta:
        model = Passage
        fields = (
            "id",
            "start",
            "end",
            "text",
            "is_stale",
            "hits",
            "fix",
            "fixed_by",
            "state",
            "model",
            "prompt",
            "made_by_job",
            "created_at",
        )
        read_only_fields = fields


class PassagesView(OfChannel[Passage]):
    """`channels/<slug>/scripts/<id>/passages/`."""

    serializer_class = PassageSerializer

    def script(self) -> Script:
        """The script of the address. Raises Http404."""
        script = queries.scripts_of(self.channel).filter(pk=self.kwargs["pk"]).first()
        if script is None:
            raise Http404("There is no such script.")
        return script

    @staticmethod
    def rows(channel: Any) -> Any:
        """Every passage of the channel's scripts."""
        return Passage.objects.filter(script__channel=channel)

    @extend_schema(
        operation_id="passages_list",
        responses={200: PassageSerializer(many=True), 401: ProblemSerializer, 404: ProblemSerializer},
    )
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """A page of the script's passages, the newest first, answered ones among them."""
        rows = self.paginate_queryset(self.script().passages.all())
        return self.get_paginated_response(PassageSerializer(rows, many=True).data)


class PassageActView(PassagesView):
    """`channels/<slug>/scripts/<id>/passages/<id>/{apply,dismiss,undo}/`."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="passage_act",
        parameters=[OpenApiParameter("verb", str, OpenApiParameter.PATH, enum=VERBS)],
        request=VersionSerializer,
        responses={200: PassageSerializer, **CONFLICTS},
    )
    def post(self, request: Request, slug: str, pk: UUID, passage_id: UUID, verb: str) -> Response:
        """Put its fix into the text, keep it as it is, or take either back. 409 when the text has moved on."""
        script = self.script()
        passage = script.passages.filter(pk=passage_id).first()
        if passage is None or verb not in VERBS:
            raise Http404("There is no such passage.")
        asked = VersionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = asked.validated_data.get("version")
        try:
            if verb == "apply":
                passages.apply(script, [passage_id], user=person(request), version=version)
            elif verb == "dismiss":
                passages.dismiss(script, [passage_id])
            else:
                passages.undo(script, [passage_id], user=person(request), version=version)
        except (passages.NotNow, revisions.Conflict) as refusal:
            return api_errors.refusal(409, "conflict", str(refusal))
        passage.refresh_from_db()
        return Response(PassageSerializer(passage).data)
