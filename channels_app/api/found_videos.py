"""`channels/<slug>/found-videos/`."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers

from channels_app import found_videos, queries
from channels_app.api.shared import PROBLEMS, OfChannel, readable
from channels_app.models import FoundVideo


class FoundVideoSerializer(serializers.ModelSerializer[FoundVideo]):
    """A video that searches have kept. What YouTube does not tell is null; `published_at` is rounded unless `is_date_exact`."""

    url = serializers.URLField(read_only=True)
    searches = serializers.SerializerMethodField()

    class Meta:
        model = FoundVideo
        fields = (
            "id",
            "video_id",
            "url",
            "title",
            "description",
            "format",
            "youtube_channel_id",
            "youtube_channel_name",
            "subscribers",
            "views",
            "seconds",
            "published_at",
            "is_date_exact",
            "times_median",
            "times_average",
            "baseline_median",
            "baseline_average",
            "peers",
            "is_older_than_peers",
            "why_no_score",
            "counted_at",
            "created_at",
            "searches",
        )
        read_only_fields = fields

    def get_searches(self, video: FoundVideo) -> list[str]:
        """The jobs that have kept it, newest first."""
        return [str(hit.made_by_job) for hit in video.hits.all()]


def kept_with_searches(channel: object) -> QuerySet[FoundVideo]:
    """The channel's found videos with the searches that kept them."""
    return queries.found_videos_of(channel).prefetch_related("hits")  # type: ignore[arg-type]


@readable("found_videos_list", FoundVideoSerializer(many=True))
class FoundVideosView(OfChannel[FoundVideo], generics.ListAPIView[FoundVideo]):
    """`channels/<slug>/found-videos/`."""

    rows = staticmethod(kept_with_searches)
    serializer_class = FoundVideoSerializer


@readable("found_video", FoundVideoSerializer)
@extend_schema_view(delete=extend_schema(operation_id="found_video_dismiss", responses={204: None, **PROBLEMS}))
class FoundVideoView(OfChannel[FoundVideo], generics.RetrieveDestroyAPIView[FoundVideo]):
    """`channels/<slug>/found-videos/<id>/`."""

    rows = staticmethod(kept_with_searches)
    serializer_class = FoundVideoSerializer

    def perform_destroy(self, instance: FoundVideo) -> None:
        """Dismissed: out of sight, and no later search keeps it."""
        found_videos.dismiss(self.channel, [instance.pk])
