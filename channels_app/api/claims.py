"""`channels/<slug>/scripts/<id>/claims/`."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers

from channels_app import queries
from channels_app.api.shared import NewestFirst, OfChannel, ProblemSerializer
from channels_app.models import Claim


class SourceSerializer(serializers.Serializer[dict[str, str]]):
    """What a claim was compared with. `note`: the id of a note of the channel, or empty."""

    title = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    quote = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    """A claim. `start`, `end`: its characters in the script's body; `is_stale`: they have been changed since.

    `confidence`: how often the rule that matched is right, or how sure the model said it was; null where neither is known.
    """

    sources = SourceSerializer(many=True)

    class Meta:
        model = Claim
        fields = ("id", "start", "end", "text", "is_stale", "verdict", "reason", "confidence", "explanation", "sources",
                  "model", "prompt", "created_at")  # fmt: skip


class InPlace(NewestFirst):
    """In the order of the text."""

    ordering = ("start", "id")


@extend_schema_view(
    get=extend_schema(
        operation_id="script_claims",
        responses={200: ClaimSerializer(many=True), 401: ProblemSerializer, 404: ProblemSerializer},
    )
)
class ClaimsView(OfChannel[Claim], generics.ListAPIView[Claim]):
    """`channels/<slug>/scripts/<id>/claims/`: what fact-checks have found, in the order of the text."""

    rows = staticmethod(queries.claims_in)
    serializer_class = ClaimSerializer
    pagination_class = InPlace

    def get_queryset(self) -> QuerySet[Claim]:
        """The script's claims. Raises Http404 for a script that is not there."""
        rows = super().get_queryset()
        if self.access is None:
            return rows
        script = self.kwargs["pk"]
        if not queries.scripts_of(self.channel).filter(pk=script).exists():
            raise Http404("There is no such script.")
        return rows.filter(script=script)
