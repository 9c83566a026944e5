"""The pieces that scripts of the offline author are made of: cited sections, comments, and the refusal to invent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from jobs.tools.author.sources import Sentence, Source


class CannotDo(Exception):
    """What is asked needs a language model, or notes that are not there. The text says so in one sentence."""


def nothing_about(topic: str, found: int) -> str:
    """What is told to somebody whose notes do not speak about a topic."""
    number = "nothing" if not found else "too little"
    return (
        f"Your notes say {number} about “{topic.strip()[:80]}”, and the offline author never invents. "
        "Add notes about it, choose another topic, or choose a language model."
    )


def citation(source: Source) -> str:
    """The comment that names a source."""
    return comment(f"source: {source.title}, {source.url}" if source.url else f"source: {source.title}")


def comment(text: str) -> str:
    """A comment that is not spoken, whatever the text holds."""
    while "--" in text:
        text = text.replace("--", "-")
    return f"<!-- {' '.join(text.replace('<', '‹').replace('>', '›').split())} -->"


def beat(heading: str, sentences: Sequence[Sentence]) -> Iterator[str]:
    """A section of a script piece by piece: its heading, then a cited paragraph for each source."""
    yield f"\n### {heading}\n"
    for source, group in groupby(sentences, key=lambda sentence: sentence.source):
        yield "\n"
        for number, sentence in enumerate(group):
            yield f" {sentence.text}" if number else sentence.text
        yield f"\n{citation(source)}\n"
