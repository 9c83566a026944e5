"""The cast of the tests, and the things they own. Every app adds its functions below; nobody changes another's.

A factory is a plain function: it saves what it makes, takes what matters as arguments, and gives the rest a sane
value. Two calls without arguments must not collide where a test may need two. The cast: Ana owns, Ed edits, Cy is a
stranger, Root is admin.
"""

import io
import itertools
import struct
import tempfile
import wave
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from channels_app import actions, files, resources
from channels_app.models import (
    AudioProject,
    AudioSection,
    Channel,
    Claim,
    FoundVideo,
    Idea,
    Note,
    Passage,
    Proposal,
    Resource,
    Script,
    SearchHit,
    Take,
)

PASSWORD = "correct horse battery"
_positions = itertools.count(1)


# --- accounts -----------------------------------------------------------------------------------------------------


def user(username: str = "ana", *roles: Role, password: str | None = None, **fields: Any) -> User:
    """A user with these roles. Without a password, sign in by `client.force_login(user)`: hashing one is slow."""
    return User.objects.create_user(username, password, roles=frozenset(roles), **fields)


def premium(username: str = "ana", **fields: Any) -> User:
    """A premium user: Ana, unless said otherwise."""
    return user(username, Role.PREMIUM, **fields)


def editor(username: str = "ed", **fields: Any) -> User:
    """Ed, who reads every channel."""
    return user(username, Role.EDITOR, **fields)


def stranger(username: str = "cy", **fields: Any) -> User:
    """Cy, who has nothing to do with the others' channels; premium, so that only ownership can stop them."""
    return user(username, Role.PREMIUM, **fields)


def admin(username: str = "root", **fields: Any) -> User:
    """Root, who may do everything."""
    return user(username, Role.ADMIN, **fields)


# --- channels_app -------------------------------------------------------------------------------------------------

BODY = "### One\n\nThe sea rises twice a day.\n\n### Two\n\nThe Moon pulls on everything.\n"


def channel(owner: User | None = None, slug: str = "tidal", **fields: Any) -> Channel:
    """A channel; Ana's, unless said otherwise."""
    return Channel.objects.create(owner=owner or premium(), slug=slug, **{"name": slug.capitalize(), **fields})


def note(channel: Channel, title: str = "Two high tides", **fields: Any) -> Note:
    """A note with a text."""
    return Note.objects.create(channel=channel, title=title, **{"text": "The Moon pulls the near side most.", **fields})


def script(channel: Channel, title: str = "Why two tides", **fields: Any) -> Script:
    """A script of two sections that may be voiced."""
    return Script.objects.create(
        channel=channel, title=title, **{"body": BODY, "status": Script.Status.REVIEW, **fields}
    )


def sections(script: Script, *texts: str) -> list[AudioSection]:
    """The sections of a script, one per text, as speaking it would leave them before the first take."""
    project = actions.audio_project_for(script)
    words = texts or ("The sea rises twice a day.", "The Moon pulls on everything.")
    return actions.sync_sections(project, [actions.SectionText("", "", text) for text in words])


def audio_project(script: Script, *texts: str) -> AudioProject:
    """The script's audio project with its sections."""
    return sections(script, *texts)[0].project


def wav(frames: int = 480, rate: int = 48_000, level: int = 1000) -> bytes:
    """A mono 16-bit WAV; another level makes another file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack("<h", level) * frames)
    return out.getvalue()


def stored(content: bytes | None = None) -> files.Stored:
    """A sound in the store."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(content or wav())
        file.flush()
        return files.store(Path(file.name), ".wav")


def take(section: AudioSection, *, choose: bool = True, content: bytes | None = None, **fields: Any) -> Take:
    """A take with a real sound in the store."""
    new = actions.NewTake(stored=stored(content), **{"frames": 480, "sample_rate": 48_000, **fields})
    return actions.add_take(section, new, choose=choose)


# --- ideas and the notes they stand on ----------------------------------------------------------------------------

# Two notes of five and four sentences that the offline author can use: reasons, a means, numbers, a year, a name.
NOTE_SET = (
    (
        "The longest day of the Moon",
        "A lunar day lasts 24 hours and 50 minutes, because the Moon moves in the same direction as the Earth turns. "
        "High tide comes about 50 minutes later each day. Spring tides have nothing to do with the season. They come "
        "twice in each lunar month, all year long. Most harbours see the water rise and fall twice while that day lasts.",
        "https://example.org/moon",
    ),
    (
        "A prize for the longitude",
        "In 1714 the British Parliament offered £20,000 for a way to find longitude at sea. John Harrison was a "
        "carpenter's son who had taught himself to make clocks. Harrison kept the rate of his clocks the same in heat "
        "and cold by joining strips of brass and steel. An error of 4 minutes puts the ship wrong by a whole degree.",
        "https://example.org/longitude",
    ),
)


def note_set(channel: Channel) -> list[Note]:
    """Notes that are enough for the offline author."""
    return [note(channel, title, text=text, source_url=url) for title, text, url in NOTE_SET]


def idea(channel: Channel, title: str = "Why the sea rises twice", **fields: Any) -> Idea:
    """An idea that a person had."""
    return Idea.objects.create(
        channel=channel,
        title=title,
        **{"hook": "Stand on a beach for one day.", "angle": "Show the beach.", "tags": ["sea"], **fields},
    )


# --- found videos and proposals -----------------------------------------------------------------------------------

# Of three channels or more each: wanted and few, wanted and many, old and slow, and one that stands alone.
FOUND_SET = (
    ("King tides explained", 120_000, 20, 6.0),
    ("The king tide that flooded Miami", 90_000, 25, 4.5),
    ("King tides from a kayak", 40_000, 12, 3.0),
    ("Rogue waves caught on film", 300_000, 200, 1.5),
    ("How rogue waves are born", 250_000, 300, 1.2),
    ("Rogue waves and the ships they took", 80_000, 150, 0.9),
    ("A rogue wave hits a lighthouse", 60_000, 90, 1.1),
    ("Lighthouse keepers of Scotland", 20_000, 1500, 0.7),
    ("The last lighthouse keepers", 15_000, 1200, 0.5),
    ("Tide mills of Brittany", 9_000, 400, 1.0),
    ("How tide mills ground the flour", 7_000, 500, 0.8),
    ("Sea ice seen from below", 50_000, 60, 2.0),
    ("Sea ice and the bears", 45_000, 70, 2.2),
    ("Fresnel lens restored", 30_000, 100, None),
    ("Why the Fresnel lens is a marvel", None, 100, None),
    ("Drones over the Severn bore", 70_000, None, None),
)


def found_set(channel: Channel) -> list[FoundVideo]:
    """Found videos that are enough for five proposals."""
    now = timezone.now()
    return [
        found_video(
            channel,
            title=title,
            youtube_channel_id=f"UC{number:022}",
            youtube_channel_name=f"Channel {number}",
            views=views,
            published_at=None if days is None else now - timedelta(days=days),
            times_median=times,
            peers=None if times is None else 20,
        )
        for number, (title, views, days, times) in enumerate(FOUND_SET)
    ]


def proposal(channel: Channel, title: str = "King tides", **fields: Any) -> Proposal:
    """A proposal with its four numbers, as a job leaves it."""
    values = {"momentum": ("Trend momentum", 40, 80.0), "gap": ("Content gap", 30, 70.0),
              "alignment": ("Topic alignment", 20, 50.0), "timeliness": ("Timeliness", 10, None)}  # fmt: skip
    parts: list[dict[str, Any]] = [
        {"name": name, "label": label, "weight": weight, "value": value, "told": f"{label} is told.", "evidence": {}}
        for name, (label, weight, value) in values.items()
    ]
    return Proposal.objects.create(
        channel=channel,
        title=title,
        **{
            "hook": "Stand on the quay.",
            "angle": "Show the quay.",
            "tags": ["tide"],
            "score": 70.0,
            "topic": "king tides",
            "parts": parts,
            "basis": {"found": 16, "videos": [], "lowered": {"share": 0, "for": []}},
            "model": "offline",
            "prompt": "offline proposal 1",
            **fields,
        },
    )


# --- claims -------------------------------------------------------------------------------------------------------

CHECK = UUID("00000000-0000-4000-8000-00000000fac7")


def claim(script: Script, text: str = "The sea rises twice a day.", **fields: Any) -> Claim:
    """A claim in its place in the script, verified by rules."""
    start = script.body.find(text)
    return Claim.objects.create(
        script=script,
        text=text,
        **{
            "start": max(start, 0),
            "end": max(start, 0) + len(text),
            "verdict": Claim.Verdict.VERIFIED,
            "reason": Claim.Reason.MATCHES,
            "explanation": "A note says the same.",
            "sources": [{"title": "Tides", "url": "https://tides.example/", "quote": text, "note": ""}],
            "model": "offline",
            "prompt": "offline fact-check 1",
            "made_by_job": CHECK,
            "job_position": next(_positions),
            **fields,
        },
    )


# --- passages -----------------------------------------------------------------------------------------------------

HUMANIZE = UUID("00000000-0000-4000-8000-000000005717")


def passage(
    script: Script, text: str = "The sea rises twice a day.", fix: str = "Twice a day the sea rises.", **fields: Any
) -> Passage:
    """A marked passage in its place in the script, with a fix by rule; its first word is what gave it away."""
    start = max(script.body.find(text), 0)
    hit = {
        "rule": "vocabulary",
        "label": "Model vocabulary",
        "why": "People say it less.",
        "start": start,
        "end": start + 3,
    }
    return Passage.objects.create(
        script=script,
        text=text,
        **{
            "start": start,
            "end": start + len(text),
            "hits": [hit],
            "fix": fix,
            "fixed_by": "rules" if fix else "",
            "model": "offline",
            "prompt": "offline humanize 1",
            "made_by_job": HUMANIZE,
            "job_position": next(_positions),
            **fields,
        },
    )


# --- resources ----------------------------------------------------------------------------------------------------

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010"
    "0c9fe92ef0000000049454e44ae426082"
)


def png(number: int = 0) -> bytes:
    """A picture of one pixel; another number makes another file."""
    return _PNG + bytes([number])


def resource(channel: Channel, title: str = "A lighthouse", *, use: bool = True, **fields: Any) -> Resource:
    """A picture in the library of the channel's owner; used in the channel, unless said otherwise."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(fields.pop("content", None) or png(next(_positions) % 256))
        file.flush()
        kept = files.store(Path(file.name), ".png")
    new = resources.NewResource(
        **{
            "stored": kept,
            "media_type": "image/png",
            "title": title,
            "source": "wikimedia-commons",
            "source_id": title,
            "creator": "A. Keeper",
            "licence_code": "by",
            **fields,
        }
    )
    row, _ = resources.keep(channel, new)
    if not use:
        resources.take_off(row, channel)
    return row


# --- videos found on YouTube ----------------------------------------------------------------------------------------

SEARCH = UUID("00000000-0000-4000-8000-00000005ea5c")


def found_video(channel: Channel, video_id: str = "", title: str = "How tides work", **fields: Any) -> FoundVideo:
    """A video that a search has kept, four times as often seen as its channel's others."""
    number = next(_positions)
    now = timezone.now()
    row = FoundVideo.objects.create(
        channel=channel,
        video_id=video_id or f"video{number:06}",
        title=title,
        **{
            "youtube_channel_id": "UC" + "s" * 22,
            "youtube_channel_name": "Sea Lab",
            "subscribers": 7_100,
            "views": 40_000,
            "seconds": 301,
            "published_at": now - timedelta(days=40),
            "times_median": 4.0,
            "times_average": 2.5,
            "baseline_median": 10_000,
            "baseline_average": 16_000,
            "peers": 25,
            "counted_at": now,
            "searched_at": now,
            "position": number,
            **fields,
        },
    )
    SearchHit.objects.create(video=row, query="tides", made_by_job=SEARCH, job_position=number)
    return row
