"""`channels/<slug>/proposals/`, and the answers to one: `proposals/<id>/{approve,reject,reopen}/`."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from channels_app import actions, api_errors, proposals, queries
from channels_app.access import READ_ONLY, channel_for, channels_for
from channels_app.api.channels import WordsField
from channels_app.api.shared import CONFLICTS, CheckedSerializer, RowsView, RowView, documented, person
from channels_app.models import Proposal
from channels_app.models.proposal import REASON_CHARACTERS

ANSWERS = ("approve", "reject", "reopen")


class EvidencePartSerializer(serializers.Serializer[Any]):
    """One number of a score: its weight in percent, its value from 0 to 100 (null: unknown), and what it came from."""

    name = serializers.ChoiceField(choices=["momentum", "gap", "alignment", "timeliness"])
    label = serializers.CharField()  # type: ignore[assignment]
    weight = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    told = serializers.CharField()
    evidence = serializers.DictField()


class ProposalSerializer(CheckedSerializer[Proposal]):
    """A proposal. `score` is the weighed mean of `parts` (null: a person wrote it); `basis` is what they stand on.

    `idea`: what approving has made. `model` and `prompt` worded it (empty: a person).
    """

    tags = WordsField()
    trend_signals = serializers.ListField(child=serializers.CharField(max_length=500), max_length=20, required=False)
    parts = EvidencePartSerializer(many=True, read_only=True)
    basis = serializers.DictField(read_only=True)
    score = serializers.FloatField(read_only=True, allow_null=True)
    idea = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = (
            "id",
            "title",
            "hook",
            "angle",
            "content_gap",
            "reasoning",
            "trend_signals",
            "timeliness",
            "tags",
            "type",
            "score",
            "topic",
            "parts",
            "basis",
            "state",
            "reason",
            "answered_at",
            "idea",
            "model",
            "prompt",
            "made_by_job",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("topic", "state", "reason", "answered_at", "model", "prompt", "made_by_job")

    def get_idea(self, proposal: Proposal) -> str | None:
        """The idea that approving has made, unless that has been deleted."""
        return str(proposal.made_idea.pk) if proposal.made_idea else None


@documented("proposals", ProposalSerializer, ProposalSerializer)
class ProposalsView(RowsView[Proposal]):
    """`channels/<slug>/proposals/`."""

    rows = staticmethod(queries.proposals_in)
    serializer_class = ProposalSerializer


@documented("proposal", ProposalSerializer)
class ProposalView(RowView[Proposal]):
    """`channels/<slug>/proposals/<id>/`."""

    rows = staticmethod(queries.proposals_in)
    serializer_class = ProposalSerializer

    def perform_destroy(self, instance: Proposal) -> None:
        """Out of sight; `prune` removes it for good."""
        actions.bin_row(instance)


class AnswerSerializer(serializers.Serializer[Any]):
    """Why, for `reject`; the others read nothing."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=REASON_CHARACTERS)


class ProposalAnswerView(GenericAPIView[Proposal]):
    """`proposals/<id>/{approve,reject,reopen}/`."""

    serializer_class: Any = AnswerSerializer

    @extend_schema(
        operation_id="proposal_answer",
        parameters=[OpenApiParameter("verb", str, OpenApiParameter.PATH, enum=ANSWERS)],
        request=AnswerSerializer,
        responses={200: ProposalSerializer, **CONFLICTS},
    )
    def post(self, request: Request, pk: UUID, verb: str) -> Response:
        """Make an idea of it, reject it, or take either back; said twice it is the same. 409 where another answer stands."""
        row = queries.proposals_for(channels_for(request.user)).filter(pk=pk).first()
        if row is None or verb not in ANSWERS:
            raise Http404("There is no such proposal.")
        if not channel_for(person(request), row.channel.slug).may_change:
            raise PermissionDenied(READ_ONLY)
        asked = AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            if verb == "approve":
                proposals.approve(row)
            elif verb == "reject":
                proposals.reject(row, cast("str", asked.validated_data.get("reason", "")))
            else:
                proposals.reopen(row)
        except proposals.NotNow as refusal:
            return api_errors.refusal(409, "conflict", str(refusal))
        row.refresh_from_db()
        return Response(ProposalSerializer(row).data)
