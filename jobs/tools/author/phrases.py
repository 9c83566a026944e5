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

# --- titles of ideas ---
WHY = "Why {clause}"
HOW = "How {clause}"
YEAR = "{year}, the year {clause}"
NUMBERS = "{count} numbers that explain {subject}"
NAMED = "{name}: {note}"

# --- what is said first ---
HERE_IS_WHY = "{clause} Here is why."
HERE_IS_HOW = "{clause} Here is how."
GO_BACK = "Go back to {year}. {clause}"
FIRST_NUMBER = "{sentence} That is the first of {count} numbers."

# --- how an idea is told ---
GIVE_REASON = "Give the reason that your notes name: “{ground}.”"
SHOW_MEANS = "Show how it was done: “by {ground}.”"
SET_SCENE = "Set the scene with the year, then go on:"
TURN_IT = "Let the second half of the first sentence turn it, then go on:"
SAY_FIRST = "Say it plainly first, then show what stands behind it:"
COUNT_THEM = "One number at a time:"
FOLLOW_NAME = "Follow one name through your notes:"
WHOLE_NOTE = "Tell the whole note, from here:"
THEN = "Then:"
COUNTS = {3: "Three", 4: "Four", 5: "Five"}

# --- proposals: the figures are said as they are ---
SEEN_MORE = "Videos about “{topic}” are seen {times} times as often as is usual."
SEEN_ONE = "“{title}” was seen {views} times in {age}."
ASK_VIEWERS = "What would your viewers want to know first about “{topic}”?"
THEY_SPEAK_OF = "Those found speak of {words}: show what they leave out."
IT_SPEAKS_OF = "The one found is “{title}”: show what it leaves out."
NOTES_SAY = "Your notes say:"
NO_NOTE = "None of your notes is about it yet: look for sources before you write."
