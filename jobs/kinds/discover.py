"""Discover: research on YouTube. Searches ever wider, filters, and keeps what passes, each video the moment it does."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from channels_app import found_videos
from channels_app.forms.fields import WordList
from channels_app.models import Channel, FoundVideo, SearchHit
from jobs.context import JobContext
from jobs.inputs import InputsForm, PartsField
from jobs.spec import Inputs, JobSpec, Need, Place

if TYPE_CHECKING:
    from jobs.steps.find_videos import Finder, Found

QUERY_CHARACTERS = 200
WANTED, WANTED_AT_MOST = 24, 200
COMMAS = "words, with commas between"
TELL_SECONDS = 1.0
ASK_SECONDS = 0.5


class FiltersForm(forms.Form):
    """Which videos pass. YouTube's own filters only say where to look; all of these are applied here."""

    sort = forms.ChoiceField(
        required=False,
        label="Look first for",
        choices=[
            ("", "Best matches"),
            ("views", "Most viewed"),
            ("newest", "Newest"),
            ("outlier", "Outliers"),
        ],
        error_messages={"invalid_choice": "Look first for: “%(value)s” is none of views, newest, outlier."},
    )
    duration = forms.ChoiceField(
        required=False,
        label="Length",
        choices=[
            ("", "Any length"),
            ("under_4", "Under 4 minutes"),
            ("4_to_20", "4 to 20 minutes"),
            ("over_20", "Over 20 minutes"),
        ],
        error_messages={"invalid_choice": "Length: “%(value)s” is none of under_4, 4_to_20, over_20."},
    )
    date = forms.ChoiceField(
        required=False,
        label="Published",
        choices=[
            ("", "Any time"),
            ("today", "Today"),
            ("week", "This week"),
            ("month", "This month"),
            ("year", "This year"),
        ],
        error_messages={"invalid_choice": "Published: “%(value)s” is none of today, week, month, year."},
    )
    max_subscribers = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10**10,
        label="Channel size, at most",
        widget=forms.NumberInput(attrs={"placeholder": "subscribers", "step": "any"}),
        error_messages={
            "invalid": "Channel size, at most: give a whole number of subscribers.",
            "min_value": "Channel size, at most: give 1 or more.",
            "max_value": "Channel size, at most: no channel is that large. Leave it empty for any size.",
        },
    )
    min_outlier = forms.FloatField(
        required=False,
        min_value=0,
        max_value=10_000,
        label="Outlier, at least",
        widget=forms.NumberInput(attrs={"placeholder": "× its channel's median", "step": "any"}),
        error_messages={
            "invalid": "Outlier, at least: give a number such as 3.",
            "min_value": "Outlier, at least: give 0 or more.",
            "max_value": "Outlier, at least: give 10000 or less.",
        },
    )
    include = WordList(label="Must say", widget=forms.TextInput(attrs={"placeholder": COMMAS}))
    exclude = WordList(label="Must not say", widget=forms.TextInput(attrs={"placeholder": COMMAS}))
    streams = forms.BooleanField(required=False, label="Streams as well")


class DiscoverForm(InputsForm):
    """What is looked for on YouTube, and how many videos are enough."""

    verb = "Search YouTube"
    remembers = True

    query = forms.CharField(
        max_length=QUERY_CHARACTERS,
        label="Look for",
        widget=forms.SearchInput(attrs={"placeholder": "how lighthouses work"}),
        error_messages={"required": "Look for: say what the videos should be about."},
    )
    wanted = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=WANTED_AT_MOST,
        label="Enough are",
        widget=forms.NumberInput(attrs={"placeholder": f"{WANTED} videos"}),
        error_messages={
            "min_value": "Enough are: give 1 or more.",
            "max_value": f"Enough are: give {WANTED_AT_MOST} or fewer.",
            "invalid": "Enough are: give a whole number.",
        },
    )
    filters = PartsField(FiltersForm, label="Filters")


def slot_of(channel: Channel) -> str:
    """The panel slot that shows a channel's found videos."""
    return f"discover:{channel.pk}"


class EndHere(Exception):
    """A person has said *stop here*."""


class Status:
    """What the page is told of a search while it runs: at most once a second, and whatever matters at once."""

    def __init__(self, ctx: JobContext, wanted: int, kept: int) -> None:
        self._ctx, self._wanted, self.kept = ctx, wanted, kept
        self.finder: Finder | None = None
        self._told_at = self._asked_at = 0.0

    def check(self) -> None:
        """Raise EndHere when a person has said so (asked at most twice a second), a Stop when the attempt has to end."""
        self._ctx.check()
        if time.monotonic() - self._asked_at > ASK_SECONDS:
            self._asked_at = time.monotonic()
            if self._ctx.is_enough():
                raise EndHere

    def tell(self, *, now: bool = False) -> None:
        """Tell how far it is."""
        self.check()
        if self.finder is None or (not now and time.monotonic() - self._told_at < TELL_SECONDS):
            return
        self._told_at = time.monotonic()
        self._ctx.progress(self.kept, self._wanted, f"searching: {self.finder.widening.chain.label}")
        self.tell_figures()

    def tell_figures(self) -> None:
        """Show the figures, and keep them for pages that are opened later."""
        self._ctx.keep("figures", self.figures())
        self._ctx.announce(f"figures:{self._ctx.job_id}", figures=self.figures())

    def slowed(self, seconds: float) -> None:
        """YouTube makes the search wait, or has stopped to."""
        if seconds:
            self._ctx.log(f"YouTube is slowing this studio down: asking again in {seconds:.0f} s.")
            self._ctx.progress(self.kept, self._wanted, f"slowed by YouTube: asking again in {seconds:.0f} s")
        else:
            self.tell(now=True)

    def figures(self) -> dict[str, str]:
        """The figures, by what they are called."""
        if self.finder is None:
            return {}
        widening = self.finder.widening
        return {
            "kept": f"{self.kept} of {self._wanted}",
            "results looked at": f"{widening.raw:,}",
            "channels looked up": f"{self.finder.channels.looked_up:,}",
            "search": f"{widening.stage} of {widening.stages}",
        }


def run(ctx: JobContext) -> dict[str, Any]:
    """Search until there is enough, nothing more, or a person says so. What an earlier attempt has kept stays and counts."""
    from jobs.steps import find_videos, youtube
    from jobs.tools.youtube.errors import YouTubeError

    if not ctx.kept("began_at"):
        ctx.keep("began_at", timezone.now().isoformat())
    search = found_videos.Search(ctx.inputs["query"], ctx.job_id, datetime.fromisoformat(ctx.kept("began_at")))
    wanted = int(ctx.inputs.get("wanted") or WANTED)
    earlier = set(SearchHit.objects.filter(made_by_job=ctx.job_id).values_list("video__video_id", flat=True))
    dismissed = FoundVideo.objects.filter(channel=ctx.channel, dismissed_at__isnull=False)
    left_out = earlier | set(dismissed.values_list("video_id", flat=True))
    status = Status(ctx, wanted, len(earlier))
    with youtube.open_door(status.check, status.slowed) as door:
        filters = filters_of(ctx.inputs.get("filters") or {})
        finder = status.finder = find_videos.Finder(door, search.query, filters, left_out=left_out, tell=status.tell)
        try:
            ended = _keep(ctx, search, finder, status, wanted)
        except EndHere:
            ended = "stopped"
        except YouTubeError as error:
            status.tell_figures()
            raise youtube.as_job_error(error, still_there(status.kept)) from error
        status.tell_figures()
        requests = door.requests
    _make_exact(ctx, status)
    told = tell_end(ended, finder, status.kept, wanted)
    ctx.log(f"{told} {requests:,} request{'' if requests == 1 else 's'} to YouTube.")
    if finder.trouble:
        ctx.log(f"Channels could not be looked up: {finder.trouble}")
    return {
        "told": told,
        "ended": ended,
        "kept": status.kept,
        "results": finder.widening.raw,
        "videos": finder.widening.unique,
        "channels": finder.channels.looked_up,
        "requests": requests,
        "left_out": left_out_words(finder),
    }


def _keep(ctx: JobContext, search: found_videos.Search, finder: Finder, status: Status, wanted: int) -> str:
    """Keep what passes, one by one. Why it ended: `wanted`, `exhausted` or `raw_cap`."""
    last = SearchHit.objects.filter(made_by_job=ctx.job_id).aggregate(last=Max("job_position"))["last"]
    position = 0 if last is None else last + 1
    status.tell(now=True)
    if status.kept >= wanted:
        return "wanted"
    for found in finder:
        while ctx.delivered(position):
            position += 1
        row = _leave(ctx, search, position, found)
        if row is None:
            continue
        status.kept += 1
        status.tell(now=True)
        if status.kept >= wanted:
            return "wanted"
    return finder.widening.ended or "exhausted"


def _leave(ctx: JobContext, search: found_videos.Search, position: int, found: Found) -> FoundVideo | None:
    """Keep the video, and show it; None where a person has dismissed it meanwhile."""
    from jobs.steps import find_videos

    new = find_videos.as_new(found)
    row = ctx.deliver(position, lambda delivery: found_videos.keep(ctx.channel, new, search, delivery.position))
    if row is None:
        return None
    score = f"{row.times_median:.1f} × its channel's median" if row.times_median is not None else "no score"
    ctx.log(f"{row.title} ({row.youtube_channel_name or 'unknown channel'}; {score})")
    ctx.announce(slot_of(ctx.channel), video=str(row.pk))
    return row


def _make_exact(ctx: JobContext, status: Status) -> None:
    """With a key of the Data API: exact views and dates of what was kept. What it refuses costs the search nothing."""
    from jobs.steps import youtube
    from jobs.tools.youtube.errors import YouTubeError

    api = youtube.open_data_api(ctx.check)
    kept = {
        hit.video.video_id: hit.video
        for hit in SearchHit.objects.filter(made_by_job=ctx.job_id).select_related("video")
    }
    if api is None or not kept:
        return
    ctx.progress(status.kept, status.kept, "asking for exact figures")
    try:
        figures = api.videos(kept)
    except YouTubeError as error:
        ctx.log(error.sentence)
        return
    for video_id, told in figures.items():
        if video_id in kept:
            youtube.make_figures_exact(kept[video_id], told)
            ctx.announce(slot_of(ctx.channel), video=str(kept[video_id].pk))


def still_there(kept: int) -> str:
    """What a search that fails says of what it has kept."""
    return (
        f"The {kept} video{'' if kept == 1 else 's'} found so far {'stays' if kept == 1 else 'stay'}." if kept else ""
    )


ENDS: Final = {
    "wanted": "That is as many as were wanted.",
    "exhausted": "YouTube has no other results for these words.",
    "raw_cap": "A search looks at no more results than that.",
    "stopped": "Stopped here by a person.",
}


def tell_end(ended: str, finder: Finder, kept: int, wanted: int) -> str:
    """One or two sentences: what was found, of how many, and why it ended."""
    count = f"{kept} video{'' if kept == 1 else 's'} kept of {finder.widening.raw:,} results"
    told = f"{count}. {ENDS[ended]}"
    if kept < wanted and (left_out := left_out_words(finder)):
        told += f" Left out: {', '.join(left_out)}."
    return told


def left_out_words(finder: Finder) -> list[str]:
    """What was left out, most first: ["1,648 by length", …]."""
    from jobs.steps import find_videos

    return [f"{count:,} {find_videos.DROPS[drop]}" for drop, count in finder.dropped.most_common()]


def filters_of(given: dict[str, Any]) -> Any:
    """The filters as the tool takes them, from the form's answers."""
    from jobs.tools.youtube.filters import Filters

    return Filters(
        sort=given.get("sort", "relevance"),
        duration=given.get("duration", "any"),
        within=given.get("date", "any"),
        most_subscribers=given.get("max_subscribers"),
        least_outlier=given.get("min_outlier"),
        keywords=tuple(given.get("include", ())),
        without_words=tuple(given.get("exclude", ())),
        lives=bool(given.get("streams")),
    )


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    return f"“{str(inputs['query'])[:120]}” on YouTube"


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place:
    """The grid with the videos of this search alone."""
    return Place(f"{reverse('discover', args=[channel.slug])}?search={job_id}", "Open the videos")


SPEC = JobSpec(
    label="Discover",
    icon="discover",
    queue="research",
    form=DiscoverForm,
    run=run,
    title=title,
    # One search of a channel at a time: YouTube is asked no oftener by two.
    subject=lambda inputs: "discover",
    seen_at=seen_at,
    example=lambda channel: {"query": "tides", "wanted": 3, "filters": {"duration": "4_to_20"}},
    needs=frozenset({Need.NETWORK}),
    # yt-dlp itself comes with the job: that takes 0.15 s, and an idle studio does not hold it.
    preload=("jobs.steps.find_videos",),
    finish_label="Stop here",
    result_words={
        "told": "Summary",
        "ended": "",
        "kept": "Videos kept",
        "results": "Results looked at",
        "videos": "Different videos among them",
        "channels": "Channels looked up",
        "requests": "Requests to YouTube",
        "left_out": "Left out",
    },
    # Six thousand results at a request a second, and YouTube's own pauses.
    time_limit=timedelta(hours=2),
    silence=timedelta(minutes=5),
)
