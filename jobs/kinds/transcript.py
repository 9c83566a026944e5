"""Transcript: what is said in a video that Discover has found, by the captions that YouTube has of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from channels_app import found_videos
from channels_app.models import Channel, FoundVideo
from jobs.context import JobContext
from jobs.inputs import InputsForm, OwnedChoice
from jobs.spec import Inputs, JobSpec, Need, Place, UserError
from jobs.wellformed import mended

if TYPE_CHECKING:
    from jobs.tools.youtube.records import VideoDetails

LANGUAGE = "en"
NO_CAPTIONS = "YouTube has no captions of this video, so nobody can read what is said in it."


class TranscriptForm(InputsForm):
    """Which of the channel's found videos."""

    verb = "Fetch the transcript"

    video = OwnedChoice(FoundVideo, label="Video")


def slot_of(video: FoundVideo) -> str:
    """The panel slot that shows what is said in a video."""
    return f"transcript:{video.pk}"


def run(ctx: JobContext) -> dict[str, Any]:
    """Ask for the video's own page, then for its captions; its figures become exact on the way."""
    from jobs.steps import youtube
    from jobs.tools.youtube.errors import YouTubeError

    video = FoundVideo.objects.get(channel=ctx.channel, pk=ctx.inputs["video"])
    ctx.progress(0, 2, "asking for the video")
    with youtube.open_door(ctx.check) as door:
        try:
            details = door.video(video.video_id)
            language, is_made = chosen(details)
            ctx.progress(1, 2, "asking for its captions")
            lines = door.transcript(video.video_id, language) if language else ()
        except YouTubeError as error:
            raise youtube.as_job_error(error) from error
        ctx.log(f"{door.requests} requests to YouTube.")
    youtube.make_exact(video, details)
    if not lines:
        raise UserError(NO_CAPTIONS)
    kept = [{"seconds": round(line.start, 1), "text": mended(line.text)} for line in lines]
    ctx.deliver(0, lambda delivery: found_videos.keep_transcript(video, kept, language=language, is_automatic=is_made))
    ctx.announce(slot_of(video), part=True)
    told = f"{len(kept)} lines in “{language}”{', heard by YouTube itself' if is_made else ''}."
    return {"told": told, "lines": len(kept), "language": language, "is_automatic": is_made}


def chosen(details: VideoDetails) -> tuple[str, bool]:
    """The language of the captions to read, and whether a machine has heard them: people's first, English first."""
    tracks = sorted(details.captions, key=lambda track: (track.is_made, not track.language.startswith(LANGUAGE)))
    return (tracks[0].language, tracks[0].is_made) if tracks else ("", False)


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    row = FoundVideo.objects.filter(channel=channel, pk=inputs["video"]).first()
    return f"Transcript of “{row.title[:120] if row else 'a video'}”"


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place | None:
    """The page of the video, unless it is gone."""
    if not FoundVideo.objects.filter(channel=channel, pk=inputs["video"]).exists():
        return None
    return Place(reverse("found-video", args=[channel.slug, inputs["video"]]), "Open the video")


SPEC = JobSpec(
    label="Transcript",
    icon="speech",
    queue="research",
    form=TranscriptForm,
    run=run,
    title=title,
    subject=lambda inputs: f"found-video:{inputs['video']}",
    seen_at=seen_at,
    example=lambda channel: {"video": str(channel.found_videos.order_by("position")[0].pk)},
    needs=frozenset({Need.NETWORK}),
    preload=("jobs.steps.youtube",),
    time_limit=timedelta(minutes=30),
    silence=timedelta(minutes=5),
    result_words={"told": "Summary", "lines": "", "language": "", "is_automatic": ""},
)
