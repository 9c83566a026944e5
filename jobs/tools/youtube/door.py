"""The door to YouTube: searches, channels, videos and transcripts, by yt-dlp and without a key.

    with YouTube(options, check=ctx.check, slowed=tell) as youtube:
        for video in youtube.search("how tides work", Chain(date="year")):
            facts = youtube.channel(video.channel_id)

One per thread: yt-dlp's parts keep state. Parsing is work for the processor, so more of them want processes, one or two
for each address of the internet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlencode

from jobs.tools.youtube import feed, reading, walker
from jobs.tools.youtube.chains import Chain
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.line import Line, NothingMore, downloader, told
from jobs.tools.youtube.pace import Pace, Patience, TokenBucket
from jobs.tools.youtube.records import ChannelFacts, TranscriptLine, Video, VideoDetails

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL

MOST_QUERY_CHARACTERS: Final = 200
_CHANNEL: Final = re.compile(r"UC[\w-]{22}", re.ASCII)
_VIDEO: Final = re.compile(r"[\w-]{11}", re.ASCII)
# Tabs of a channel's page, as `browse` takes them.
LONG_TAB: Final = "EgZ2aWRlb3PyBgQKAjoA"
SHORTS_TAB: Final = "EgZzaG9ydHPyBgUKA5oBAA%3D%3D"
LIVES_TAB: Final = "EgdzdHJlYW1z8gYECgJ6AA%3D%3D"


class YouTube:
    """YouTube as its guests see it. Every method raises YouTubeError; what was yielded before stays good.

    options: over ours, those of the server's owner (`YTDLP_OPTIONS`: proxy, cookiefile, extractor_args …).
    check: called before and while anything waits; what it raises ends the call. slowed: told the seconds that YouTube
    makes us wait, and 0 once it answers again. pace: who may ask when; share it to share the politeness.
    """

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        check: Callable[[], None] = lambda: None,
        slowed: Callable[[float], None] = lambda seconds: None,
        pace: Pace | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._options = options or {}
        self._line = Line(pace or TokenBucket(), patience or Patience(), check, slowed)
        self._downloader: YoutubeDL | None = None
        self._last_channel: tuple[str, str | None, ChannelFacts | None] = ("", None, None)
        self._last_video: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. What was opened is opened again when asked."""
        if self._downloader:
            self._downloader.close()
            self._downloader = None

    @property
    def requests(self) -> int:
        """How many requests were made so far, those that had to be made again among them."""
        return self._line.requests

    @property
    def seconds_slowed(self) -> float:
        """How long YouTube made us wait so far."""
        return self._line.waited

    def search(self, query: str, chain: Chain | None = None) -> Iterator[Video]:
        """The results of one search, one request for every twenty or so, made when they are asked for.

        It ends by itself after 500 to 1000; `chains.Widening` goes on.
        """
        chain = chain or Chain()
        words = " ".join("".join(sign if sign.isprintable() else " " for sign in query).split())[:MOST_QUERY_CHARACTERS]
        if not words:
            return
        address = urlencode({"search_query": chain.words(words), "sp": chain.sp}, errors="replace")
        self._line.barren = 0
        try:
            with self._in_words():
                url = f"https://www.youtube.com/results?{address}"
                found = self._yt().extract_info(url, download=False, process=False, ie_key="YoutubeSearchURL")
                for entry in found["entries"]:
                    self._line.barren = 0
                    if video := reading.listed(entry):
                        yield video
        except NothingMore:
            return

    def channel(self, channel_id: str, *, shorts: bool = False, lives: bool = False) -> ChannelFacts:
        """A channel's size and its newest long videos: one request, and one more for its Shorts and for its streams.

        channel_id: `UC…`. Raises YouTubeError `gone` if there is none.
        """
        if not _CHANNEL.fullmatch(channel_id):
            raise YouTubeError("gone", _gone(channel_id))
        with self._in_words(_gone(channel_id)):
            facts, page = self._facts(channel_id)
        facts = self.with_tabs(facts, shorts=shorts, lives=lives)
        self._last_channel = channel_id, walker.about_token(page), facts
        return facts

    def with_tabs(self, facts: ChannelFacts, *, shorts: bool = False, lives: bool = False) -> ChannelFacts:
        """What is known of a channel, with its newest Shorts and streams where they are lacking: one request for each."""
        with self._in_words(_gone(facts.id)):
            if shorts and not facts.has_shorts:
                found = self._tab(facts.id, "shorts", SHORTS_TAB)
                facts = replace(facts, has_shorts=True, recent=facts.recent + found)
            if lives and not facts.has_lives:
                found = self._tab(facts.id, "streams", LIVES_TAB)
                facts = replace(facts, has_lives=True, recent=facts.recent + found)
        return facts.with_owner()

    def about(self, channel_id: str) -> ChannelFacts:
        """The same with all views, the day it joined and its country: one request more, or one alone if this channel was
        the last that was asked for."""
        if self._last_channel[0] != channel_id:
            self.channel(channel_id)
        _, token, facts = self._last_channel
        if facts is None or token is None:
            raise YouTubeError("unreadable", "YouTube does not say more of this channel.")
        with self._in_words():
            return replace(facts, **walker.about(self._browse(channel_id, {"continuation": token})))

    def video(self, video_id: str) -> VideoDetails:
        """A video's own page: its exact date, likes, comments, tags. Two requests."""
        with self._in_words("This video is no longer on YouTube."):
            return reading.details(self._info(video_id))

    def transcript(self, video_id: str, language: str = "en") -> tuple[TranscriptLine, ...]:
        """What is said in a video, in that language if there are captions in it; empty if there are none at all.

        Three requests, or one if this video was the last that was asked for.
        """
        with self._in_words("This video is no longer on YouTube."):
            address = reading.captions_address(self._info(video_id), language)
            if address is None:
                return ()
            try:
                return reading.transcript(self._yt().urlopen(address).read())
            except ValueError as error:
                raise YouTubeError("unreadable", "YouTube's captions of this video could not be read.") from error

    def _yt(self) -> YoutubeDL:
        if self._downloader is None:
            self._downloader = downloader(self._options, self._line)
        return self._downloader

    def _info(self, video_id: str) -> Mapping[str, Any]:
        if self._last_video.get("id") != video_id:
            if not _VIDEO.fullmatch(video_id):
                raise YouTubeError("gone", "This video is no longer on YouTube.")
            url = f"{walker.WATCH}{video_id}"
            info = self._yt().extract_info(url, download=False, process=False, ie_key="Youtube")
            if not info or not info.get("title"):
                raise YouTubeError("unreadable")
            self._last_video = info
        return self._last_video

    def _tabs(self) -> Any:
        """yt-dlp's reader of channels' pages."""
        reader = self._yt().get_info_extractor("YoutubeTab")
        reader.initialize()
        return reader

    def _browse(self, channel_id: str, query: Mapping[str, str]) -> Any:
        """One page of a channel, as YouTube's own JSON."""
        keys = ("contents", "onResponseReceivedActions", "onResponseReceivedEndpoints")
        page = self._tabs()._extract_response(item_id=channel_id, query=dict(query), ep="browse", check_get_keys=keys)
        if not page:
            raise YouTubeError("unreadable")
        return page

    def _facts(self, channel_id: str) -> tuple[ChannelFacts, Any]:
        """A channel's facts, and its page. By our walker; where it finds nothing, by yt-dlp's reader; from the feed where
        that finds nothing either."""
        now = datetime.now(UTC)
        try:
            page = self._browse(channel_id, {"browseId": channel_id, "params": LONG_TAB})
        except YouTubeError as error:
            if error.reason != "unreadable":
                raise
            page = {}
        facts = walker.channel(page, channel_id, now)
        if facts.recent or (facts.title and not walker.is_open(page, "videos")):
            return facts, page
        if recent := self._by_reader(page):
            header = self._tabs()._extract_metadata_from_tabs(channel_id, page)
            title, size = facts.title or header.get("channel") or "", header.get("channel_follower_count")
            known = replace(facts, title=title, subscribers=facts.subscribers or size, recent=recent, source="yt-dlp")
            return known, page
        try:
            with self._in_words():
                by_feed = feed.channel(self._yt().urlopen(f"{feed.ADDRESS}{channel_id}").read(), channel_id, now)
        except YouTubeError as error:
            if error.is_blocking:
                raise
            if facts.title:
                # The channel is there; only its videos cannot be told.
                return facts, page
            raise YouTubeError("unreadable") from error
        return replace(facts, title=facts.title or by_feed.title, recent=by_feed.recent, source="feed"), page

    def _tab(self, channel_id: str, name: str, params: str) -> tuple[Video, ...]:
        """The videos of another tab; none if the channel has no such tab: then YouTube opens its first."""
        page = self._browse(channel_id, {"browseId": channel_id, "params": params})
        if not walker.is_open(page, name):
            return ()
        return walker.videos_on(page, datetime.now(UTC)) or self._by_reader(page)

    def _by_reader(self, page: Any) -> tuple[Video, ...]:
        """The videos of the open tab as yt-dlp reads them, without asking for its next page."""
        tab = walker.open_tab(page).get("content")
        grid = tab.get("richGridRenderer") or tab.get("sectionListRenderer") if isinstance(tab, dict) else None
        try:
            entries = list(self._tabs()._extract_entries(grid, [None]))
        except Exception:
            # Whatever it stumbles over on a page that it does not know either: the feed is next.
            return ()
        return tuple(video for entry in entries if (video := reading.listed(entry)))

    @contextmanager
    def _in_words(self, gone: str = "") -> Iterator[None]:
        """Turn whatever yt-dlp raises into YouTubeError. gone: what to say if there is no such thing."""
        self._line.stopped_by = None
        try:
            yield
        except (YouTubeError, NothingMore):
            raise
        except Exception as error:
            if self._line.stopped_by:
                raise self._line.stopped_by from None
            raise told(error, gone) from error


def _gone(channel_id: str) -> str:
    return f"The channel {channel_id[:40]} is no longer on YouTube."
