"""Notices a model that repeats itself for ever."""

from __future__ import annotations

LOOK_EVERY_CHARACTERS = 200
WINDOW_CHARACTERS = 4000
# So often in a row must something be repeated, and so much of it must there be, to be no figure of speech.
TIMES = 6
LEAST_CHARACTERS = 600


class Runaway:
    """Listens to a text as it comes. `hears` answers whether its end is nothing but one passage, again and again."""

    def __init__(self) -> None:
        self._tail = ""
        self._unseen = 0

    def hears(self, text: str) -> bool:
        """Whether the model has begun to repeat itself; looks only every few hundred characters."""
        self._tail = (self._tail + text)[-WINDOW_CHARACTERS:]
        self._unseen += len(text)
        if self._unseen < LOOK_EVERY_CHARACTERS or len(self._tail) < LEAST_CHARACTERS:
            return False
        self._unseen = 0
        return period_of(self._tail) > 0


def period_of(text: str) -> int:
    """The length of the passage that the end of the text repeats at least TIMES times, over LEAST_CHARACTERS or more.

    Zero if there is none. Candidates are the places where the text's last characters came before, so that no length
    has to be tried in vain.
    """
    end = text[-24:]
    at = text.rfind(end, 0, len(text) - 1)
    while at >= 0:
        period = len(text) - len(end) - at
        times = max(TIMES, -(-LEAST_CHARACTERS // period))
        if period * times > len(text):
            return 0
        if text.endswith(text[-period:] * times):
            return period
        at = text.rfind(end, 0, at + len(end) - 1)
    return 0
