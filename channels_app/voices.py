"""The voices people may choose from. The app that speaks registers them; here nothing is known but `auto`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

AUTO = "auto"
NAMED_AT_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice of a service: its id there, and what people read."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceService:
    """A service that speaks. With no voices listed, any id is taken as it is."""

    slug: str
    label: str
    voices: tuple[Voice, ...] = ()


Catalogue = Callable[[], Sequence[VoiceService]]

AUTOMATIC = VoiceService(slug=AUTO, label="Automatic: the best voice of this machine")
_catalogues: list[Catalogue] = []


def register_catalogue(catalogue: Catalogue) -> None:
    """Say which services there are. It is called whenever they are shown, so it has to be quick."""
    _catalogues.append(catalogue)


def services() -> list[VoiceService]:
    """`auto` and everything registered, each slug once."""
    found = {AUTO: AUTOMATIC}
    for catalogue in _catalogues:
        for service in catalogue():
            found.setdefault(service.slug, service)
    return list(found.values())


def problems(service_slug: str, voice_id: str) -> dict[str, str]:
    """What is wrong with a choice, by field name; empty when it can be spoken with."""
    known = {service.slug: service for service in services()}
    service = known.get(service_slug)
    if service is None:
        return {"voice_service": f"Voice service: “{service_slug}” is none of ours. Choose {in_words(list(known))}."}
    ids = [voice.id for voice in service.voices]
    if voice_id and service.slug == AUTO:
        return {"voice_id": "Voice: the automatic service chooses its own. Leave this empty, or choose a service."}
    if voice_id and ids and voice_id not in ids:
        return {"voice_id": f"Voice: {service.label} has no “{voice_id}”. Choose {in_words(ids)}, or leave it empty."}
    return {}


def in_words(names: Sequence[str]) -> str:
    """`one of a, b, c …`, cut short for long lists."""
    shown = ", ".join(names[:NAMED_AT_MOST])
    return f"one of {shown}" + (" …" if len(names) > NAMED_AT_MOST else "")
