"""What may be done to the videos that a channel has found on YouTube. Whoever calls has asked `access.py` first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from channels_app import ideas
from channels_app.ideas import NewIdea
from channels_app.models import Channel, FoundVideo, Idea, Note, Script, SearchHit, Transcript

TITLE_CHARACTERS = 200
# A paragraph of a transcript's note ends with the sentence after so many characters.
PARAGRAPH_CHARACTERS = 600
DATE = frozenset({"published_at", "is_date_exact"})
# These belong together: they are of one computation.
SCORE = frozenset(
    {
        "times_median",
        "times_average",
        "baseline_median",
        "baseline_average",
        "peers",
        "is_older_than_peers",
        "why_no_score",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVideo:
    """A video as a search gives it; the fields are those of `FoundVideo`."""

    video_id: str
    title: str
    description: str = ""
    youtube_channel_id: str = ""
    youtube_channel_name: str = ""
    subscribers: int | None = None
    views: int | None = None
    seconds: int | None = None
    format: str = FoundVideo.Format.LONG
    published_at: datetime | None = None
    is_date_exact: bool = False
    times_median: float | None = None
    times_average: float | None = None
    baseline_median: float | None = None
    baseline_average: float | None = None
    peers: int | None = None
    is_older_than_peers: bool = False
    why_no_score: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """The search that finds: its words, the job, and when it began."""

    query: str
    made_by_job: UUID
    began_at: datetime


def keep(channel: Channel, new: NewVideo, search: Search, position: int) -> FoundVideo | None:
    """Keep a video that a search has found; None for one that a person has dismissed. One known gets the newer figures.

    position: its place in the search. Within one search twice writes once.
    """
    values = {field.name: getattr(new, field.name) for field in fields(new) if field.name != "video_id"}
    found_by = {"counted_at": timezone.now(), "searched_at": search.began_at, "position": position}
    values |= {"title": new.title[:300], "youtube_channel_name": new.youtube_channel_name[:200]}
    with transaction.atomic():
        video, is_new = FoundVideo.objects.get_or_create(
            channel=channel, video_id=new.video_id, defaults={**values, **found_by}
        )
        if video.dismissed_at:
            return None
        if not is_new:
            if new.times_median is None and video.times_median is not None:
                values = {name: value for name, value in values.items() if name not in SCORE}
            if video.is_date_exact and not new.is_date_exact:
                # A search rounds; the day that the video's own page has told does not change.
                values = {name: value for name, value in values.items() if name not in DATE}
            for name, value in (values | found_by).items():
                # What YouTube leaves out now and told before is still known.
                if (value is not None and value != "") or name in SCORE:
                    setattr(video, name, value)
            video.save(update_fields=[*values, *found_by])
        SearchHit.objects.get_or_create(
            made_by_job=search.made_by_job,
            video=video,
            defaults={"query": search.query[:200], "job_position": position},
        )
    return video


def dismiss(channel: Channel, ids: Iterable[UUID]) -> list[FoundVideo]:
    """Take videos out of sight; later searches do not keep them again. Ids that are none of the channel's are passed over."""
    with transaction.atomic():
        rows = list(FoundVideo.objects.filter(channel=channel, pk__in=list(ids), dismissed_at__isnull=True))
        FoundVideo.objects.filter(pk__in=[row.pk for row in rows]).update(dismissed_at=timezone.now())
    return rows


def restore(channel: Channel, ids: Iterable[UUID]) -> list[FoundVideo]:
    """Bring dismissed videos of the channel back."""
    with transaction.atomic():
        rows = list(FoundVideo.objects.filter(channel=channel, pk__in=list(ids), dismissed_at__isnull=False))
        FoundVideo.objects.filter(pk__in=[row.pk for row in rows]).update(dismissed_at=None)
    return rows


# --- what is made of one ------------------------------------------------------------------------------------------------
def inspire(video: FoundVideo) -> tuple[Idea, bool]:
    """The idea that this video has given, and whether it was made now: asked again, the same one is returned."""
    with transaction.atomic():
        FoundVideo.objects.select_for_update().get(pk=video.pk)
        known = Idea.objects.filter(
            channel=video.channel_id, source=Idea.Source.DISCOVER, source_data__video__id=video.video_id
        ).first()
        if known:
            return known, False
        new = NewIdea(
            title=video.title[:TITLE_CHARACTERS],
            angle=angle_of(video),
            type=Script.Type.SHORT if video.format == FoundVideo.Format.SHORT else Script.Type.LONG,
            source=Idea.Source.DISCOVER,
            source_data={"video": source_data(video), "notes": [], "quotes": []},
        )
        return ideas.create_idea(video.channel, new), True


def angle_of(video: FoundVideo) -> str:
    """What the idea says before a person has thought: whose video it was, and why it stands out."""
    told = f"Inspired by “{video.title}” of {video.youtube_channel_name or 'an unknown channel'}"
    if video.views is not None:
        told += f", seen {video.views:,} times"
    if video.times_median is not None:
        told += f", {video.times_median:.1f} × the median of {video.peers} other videos of its channel"
    return f"{told}. What would your channel show that this video does not?"


def source_data(video: FoundVideo) -> dict[str, Any]:
    """The video as ideas remember it."""
    return {
        "id": video.video_id,
        "url": video.url,
        "title": video.title,
        "channel": video.youtube_channel_name,
        "channel_url": video.youtube_channel_url if video.youtube_channel_id else "",
        "views": video.views,
        "subscribers": video.subscribers,
        "seconds": video.seconds,
        "published_at": video.published_at.isoformat() if video.published_at else None,
        "times_median": video.times_median,
        "times_average": video.times_average,
        "peers": video.peers,
        "counted_at": video.counted_at.isoformat(),
    }


def keep_as_note(video: FoundVideo) -> tuple[Note, bool]:
    """A note of what is known of the video, and whether it was made now: one that has not been deleted is returned."""
    title = video.title[:TITLE_CHARACTERS]
    return _note(video, title, video.url, facts_in_words(video))


def keep_transcript_as_note(video: FoundVideo, transcript: Transcript) -> tuple[Note, bool]:
    """A note of what is said in the video."""
    title = f"Transcript: {video.title}"[:TITLE_CHARACTERS]
    by = f"Spoken in “{video.title}” by {video.youtube_channel_name or 'an unknown channel'}"
    heard = " (heard by YouTube itself, so names and numbers may be wrong)" if transcript.is_automatic else ""
    return _note(video, title, video.url, f"{by}{heard}.\n\n{paragraphs(transcript.lines)}")


def _note(video: FoundVideo, title: str, url: str, text: str) -> tuple[Note, bool]:
    with transaction.atomic():
        # Pressed twice, it is one note.
        FoundVideo.objects.select_for_update().get(pk=video.pk)
        known = Note.objects.filter(
            channel=video.channel_id, origin=Note.Origin.RESEARCH, source_url=url, title=title
        ).first()
        if known:
            return known, False
        made = Note.objects.create(
            channel_id=video.channel_id, title=title, text=text, source_url=url, origin=Note.Origin.RESEARCH
        )
        return made, True


def facts_in_words(video: FoundVideo) -> str:
    """What is known of a video as sentences."""
    who = video.youtube_channel_name or "an unknown channel"
    told = [f"“{video.title}” is a video by {who} on YouTube."]
    if video.subscribers is not None:
        told.append(f"The channel had about {video.subscribers:,} subscribers on {_day(video.counted_at)}.")
    if video.views is not None:
        told.append(f"The video had {video.views:,} views on {_day(video.counted_at)}.")
    if video.published_at:
        about = "" if video.is_date_exact else "about "
        told.append(f"It was published {about}{_day(video.published_at)}.")
    if video.times_median is not None:
        told.append(
            f"It was seen {video.times_median:.1f} times as often as the median of {video.peers} other recent videos of "
            "its channel."
        )
    about_it = f"\n\nIt says of itself: {video.description.strip()}" if video.description.strip() else ""
    return " ".join(told) + about_it


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def paragraphs(lines: Sequence[dict[str, Any]]) -> str:
    """A transcript as paragraphs, broken where a line ends a sentence."""
    parts: list[str] = []
    open_part = ""
    for line in lines:
        open_part = f"{open_part} {line['text']}".strip()
        ended = open_part.endswith((".", "!", "?", "…", "”"))
        if len(open_part) > PARAGRAPH_CHARACTERS and (ended or len(open_part) > 2 * PARAGRAPH_CHARACTERS):
            parts.append(open_part)
            open_part = ""
    return "\n\n".join(part for part in [*parts, open_part] if part)


def keep_transcript(
    video: FoundVideo, lines: Sequence[dict[str, Any]], *, language: str, is_automatic: bool
) -> Transcript:
    """Keep what is said in the video, in place of an earlier transcript."""
    row, _ = Transcript.objects.update_or_create(
        video=video,
        defaults={
            "lines": list(lines),
            "language": language[:40],
            "is_automatic": is_automatic,
            "fetched_at": timezone.now(),
        },
    )
    return row
