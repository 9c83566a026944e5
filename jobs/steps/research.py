"""What a channel's research has found, as what its measures work on; and the refusal where it has found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from channels_app import queries
from channels_app.models import Channel
from jobs.spec import NeedMissing

if TYPE_CHECKING:
    from jobs.tools.trends.observed import Observed

# Of more than this the newest finds are taken.
FOUND_AT_MOST = 2000


def check_found(channel: Channel) -> None:
    """Raise NeedMissing, with the way to Discover, where there is nothing to compute with."""
    found = queries.found_videos_of(channel)
    if found.filter(views__isnull=False).exists():
        return
    if found.exists():
        message = "YouTube has told no view counts of the videos that were found, and proposals are computed from them."
        way_out = "Search again in Discover, perhaps for something else."
    else:
        message = "Proposals are computed from videos that Discover has found on YouTube, and none has been found yet."
        way_out = "Search for what your channel is about in Discover first."
    raise NeedMissing(message, way_out, url=reverse("discover", args=[channel.slug]), link="Open Discover")


def observed(channel: Channel) -> list[Observed]:
    """The found videos as they are measured."""
    from jobs.tools.trends.observed import Observed

    return [
        Observed(
            id=row.video_id,
            title=row.title,
            counted_at=row.counted_at,
            url=row.url,
            format=row.format,
            channel=row.youtube_channel_id or row.youtube_channel_name,
            channel_name=row.youtube_channel_name,
            views=row.views,
            published_at=row.published_at,
            is_date_exact=row.is_date_exact,
            times_median=row.times_median,
        )
        for row in queries.found_videos_of(channel)[:FOUND_AT_MOST]
    ]
