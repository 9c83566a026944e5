"""The demo channel: what a newcomer finds in a fresh studio."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
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

Now the strange part. The Moon also pulls the Earth itself, a little harder than it pulls the water on the far side. \
The Earth is tugged away, and that far water is left behind. That is the second bulge.

### Try it

As the Earth turns, every coast passes through both. Twelve hours and twenty-five minutes apart, because the Moon has \
moved on a little too. Tonight, look up a tide table for any harbour. Then look for the Moon. You will never see the \
sea the same way again.
"""
NOTES = (
    (
        "Why there are two high tides",
        "Tides are caused by the difference in the Moon's pull across the Earth. The near side is pulled more strongly "
        "than the centre, the far side less strongly, which raises two bulges on opposite sides of the Earth.",
        "https://oceanservice.noaa.gov/education/tutorial_tides/tides03_gravity.html",
    ),
    (
        "Twelve hours and twenty-five minutes",
        "A lunar day lasts 24 hours and 50 minutes, because the Moon moves in the same direction as the Earth turns. "
        "Coastal areas therefore see two high tides about 12 hours and 25 minutes apart.",
        "https://oceanservice.noaa.gov/education/tutorial_tides/tides05_lunarday.html",
    ),
    (
        "The Sun helps",
        "The Sun's tidal force is a little less than half of the Moon's. At new and full Moon both add up to spring "
        "tides; at the quarters they partly cancel and make neap tides.",
        "https://oceanservice.noaa.gov/education/tutorial_tides/tides06_variations.html",
    ),
)
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
            User.objects.create_user(username, passwords[username], roles=roles)
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
        Script.objects.create(
            channel=channel, title="Why there are two high tides", body=SCRIPT, status=Script.Status.REVIEW
        )
        for title, text, url in NOTES:
            Note.objects.create(channel=channel, title=title, text=text, source_url=url, origin=Note.Origin.RESEARCH)
    return Made(passwords)
