"""`channels/<slug>/scripts/<id>/claims/`."""

from __future__ import annotations

from rest_framework import generics, serializers

from channels_app import queries
from channels_app.api.shared import InPlace, OfScript, readable
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


@readable("script_claims", ClaimSerializer(many=True))
class ClaimsView(OfScript[Claim], generics.ListAPIView[Claim]):
    """`channels/<slug>/scripts/<id>/claims/`: what fact-checks have found, in the order of the text."""

    rows = staticmethod(queries.claims_in)
    serializer_class = ClaimSerializer
    pagination_class = InPlace
