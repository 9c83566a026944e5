from __future__ import annotations

import pytest

from jobs.tools.text.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is the story of a small boat and what it found.", "en"),
        ("Das ist die Geschichte von einem kleinen Boot.", "de"),
        ("C'est une histoire que les enfants aiment, et pas seulement eux.", "fr"),
        ("Esta es la historia de un barco que no se hunde.", "es"),
        ("これは小さな船の物語です。", "ja"),
        ("这是一个故事。", "cmn"),
        ("Это история о лодке.", "ru"),
        ("Це історія про човен і її капітана.", "uk"),
        ("", "en"),
        ("42", "en"),
        ("Zebra Quux", "en"),
        ("He said «привет» to the man in the hat and it was over.", "en"),
    ],
)
def test_the_language_is_guessed(text: str, language: str) -> None:
    assert guess(text) == language
