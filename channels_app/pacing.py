"""How a script is paced: how long it takes to say, how its sections share that, and what a listener may stumble over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels_app import words
from channels_app.models import Script

# Within so long people decide whether they stay.
HOOK_SECONDS = 15
# What can be said in one breath.
BREATH_WORDS = 30
# How far from its target a script may be before it is worth a word, and how much of it one section may take.
OFF_TARGET = 0.2
LION_SHARE = 0.5
_HEADING = re.compile(
    r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$|(?P<divider> {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,})$)"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)*_]*\s+|(?<=[。！？])|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Part:
    """A section: `share` of the whole in percent."""

    title: str
    words: int
    share: int

    @property
    def seconds(self) -> int:
        """How long it takes to say."""
        return words.reading_seconds(self.words)

    @property
    def time(self) -> str:
        """The same as `m:ss`."""
        return words.minutes_in_words(self.seconds)


@dataclass(frozen=True, slots=True)
class Pacing:
    """The measures of a script, and in `remarks` what they mean, in plain words."""

    words: int
    target: int
    parts: list[Part]
    opening: str
    hook_words: int
    longest: str
    longest_words: int
    remarks: list[str]

    @property
    def time(self) -> str:
        """How long it takes to say, as `m:ss`."""
        return words.minutes_in_words(words.reading_seconds(self.words))

    @property
    def target_time(self) -> str:
        """How long a script of its type is meant to take."""
        return words.minutes_in_words(words.reading_seconds(self.target))

    @property
    def hook_seconds(self) -> int:
        """How long the hook takes to say."""
        return words.reading_seconds(self.hook_words)

    @property
    def to_go(self) -> int:
        """Words that are missing from the target; below nothing when there are too many."""
        return self.target - self.words

    @property
    def too_many(self) -> int:
        """Words above the target."""
        return max(-self.to_go, 0)


def pacing(body: str, type: str) -> Pacing:
    """Measure a script's body."""
    total = words.spoken_words(body)
    counted = [(title, words.spoken_words(text)) for title, text in _sections(body)]
    counted = [(title, number) for title, number in counted if number or title]
    whole = sum(number for _, number in counted) or 1
    parts = [Part(title, number, round(100 * number / whole)) for title, number in counted]
    said = [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(words.spoken_text(body))]
    lengths = [(len(words.WORD.findall(sentence)), sentence) for sentence in said if sentence]
    longest_words, longest = max(lengths, default=(0, ""), key=lambda one: one[0])
    target = Script.TARGET_WORDS[Script.Type(type)]
    hook = next((part.words for part in parts if part.words), 0)
    measured = Pacing(
        words=total,
        target=target,
        parts=parts,
        opening=_opening(said),
        hook_words=hook,
        longest=longest,
        longest_words=longest_words,
        remarks=[],
    )
    measured.remarks.extend(_remarks(measured, type))
    return measured


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """Title and text of what stands between headings and dividers."""
    title, lines, fence = "", list[str](), ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        heading = None if fence else _HEADING.match(line)
        if heading:
            yield title, "\n".join(lines)
            title, lines = (heading[1] or "").strip("*_ "), []
        else:
            lines.append(line)
    yield title, "\n".join(lines)


def _opening(sentences: list[str]) -> str:
    """What is said in the first fifteen seconds."""
    most = HOOK_SECONDS * words.WORDS_PER_MINUTE // 60
    said = " ".join(sentence for sentence in sentences[: most + 1] if sentence)
    found = list(words.WORD.finditer(said))
    return said if len(found) <= most else said[: found[most - 1].end()] + " …"


def _remarks(measured: Pacing, type: str) -> Iterator[str]:
    if not measured.words:
        return
    off = measured.words / measured.target - 1
    if off > OFF_TARGET:
        yield f"{measured.too_many:,} words above the target. {_shorter(type)}"
    elif off < -OFF_TARGET:
        yield f"{measured.to_go:,} words below the target of {measured.target:,}."
    if measured.hook_seconds > HOOK_SECONDS and len(measured.parts) > 1:
        yield (
            f"The opening takes {measured.hook_seconds:,} seconds before the first turn. Many people decide within "
            f"{HOOK_SECONDS}: say sooner what they will get."
        )
    if measured.longest_words > BREATH_WORDS:
        yield f"The longest sentence has {measured.longest_words:,} words; in one breath about {BREATH_WORDS} can be said."
    if type == Script.Type.LONG and len(measured.parts) < 2:
        yield "It has no headings. Sections (### …) give it turns, and the Audio room speaks them one by one."
    largest = max(measured.parts, key=lambda part: part.words)
    if len(measured.parts) > 2 and largest.share > 100 * LION_SHARE:
        yield f"“{largest.title or 'The beginning'}” takes {largest.share} % of the whole. Two sections may carry better."


def _shorter(type: str) -> str:
    return (
        "Shorts are cut off or skipped when they run long." if type == Script.Type.SHORT else "Look for what repeats."
    )
