"""When the words of English speech are heard, found by comparing its sound with its text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jobs.tools.speech.timing import Span

if TYPE_CHECKING:
    import pocketsphinx

RATE = 16_000
CHUNK = RATE // 2
LONGEST_SECONDS = 600
# With its own beams it loses 4 of 9 synthetic sentences; its second pass over the found words loses some of them.
BEAMS = {"beam": 1e-100, "wbeam": 1e-80, "pbeam": 1e-100}
FRAMES_A_SECOND = 100

# Letters to sounds for words outside the dictionary: rough, and enough to find where a word lies.
_SOUNDS = (
    ("tion", "SH AH N"), ("sion", "ZH AH N"), ("ough", "AO"), ("augh", "AO"), ("eigh", "EY"), ("igh", "AY"),
    ("tch", "CH"), ("sch", "SH"), ("ch", "CH"), ("sh", "SH"), ("th", "TH"), ("ph", "F"), ("wh", "W"), ("ck", "K"),
    ("qu", "K W"), ("ng", "NG"), ("kn", "N"), ("wr", "R"), ("ee", "IY"), ("ea", "IY"), ("oo", "UW"), ("ou", "AW"),
    ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("au", "AO"), ("aw", "AO"), ("ie", "IY"),
    ("ei", "IY"), ("eu", "UW"), ("ew", "UW"), ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("ar", "AA R"),
    ("or", "AO R"), ("a", "AE"), ("b", "B"), ("c", "K"), ("d", "D"), ("e", "EH"), ("f", "F"), ("g", "G"),
    ("h", "HH"), ("i", "IH"), ("j", "JH"), ("k", "K"), ("l", "L"), ("m", "M"), ("n", "N"), ("o", "OW"), ("p", "P"),
    ("r", "R"), ("s", "S"), ("t", "T"), ("u", "AH"), ("v", "V"), ("w", "W"), ("x", "K S"), ("y", "IY"), ("z", "Z"),
)  # fmt: skip
_LETTER_NAMES = {
    "a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY", "h": "EY CH", "i": "AY",
    "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N", "o": "OW", "p": "P IY", "q": "K Y UW",
    "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S",
    "y": "W AY", "z": "Z IY",
}  # fmt: skip


@cache
def is_available() -> bool:
    """Whether the aligner is installed."""
    try:
        import pocketsphinx  # noqa: F401
    except ImportError:
        return False
    return True


@cache
def _decoder() -> pocketsphinx.Decoder:
    import pocketsphinx

    return pocketsphinx.Decoder(lm=None, samprate=RATE, loglevel="FATAL", bestpath=False, **BEAMS)


def align(samples: NDArray[np.int16], tokens: Sequence[str], should_stop: Callable[[], None]) -> list[Span] | None:
    """Seconds from the beginning of the sound for every word; None if the text does not fit the sound.

    samples: mono at 16 kHz. tokens: words in lower case.
    """
    if not tokens or not is_available() or len(samples) > LONGEST_SECONDS * RATE:
        return None
    decoder = _decoder()
    names = [_known(decoder, token) for token in tokens]
    try:
        decoder.set_align_text(" ".join(names))
        decoder.start_utt()
        try:
            for at in range(0, len(samples), CHUNK):
                should_stop()
                decoder.process_raw(samples[at : at + CHUNK].tobytes(), no_search=False, full_utt=False)
        finally:
            decoder.end_utt()
        found = [
            (segment.start_frame / FRAMES_A_SECOND, (segment.end_frame + 1) / FRAMES_A_SECOND)
            for segment in decoder.seg() or ()
            if segment.word[0] not in "<[+("
        ]
    except RuntimeError:
        return None
    return found if len(found) == len(names) else None


def _known(decoder: pocketsphinx.Decoder, token: str) -> str:
    """The token as the dictionary has it, after it was added if need be."""
    if decoder.lookup_word(token) is None:
        letters = unicodedata.normalize("NFKD", token)
        name = re.sub(r"[^a-z]", "", letters) or "oddword"
        if decoder.lookup_word(name) is None:
            decoder.add_word(name, _pronounced(name), True)
        return name
    return token


def _pronounced(word: str) -> str:
    if not re.search("[aeiouy]", word):
        return " ".join(_LETTER_NAMES[letter] for letter in word)
    sounds, at = list[str](), 0
    while at < len(word):
        for letters, sound in _SOUNDS:
            if word.startswith(letters, at):
                sounds.append(sound)
                at += len(letters)
                break
        else:
            at += 1
        while 0 < at < len(word) and word[at] == word[at - 1] and word[at] not in "aeiou":
            at += 1
    if word.endswith("e") and len(sounds) > 2 and sounds[-1] == "EH":
        sounds.pop()
    return " ".join(sounds)
