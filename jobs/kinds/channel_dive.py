"""Channel dive: a closer look at a channel on YouTube, for the page that shows its figures.

A page never asks YouTube itself, which may take minutes when it slows the studio down: this job does, and the page shows
what is remembered (docs/adr/0012).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.urls import reverse

from channels_app import youtube_facts
from channels_app.models import Channel
from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec, Need, Place

if TYPE_CHECKING:
    from jobs.tools.youtube.door import YouTube
    from jobs.tools.youtube.records import ChannelFacts, Video

# Two requests each: enough for a share of likes, and quick.
SAMPLES = 5
_ID = re.compile(r"UC[\w-]{22}")


class ChannelDiveForm(InputsForm):
    """Which channel on YouTube."""

    verb = "Look closer"

    youtube_channel = forms.CharField(
        max_length=64,
        label="Channel on YouTube",
        help_text="Its id: UC and 22 signs.",
        error_messages={"required": "Channel on YouTube: give its id."},
    )

    def clean_youtube_channel(self) -> str:
        """The id. Raises ValidationError for what is none."""
        given: str = self.cleaned_data["youtube_channel"]
        if not _ID.fullmatch(given):
            raise forms.ValidationError("Channel on YouTube: give its id, UC and 22 signs.")
        return given


def slot_of(youtube_id: str) -> str:
    """The panel slot that shows a channel's figures."""
    return f"youtube-channel:{youtube_id}"


def run(ctx: JobContext) -> dict[str, Any]:
    """Its page with its Shorts, its about panel, and some videos' likes; each is shown as soon as it is there."""
    from jobs.steps import youtube
    from jobs.tools.youtube.errors import YouTubeError

    youtube_id = ctx.inputs["youtube_channel"]
    ctx.progress(0, 2 + SAMPLES, "asking for its page")
    with youtube.open_door(ctx.check) as door:
        try:
            facts = door.channel(youtube_id, shorts=True)
            youtube.remember(facts)
            _show(ctx, youtube_id, 1, "asking for its whole life and for likes")
            sampled = _by_data_api(ctx, facts)
            if sampled is None:
                _about(ctx, door, youtube_id)
                _show(ctx, youtube_id, 2, "asking for likes of some of its videos")
                sampled = _samples(ctx, door, facts)
        except YouTubeError as error:
            if error.reason in youtube.GONE:
                youtube_facts.remember_gone(youtube_id, error.sentence)
                ctx.announce(slot_of(youtube_id), part=True)
            raise youtube.as_job_error(error) from error
        requests = door.requests
    told = f"{requests} requests to YouTube; likes of {sampled} videos."
    ctx.log(told)
    return {"told": told, "channel": facts.title, "requests": requests}


def _show(ctx: JobContext, youtube_id: str, done: int, note: str) -> None:
    ctx.progress(done, 2 + SAMPLES, note)
    ctx.announce(slot_of(youtube_id), part=True)


def _by_data_api(ctx: JobContext, facts: ChannelFacts) -> int | None:
    """With a key of the Data API two of its units tell all of the rest; None without one, and when it refuses."""
    from jobs.steps import youtube
    from jobs.tools.youtube.errors import YouTubeError

    api = youtube.open_data_api(ctx.check)
    if api is None:
        return None
    by_id = {video.id: video for video in facts.recent if video.format == "long"}
    try:
        life = api.channels([facts.id]).get(facts.id)
        figures = api.videos(by_id)
    except YouTubeError as error:
        ctx.log(error.sentence)
        return None
    if life:
        youtube_facts.remember_about(
            facts.id,
            total_views=life.total_views,
            joined_on=life.joined.date() if life.joined else None,
            country=life.country or "",
        )
    told = [_sample(by_id[key], one.views, one.likes, one.comments) for key, one in figures.items() if key in by_id]
    youtube_facts.remember_samples(facts.id, told)
    _show(ctx, facts.id, 2 + SAMPLES, f"likes of {len(told)} videos")
    return len(told)


def _sample(video: Video, views: int | None, likes: int | None, comments: int | None) -> dict[str, Any]:
    return {"id": video.id, "title": video.title, "views": views, "likes": likes, "comments": comments}


def _about(ctx: JobContext, door: YouTube, youtube_id: str) -> None:
    """What it says of itself; some channels say nothing, which is no reason to stop."""
    from jobs.tools.youtube.errors import YouTubeError

    row = youtube_facts.channel(youtube_id)
    if row and row.is_about_fresh:
        return
    try:
        about = door.about(youtube_id)
    except YouTubeError as error:
        if error.is_blocking:
            raise
        ctx.log(error.sentence)
        return
    joined_on = about.joined.date() if about.joined else None
    youtube_facts.remember_about(
        youtube_id, total_views=about.total_views, joined_on=joined_on, country=about.country or ""
    )


def _samples(ctx: JobContext, door: YouTube, facts: ChannelFacts) -> int:
    """Likes and comments of some newest videos, those that may not be seen passed over; how many were told."""
    from jobs.tools.youtube.errors import YouTubeError

    told: list[dict[str, Any]] = []
    tried = [video for video in facts.recent if video.format == "long"][: 2 * SAMPLES]
    for video in tried:
        if len(told) == SAMPLES:
            break
        try:
            details = door.video(video.id)
        except YouTubeError as error:
            if error.is_blocking:
                raise
            ctx.log(f"“{video.title}”: {error.sentence}")
            continue
        told.append(_sample(video, details.video.views, details.likes, details.comments))
        youtube_facts.remember_samples(facts.id, told)
        _show(ctx, facts.id, 2 + len(told), f"likes of {len(told)} videos")
    return len(told)


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    row = youtube_facts.channel(inputs["youtube_channel"])
    return f"A closer look at {row.name if row and row.name else inputs['youtube_channel']}"


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place | None:
    """The page of the channel, unless nothing is known of it."""
    youtube_id = inputs["youtube_channel"]
    if youtube_facts.channel(youtube_id) is None:
        return None
    return Place(reverse("youtube-channel", args=[channel.slug, youtube_id]), "Open the channel")


SPEC = JobSpec(
    label="Look at a channel",
    icon="target",
    queue="research",
    form=ChannelDiveForm,
    run=run,
    title=title,
    subject=lambda inputs: f"youtube-channel:{inputs['youtube_channel']}",
    seen_at=seen_at,
    example=lambda channel: {"youtube_channel": channel.found_videos.order_by("position")[0].youtube_channel_id},
    needs=frozenset({Need.NETWORK}),
    preload=("jobs.steps.youtube",),
    time_limit=timedelta(minutes=30),
    silence=timedelta(minutes=5),
    result_words={"told": "Summary", "requests": ""},
)
