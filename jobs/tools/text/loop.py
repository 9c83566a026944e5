"""Whether a short leads from its last line back into its first, so that nobody notices where it begins again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs.tools.text import prose
from jobs.tools.text.search import terms

_FAREWELL = re.compile(
    r"\b(?:thanks? (?:you )?(?:so much )?for (?:watching|listening)|subscrib\w*|see you (?:next|in|soon|there)|good ?bye"
    r"|bye|until next time|that'?s (?:it|all) for|in conclusion|to sum up|hit (?:the )?(?:like|bell)|like and follow"
    r"|follow (?:me|us|for more)|stay tuned|the end)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Loop:
    """How a short ends. shared: what its first and last line have in common; farewell: the closing formula, if any."""

    shared: list[str]
    farewell: str

    @property
    def works(self) -> bool:
        """Whether the end does not sound like one: it takes up the beginning, or at least does not say goodbye."""
        return bool(self.shared) or not self.farewell

    @property
    def in_words(self) -> str:
        """The same as a sentence for its author."""
        if self.farewell:
            return f"The last line says “{self.farewell}”: a loop does not say goodbye."
        if self.shared:
            return f"The last line leads back to the first: both speak of “{self.shared[0]}”."
        return "The last line does not take up the first: read both together, and see whether the loop is felt."


def loop(body: str) -> Loop:
    """Look at the first and last sentence of a short's prose."""
    sentences = prose.sentences(body)
    if not sentences:
        return Loop([], "")
    first, last = sentences[0].text, sentences[-1].text
    known = set(terms(first))
    shared = [word for word in re.findall(r"\w+", last) if set(terms(word)) & known]
    found = _FAREWELL.search(last)
    return Loop(shared, found[0] if found else "")
