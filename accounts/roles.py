"""The roles and what each of them allows. Pure data: no models, no settings."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A user holds `standard` and any of the others; admin counts as premium."""

    STANDARD = "standard"
    PREMIUM = "premium"
    EDITOR = "editor"
    ADMIN = "admin"


Roles = frozenset[Role]

LABELS: dict[Role, str] = {
    Role.STANDARD: "Standard",
    Role.PREMIUM: "Premium",
    Role.EDITOR: "Editor",
    Role.ADMIN: "Admin",
}
MEANINGS: dict[Role, str] = {
    Role.STANDARD: "Own channels, and the jobs that are always on.",
    Role.PREMIUM: "Every kind of job, every model, and the Jobs panel.",
    Role.EDITOR: "Reads every channel; changes only what they own.",
    Role.ADMIN: "Sees and changes everything, and counts as premium.",
}


def is_premium(roles: Roles) -> bool:
    """May start premium kinds and open the Jobs panel."""
    return not roles.isdisjoint({Role.PREMIUM, Role.ADMIN})


def is_editor(roles: Roles) -> bool:
    """Holds the editor role itself (an admin need not)."""
    return Role.EDITOR in roles


def is_admin(roles: Roles) -> bool:
    """May use Django admin and change everything."""
    return Role.ADMIN in roles


def sees_all_channels(roles: Roles) -> bool:
    """May read channels that are not their own."""
    return not roles.isdisjoint({Role.EDITOR, Role.ADMIN})


def changes_all_channels(roles: Roles) -> bool:
    """May change channels that are not their own."""
    return Role.ADMIN in roles


def in_words(roles: Iterable[Role]) -> str:
    """The roles as people read them, e.g. `Premium and Editor`; `Standard` only when it stands alone."""
    held = [LABELS[role] for role in Role if role in set(roles) and role is not Role.STANDARD]
    if not held:
        return LABELS[Role.STANDARD]
    return held[0] if len(held) == 1 else f"{', '.join(held[:-1])} and {held[-1]}"
