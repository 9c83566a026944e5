"""What may come between us and YouTube, each as a sentence that a creator understands.

The cases are those that yt-dlp meets: a guest may ask for about a thousand pages an hour, and a server's address that
asks for more is slowed down, then asked to prove that it is no robot.
"""

from __future__ import annotations

from typing import Final, Literal

Reason = Literal["slowed", "bot_check", "consent", "gone", "private", "region", "network", "unreadable"]

SENTENCES: Final[dict[Reason, str]] = {
    "slowed": "YouTube is slowing this studio down. Wait an hour and search again.",
    "bot_check": (
        "YouTube wants proof that this studio is not a robot and answers nothing more for now. "
        "Wait an hour, or set cookies in YTDLP_OPTIONS."
    ),
    "consent": "YouTube shows its consent page instead of an answer. Set a cookie file in YTDLP_OPTIONS.",
    "gone": "It is no longer on YouTube.",
    "private": "Only people whom its owner chose, or who signed in, may see it on YouTube.",
    "region": "YouTube does not show it in the country where this studio runs.",
    "network": "YouTube cannot be reached from this machine. Check its connection, and the proxy in YTDLP_OPTIONS.",
    "unreadable": "YouTube's answer could not be read. If that stays so, a newer yt-dlp may help.",
}
# With these YouTube answers nothing else either: a run ends, and keeps what it found.
BLOCKING: Final[frozenset[Reason]] = frozenset({"slowed", "bot_check", "consent", "network"})


class YouTubeError(Exception):
    """YouTube does not give what was asked for.

    reason: one of `Reason`. sentence: what to tell a creator; the reason's own unless given.
    """

    def __init__(self, reason: Reason, sentence: str = "") -> None:
        self.reason: Reason = reason
        self.sentence = sentence or SENTENCES[reason]
        super().__init__(self.sentence)

    @property
    def is_blocking(self) -> bool:
        """Whether asking for anything else is of no use now. Otherwise only this one thing is missing."""
        return self.reason in BLOCKING
