"""Which language a text is written in, by its letters and its commonest words."""

from __future__ import annotations

import re
from collections import Counter

MOST_CHARACTERS = 20_000

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("cmn", re.compile("[\u4e00-\u9fff]")),
    ("uk", re.compile("[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_COMMON = {
    "en": "the and of to in is it you that was for are with his they this have from not but what were we your can",
    "de": "der die das und ist nicht ein eine zu den mit von auf für sich dem auch es wir ich sie aber wie noch nach",
    "fr": "le la les des et est une un que dans pour pas sur avec ce il qui vous nous je au plus mais sont par du",
    "es": "el la los las que y en un una es por con para no se del lo como más pero su al está muy hay",
    "it": "il la di che è un una per non sono con del della gli le si ma come anche più nel alla questo lo",
    "pt": "o a os as que e de do da em um uma não para com por mais se na no como mas foi ao está você",
    "nl": "de het een en van is dat niet op te zijn met voor aan er om maar ook als bij dit wij je naar",
    "sv": "och att det som en är på för av med inte den till jag har ett men om så kan vi från när",
    "pl": "i w nie na się z do to że jest jak o ale po co tak za od dla przez tylko może czy są",
    "tr": "ve bir bu da de için ile çok ne o gibi daha ama var kadar değil ben olarak en sonra",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
# Words that stand in any text of one of these languages, and so say nothing of what it is about.
COMMON_WORDS = frozenset().union(*_WORDS.values())


def guess(text: str) -> str:
    """A code such as "en", "de" or "cmn"; English when the text gives no hint."""
    text = text[:MOST_CHARACTERS]
    letters = sum(map(str.isalpha, text))
    for language, script in _SCRIPTS:
        if letters and len(script.findall(text)) > letters * (0.02 if language == "uk" else 0.2):
            return language
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    scores = {language: sum(words[word] for word in common) for language, common in _WORDS.items()}
    best = max(scores, key=lambda language: (scores[language], language == "en"))
    return best if scores[best] else "en"
