"""Captions from words and their times: SRT, WebVTT and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.tools.speech.timing import WordTime

LINE_CHARACTERS = 42
LINES = 2
LONGEST_SECONDS = 6.0
SHORTEST_SECONDS = 0.8
GAP_SECONDS = 0.7
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
CLAUSE_ENDS = (",", ";", ":", "—", "–")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: its lines, and when it is shown in seconds."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(sections: Sequence[Sequence[WordTime]], ends: Sequence[float]) -> list[Cue]:
    """Captions of all sections in order: none reaches over its section's end (in seconds), none overlaps another."""
    result: list[Cue] = []
    for words, end in zip(sections, ends, strict=True):
        result += _unhurried(_grouped([piece for word in words for piece in _pieces(word)]), end)
    return result


def _grouped(words: Sequence[WordTime]) -> list[Cue]:
    shown: list[Cue] = []
    group: list[WordTime] = []
    for index, word in enumerate(words):
        group.append(word)
        following = words[index + 1] if index + 1 < len(words) else None
        if following is None or _ends_here(group, following):
            shown.append(Cue(group[0].start, group[-1].end, wrap([one.text for one in group])))
            group = []
    return shown


def _pieces(word: WordTime) -> list[WordTime]:
    """A word that is longer than a line, such as a web address, cut into pieces that share its time."""
    text = " ".join(word.text.split())
    count = -(-len(text) // LINE_CHARACTERS)
    share = (word.end - word.start) / max(count, 1)
    return [
        WordTime(
            text[number * LINE_CHARACTERS : (number + 1) * LINE_CHARACTERS].strip(),
            word.start + number * share,
            word.start + (number + 1) * share,
        )
        for number in range(count)
    ]


def _ends_here(group: Sequence[WordTime], following: WordTime) -> bool:
    """Whether the caption should end before the following word."""
    texts = [word.text for word in group]
    if not _fits([*texts, following.text]):
        return True
    if following.start - group[-1].end > GAP_SECONDS or following.end - group[0].start > LONGEST_SECONDS:
        return True
    long_enough = len(" ".join(texts)) >= LINE_CHARACTERS
    if texts[-1].rstrip("”\"')").endswith(SENTENCE_ENDS):
        return long_enough or group[-1].end - group[0].start >= SHORTEST_SECONDS
    return long_enough and texts[-1].endswith(CLAUSE_ENDS)


def _fits(texts: Sequence[str]) -> bool:
    return len(wrap(texts)) <= LINES


def wrap(texts: Sequence[str]) -> tuple[str, ...]:
    """Words in lines of at most 42 characters; two lines are balanced."""
    whole = " ".join(texts)
    if len(whole) <= LINE_CHARACTERS:
        return (whole,)
    best: tuple[str, str] | None = None
    for cut in range(1, len(texts)):
        first, second = " ".join(texts[:cut]), " ".join(texts[cut:])
        if len(first) > LINE_CHARACTERS or len(second) > LINE_CHARACTERS:
            continue
        if best is None or abs(len(first) - len(second)) < abs(len(best[0]) - len(best[1])):
            best = first, second
    if best:
        return best
    lines: list[str] = []
    for text in texts:
        if lines and len(lines[-1]) + 1 + len(text) <= LINE_CHARACTERS:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return tuple(lines)


def _unhurried(shown: Sequence[Cue], section_end: float) -> list[Cue]:
    """Captions that would flash by stay a little longer, as far as the next one and the section's end let them."""
    limits = [*(cue.start for cue in shown[1:]), section_end]
    return [
        Cue(cue.start, max(min(max(cue.end, cue.start + SHORTEST_SECONDS), limit), cue.start), cue.lines)
        for cue, limit in zip(shown, limits, strict=False)
    ]


def clock(seconds: float, point: str) -> str:
    """`hh:mm:ss,mmm`."""
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{whole:02}{point}{milliseconds:03}"


def srt(shown: Sequence[Cue]) -> str:
    """SubRip."""
    return "".join(
        f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n" + "\n".join(cue.lines) + "\n\n"
        for number, cue in enumerate(shown, start=1)
    )


def vtt(shown: Sequence[Cue]) -> str:
    """WebVTT."""
    escaped = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    return "WEBVTT\n\n" + "".join(
        f"{clock(cue.start, '.')} --> {clock(cue.end, '.')}\n" + "\n".join(cue.lines).translate(escaped) + "\n\n"
        for cue in shown
    )


def words_json(sections: Sequence[Sequence[WordTime]]) -> str:
    """Every word with its times in seconds, by section."""
    listed: list[dict[str, Any]] = [
        {"words": [{"text": word.text, "start": round(word.start, 3), "end": round(word.end, 3)} for word in words]}
        for words in sections
    ]
    return json.dumps({"sections": listed}, ensure_ascii=False, indent=1)
