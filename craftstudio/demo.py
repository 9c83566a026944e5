"""The demo channel: what a newcomer finds in a fresh studio."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from channels_app import revisions
from channels_app.models import Channel, Note, Script
from channels_app.niches import Niche

CHARACTER = (
    "Mara, a retired lighthouse engineer. She explains how the sea works with things you could find in a kitchen, "
    "never hurries, and ends with something you can try yourself."
)
SCRIPT = """\
### Two high tides

*(a quiet harbour at dawn)*

Stand on a beach for one day, and you will see the sea rise twice. Most people know the Moon does it. Fewer can say \
why there are two high tides and not one.

### The pull

The Moon pulls on everything, and it pulls hardest on what is nearest. So the water on the side that faces the Moon \
is drawn up into a gentle bulge. That is the first high tide.

### The leftover

Now the strange part. The Moon also pulls the Earth itself, and tugs it away from the sea behind it. On the far side \
the Moon's pull is weakest, and the water there is left behind. That is the second bulge.

### Try it

As the Earth turns, most coasts pass through both bulges. High tide comes about 50 minutes later each day. By then \
the Moon has moved on a little too. Tonight, look up a tide table for any harbour. Then look for the Moon. You will \
never see the sea the same way again.
"""
# Three sets of notes: why the sea rises twice, how a lighthouse throws its light, how a clock found the longitude.
NOTES = Path(__file__).parent / "demo_notes"
PEOPLE: dict[str, frozenset[Role]] = {
    "demo": frozenset({Role.PREMIUM}),
    "standard": frozenset(),
    "admin": frozenset({Role.ADMIN}),
}


class DemoRefused(Exception):
    """The demo would be unsafe here; the text says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """Passwords of the users that were made now, by name."""

    passwords: dict[str, str]


def check_nobody_keeps_the_passwords() -> None:
    """Raise DemoRefused when others can reach a studio in which somebody can sign in with a demo password."""
    if settings.LOOPBACK:
        return
    names = list(User.objects.filter(has_demo_password=True, is_active=True).values_list("username", flat=True))
    if names:
        raise DemoRefused(
            f"{' and '.join(names)} may still sign in with the demo's printed password, and this studio listens on "
            f"{settings.BIND}. Give each another (manage.py changepassword {names[0]}), or leave BIND at 127.0.0.1."
        )


@transaction.atomic
def make() -> Made:
    """Make the demo's users and channel, as far as they do not exist. Raises DemoRefused beyond loopback."""
    if not settings.LOOPBACK:
        raise DemoRefused(
            f"The demo's users have printed passwords, and this studio listens on {settings.BIND}. "
            "Start it without --demo, or leave BIND at 127.0.0.1."
        )
    passwords: dict[str, str] = {}
    for username, roles in PEOPLE.items():
        if not User.objects.filter(username__iexact=username).exists():
            passwords[username] = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
            user = User.objects.create_user(username, passwords[username], roles=roles)
            user.has_demo_password = True
            user.save(update_fields=["has_demo_password"])
    owner = User.objects.get(username__iexact="demo")
    channel, is_new = Channel.objects.get_or_create(
        slug="demo",
        defaults={
            "owner": owner,
            "name": "Tidewater",
            "character_name": "Mara",
            "character_description": CHARACTER,
            "style_rules": "Short sentences. No jargon without a picture for it.",
            "topics": ["tides", "the sea", "navigation"],
            "tags": ["science", "ocean"],
            "niche": Niche.EDUCATION,
        },
    )
    if is_new:
        title, status = "Why there are two high tides", Script.Status.REVIEW
        revisions.begin(Script(channel=channel, title=title, body=SCRIPT, status=status), user=owner)
        for note in notes():
            Note.objects.create(
                channel=channel, title=note.title, text=note.text, source_url=note.url, origin=Note.Origin.RESEARCH
            )
    return Made(passwords)


@dataclass(frozen=True, slots=True)
class DemoNote:
    """A note of the demo, as its file gives it."""

    title: str
    url: str
    text: str


def notes() -> list[DemoNote]:
    """The demo's notes; the last of a list of notes is the first of these."""
    return [_read(path) for path in sorted(NOTES.glob("*.md"), reverse=True)]


def _read(path: Path) -> DemoNote:
    """A file of `title:` and `url:` between two dividers, then the text, in lines that are joined to paragraphs."""
    _, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.strip().splitlines())
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return DemoNote(fields["title"], fields["url"], "\n\n".join(paragraphs))
