"""What the studio remembers of YouTube for everybody: channels for a day, pages of results for some hours.

Nothing here belongs to a tenant: these are answers to public questions, kept so that YouTube is asked less often.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from channels_app.models import SearchedPage, YouTubeChannel
from channels_app.models.youtube import ABOUT_FOR, FACTS_FOR, PAGES_FOR

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFacts:
    """What one look at a channel has told; the fields are those of `YouTubeChannel`."""

    youtube_id: str
    looked_up_at: datetime
    name: str = ""
    handle: str = ""
    description: str = ""
    subscribers: int | None = None
    video_count: int | None = None
    recent: Sequence[dict[str, Any]] = ()
    has_shorts: bool = False
    has_lives: bool = False
    source: str = ""


def channels_known(ids: Iterable[str]) -> dict[str, YouTubeChannel]:
    """Those of some channels whose figures are fresh, gone ones included, by id."""
    since = timezone.now() - FACTS_FOR
    rows = YouTubeChannel.objects.filter(pk__in=list(dict.fromkeys(ids))[:AT_ONCE], looked_up_at__gte=since)
    return {row.pk: row for row in rows}


def channel(youtube_id: str) -> YouTubeChannel | None:
    """What is known of a channel, however old."""
    return YouTubeChannel.objects.filter(pk=youtube_id).first()


def remember(facts: NewFacts) -> YouTubeChannel:
    """Keep what a look at a channel has told; its about panel and samples stay as they are."""
    values = {field.name: getattr(facts, field.name) for field in fields(facts) if field.name != "youtube_id"}
    values |= {"name": facts.name[:200], "handle": facts.handle[:100], "recent": list(facts.recent)}
    row, _ = YouTubeChannel.objects.update_or_create(
        youtube_id=facts.youtube_id, defaults={**values, "is_gone": False, "trouble": ""}
    )
    return row


def remember_gone(youtube_id: str, trouble: str) -> YouTubeChannel:
    """Keep that a channel cannot be looked at, so that nobody asks for it again today."""
    row, _ = YouTubeChannel.objects.update_or_create(
        youtube_id=youtube_id,
        defaults={"is_gone": True, "trouble": trouble[:300], "looked_up_at": timezone.now()},
    )
    return row


def remember_about(youtube_id: str, *, total_views: int | None, joined_on: date | None, country: str) -> None:
    """Keep what a channel's about panel says."""
    YouTubeChannel.objects.filter(pk=youtube_id).update(
        total_views=total_views, joined_on=joined_on, country=country[:80], about_at=timezone.now()
    )


def remember_samples(youtube_id: str, samples: Sequence[dict[str, Any]]) -> None:
    """Keep views, likes and comments of some of a channel's videos."""
    YouTubeChannel.objects.filter(pk=youtube_id).update(samples=list(samples), sampled_at=timezone.now())


# --- pages of results -------------------------------------------------------------------------------------------------
def page_known(key: str, number: int) -> SearchedPage | None:
    """A page of a chain of results, while it is fresh."""
    return SearchedPage.objects.filter(key=key, number=number, fetched_at__gte=timezone.now() - PAGES_FOR).first()


def remember_page(key: str, number: int, videos: Sequence[dict[str, Any]], *, is_last: bool) -> None:
    """Keep a page. What was known of the pages after it belonged to another answer."""
    SearchedPage.objects.filter(key=key, number__gt=number).delete()
    SearchedPage.objects.update_or_create(
        key=key,
        number=number,
        defaults={"videos": list(videos), "is_last": is_last, "fetched_at": timezone.now()},
    )


def forget_before(moment: datetime) -> int:
    """Remove pages that are out of date, and channels nobody has asked about since that moment; how many rows went."""
    pages, _ = SearchedPage.objects.filter(fetched_at__lt=timezone.now() - PAGES_FOR).delete()
    about = timezone.now() - ABOUT_FOR
    channels, _ = YouTubeChannel.objects.filter(looked_up_at__lt=min(moment, about)).delete()
    return pages + channels
