"""`channels/<slug>/scripts/<id>/passages/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels_app import api_errors, passages, queries, revisions
from channels_app.api.scripts import VersionSerializer
from channels_app.api.shared import CONFLICTS, InPlace, OfScript, person, readable
from channels_app.models import Passage

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


@readable("passages_list", PassageSerializer(many=True))
class PassagesView(OfScript[Passage], generics.ListAPIView[Passage]):
    """`channels/<slug>/scripts/<id>/passages/`: answered ones among them, in the order of the text."""

    rows = staticmethod(queries.passages_in)
    serializer_class = PassageSerializer
    pagination_class = InPlace


class PassageActView(OfScript[Passage]):
    """`channels/<slug>/scripts/<id>/passages/<id>/{apply,dismiss,undo}/`."""

    rows = staticmethod(queries.passages_in)
    serializer_class = PassageSerializer

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
