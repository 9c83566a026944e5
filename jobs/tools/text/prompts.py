"""Prompts: versioned files in `prompts/`, filled with values. What comes from people and the web is data, never orders."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt ready to be sent. `name` and `version` are recorded with what comes of it, as `script-write 1`."""

    name: str
    version: int
    system: str
    user: str

    @property
    def label(self) -> str:
        """Name and version, as outputs record it."""
        return f"{self.name} {self.version}"


def render(name: str, /, **values: str) -> Prompt:
    """The prompt of that name with its values filled in. Raises LookupError for an unknown prompt or a missing value."""
    raise NotImplementedError
