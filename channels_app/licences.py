"""The licences that resources come under, and what each allows a channel that earns money. Pure data.

The codes are those of the adapters of sources (jobs/tools/sources): what a source says is brought to one of them there.
"""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"
FREE, CREDIT, LIMITED = "free", "credit", "limited"
# Filter levels: the value, what it is called, and in words what it means.
LEVELS = {
    FREE: "No credit needed",
    CREDIT: "Free with credit",
    LIMITED: "Restricted",
    UNKNOWN: "Licence unknown",
}
LEVEL_ICONS = {FREE: "check", CREDIT: "person", LIMITED: "lock", UNKNOWN: "question"}
LEVEL_TONES = {FREE: "ok", CREDIT: "info", LIMITED: "warn", UNKNOWN: ""}


@dataclass(frozen=True, slots=True)
class Terms:
    """A licence as people see it. level: one of LEVELS; says: what has to be kept in mind, in a sentence."""

    code: str
    label: str
    level: str
    says: str

    @property
    def icon(self) -> str:
        """The symbol of its level."""
        return LEVEL_ICONS[self.level]

    @property
    def tone(self) -> str:
        """The colour of its chip."""
        return LEVEL_TONES[self.level]

    @property
    def level_label(self) -> str:
        """Its level in words."""
        return LEVELS[self.level]


_CREDIT = "Free to use, also commercially, with credit."
_NO_CHANGES = "It may be shown as it is with credit, not changed."
_NOT_SOLD = "Not for videos that earn money."
_CHECK = "Read the terms on its page before you use it."
_TERMS = (
    Terms("cc0", "CC0", FREE, "Free to use, no credit needed."),
    Terms("pdm", "Public domain", FREE, "No known copyright; free to use."),
    Terms("own", "Own work", FREE, "Yours."),
    Terms("pexels", "Pexels licence", FREE, "Free to use; credit is welcome."),
    Terms("pixabay", "Pixabay licence", FREE, "Free to use; credit is welcome."),
    Terms("unsplash", "Unsplash licence", FREE, "Free to use; credit is welcome."),
    Terms("ai", "AI output", FREE, "Made by a model at your request; the terms of its provider apply."),
    Terms("by", "CC BY", CREDIT, _CREDIT),
    Terms("by-sa", "CC BY-SA", CREDIT, f"{_CREDIT} What is made from it has to be shared alike."),
    Terms("nasa", "NASA media", CREDIT, "Usually free in the US with credit to NASA; third parties may have rights."),
    Terms("by-nc", "CC BY-NC", LIMITED, _NOT_SOLD),
    Terms("by-nd", "CC BY-ND", LIMITED, _NO_CHANGES),
    Terms("by-nc-sa", "CC BY-NC-SA", LIMITED, _NOT_SOLD),
    Terms("by-nc-nd", "CC BY-NC-ND", LIMITED, _NOT_SOLD),
    Terms("sampling+", "Sampling Plus", LIMITED, "Parts may be used with credit, not the whole."),
    Terms("nc-sampling+", "NC Sampling Plus", LIMITED, f"Parts may be used with credit, not the whole. {_NOT_SOLD}"),
    Terms("noc-us", "No copyright (US)", LIMITED, _CHECK),
    Terms("noc-oklr", "Other legal limits", LIMITED, _CHECK),
    Terms("noc-cr", "Contract limits", LIMITED, _CHECK),
    Terms("noc-nc", "No copyright, not commercial", LIMITED, _NOT_SOLD),
    Terms("nkc", "No known copyright", LIMITED, _CHECK),
    Terms("inc", "In copyright", LIMITED, "Not without the owner's permission."),
    Terms("inc-edu", "In copyright, education only", LIMITED, _NOT_SOLD),
    Terms("inc-nc", "In copyright, not commercial", LIMITED, _NOT_SOLD),
    Terms("cne", "Copyright not evaluated", LIMITED, _CHECK),
    Terms("und", "Copyright undetermined", LIMITED, _CHECK),
    Terms("arxiv", "arXiv, no reuse", LIMITED, "For reading; not to be shown or copied."),
    Terms("gfdl", "GFDL", LIMITED, "Free with credit and the whole licence text."),
    Terms(UNKNOWN, "Unknown licence", UNKNOWN, "Nobody has said what may be done with it. Ask before you use it."),
)
BY_CODE = {one.code: one for one in _TERMS}


def terms(code: str) -> Terms:
    """The terms of a code; those of an unknown licence for a code that nobody knows."""
    return BY_CODE.get(code) or BY_CODE[UNKNOWN]


def codes(level: str) -> list[str]:
    """The licences of a level."""
    return [one.code for one in _TERMS if one.level == level]


def choices() -> list[tuple[str, str]]:
    """Code and label of every licence. A callable, so that another licence needs no migration."""
    return [(one.code, one.label) for one in _TERMS]
