"""Progressive filtering: many searches for one query, what costs nothing first, channels only where they decide.

Every video that passes is yielded at once. Order: known already → length, date, words, streams (free) → what is
remembered of its channel → the channel's page (one request) → its size → how far the video outgrew it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from channels_app.found_videos import NewVideo
from jobs.steps.youtube import Channels, Searches
from jobs.tools.youtube.chains import MOST_RAW, Widening
from jobs.tools.youtube.door import YouTube
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.filters import Drop, Filters
from jobs.tools.youtube.outlier import Outlier, outlier
from jobs.tools.youtube.records import ChannelFacts, Video

# What drops are called when a search tells what it left out.
DROPS: Final[dict[Drop, str]] = {
    "duration": "by length",
    "date": "by date",
    "keywords": "by words",
    "live": "as streams",
    "size": "by the size of their channel",
    "outlier": "as too ordinary for their channel",
    "unknown": "because YouTube does not tell enough of their channel",
}
# With these YouTube still searches, and only tells no more about channels.
WITHOUT_CHANNELS: Final = frozenset({"bot_check", "consent"})


@dataclass(frozen=True, slots=True)
class Found:
    """A video that passed, what is known of its channel, and its score."""

    video: Video
    facts: ChannelFacts | None
    score: Outlier


class Finder:
    """One search. While it runs: `widening` (raw results, stage), `channels` (looked up), `dropped`.

    left_out: ids that are passed over at once (dismissed, or found by an earlier attempt). tell: called after every
    result and every look at a channel. trouble: why channels are not looked at any more.
    """

    def __init__(
        self,
        youtube: YouTube,
        query: str,
        filters: Filters,
        *,
        left_out: Collection[str] = (),
        tell: Callable[[], None] = lambda: None,
        most_raw: int = MOST_RAW,
    ) -> None:
        self.filters, self._left_out, self._tell = filters, left_out, tell
        self.channels = Channels(youtube, filters.most_subscribers)
        self.widening = Widening(Searches(youtube).search, query, filters.chains(), most_raw)
        self.dropped: Counter[Drop] = Counter()
        self.trouble = ""

    def __iter__(self) -> Iterator[Found]:
        for video in self.widening:
            self._tell()
            if video.id in self._left_out:
                continue
            found = self._judge(video)
            if isinstance(found, Found):
                yield found
            else:
                self.dropped[found] += 1

    def _judge(self, video: Video) -> Found | Drop:
        now = datetime.now(UTC)
        if dropped := self.filters.drops(video, now):
            return dropped
        facts = self._facts(video)
        if facts is None:
            why = self.trouble or "YouTube does not show its channel."
            return "unknown" if self.filters.needs_channel else Found(video, None, Outlier(why_not=why))
        if dropped := self.filters.drops_channel(facts):
            return dropped
        score = outlier(video, facts.recent, now)
        return self.filters.drops_outlier(score) or Found(video, facts, score)

    def _facts(self, video: Video) -> ChannelFacts | None:
        if self.trouble:
            return None
        try:
            return self.channels.facts(video)
        except YouTubeError as error:
            if self.filters.needs_channel or error.reason not in WITHOUT_CHANNELS:
                raise
            self.trouble = error.sentence
            return None
        finally:
            self._tell()


def as_new(found: Found) -> NewVideo:
    """A found video as the channel keeps it."""
    video, facts, score = found.video, found.facts, found.score
    return NewVideo(
        video_id=video.id,
        title=video.title,
        description=video.description or "",
        youtube_channel_id=video.channel_id or "",
        youtube_channel_name=video.channel or (facts.title if facts else ""),
        subscribers=facts.subscribers if facts else None,
        views=video.views,
        seconds=round(video.seconds) if video.seconds is not None else None,
        format=video.format,
        published_at=video.published,
        is_date_exact=video.published_is_exact,
        times_median=score.times_median,
        times_average=score.times_average,
        baseline_median=score.median_views,
        baseline_average=score.average_views,
        peers=score.peers or None,
        is_older_than_peers=score.is_older,
        why_no_score=score.why_not,
    )
