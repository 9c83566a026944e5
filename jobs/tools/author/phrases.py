"""Every word that the offline author says of its own. All else in what it makes stands in the notes.

A test holds it to that: take the phrases of this file away, and what is left must be found in a source.
"""

from __future__ import annotations

ASSEMBLED = "Assembled from your notes by the offline author, no language model."
SHORTER_THAN_ASKED = "Your notes about this fill {found} of {wanted} words. Add notes to make it longer."

# --- headings of scripts: not spoken ---
HOOK = "Hook"
MIDDLE = ("The story", "Going deeper")
LOOP = "Loop"
CLOSING = "To close"

# --- ideas ---
HERE_IS_WHY = "Here is why."
HERE_IS_HOW = "Here is how."
GO_BACK = "Go back to {year}."
ONE_OF_MANY = "That is the first of {count} numbers."
TITLE_HOW = "How {clause}"
TITLE_WHY = "Why {clause}"
TITLE_YEAR = "{year}, the year {clause}"
TITLE_NUMBERS = "{count} numbers that tell the story of {subject}"
TITLE_PAIR = "{one}, {other} and {subject}"
TITLE_NAME = "{name} and {subject}"
