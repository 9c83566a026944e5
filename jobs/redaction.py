"""Keeps secrets out of what people can read: output lines, errors, tracebacks."""

import re

from django.conf import settings

HIDDEN = "•••"
# What comes before a secret is kept, the secret itself is hidden.
SHAPES = re.compile(
    r"""(?ix)
      (?P<before> \bbearer\s+ | \b(?:api[_-]?key|key|sig|token|secret|passw(?:or)?d)=["']? )  [^&\s"']{6,}
    | (?P<scheme> :// ) [^/\s:@]+ : [^/\s@]+ (?=@)            # user:password@ in addresses
    | \b (?:sk|pk|rk|ghp|gho|xox[abp]) [-_] [a-z0-9_-]{12,}    # keys that say what they are
    | \b AIza [0-9a-z_-]{20,}                                  # Google's
    """
)


def redact(text: str) -> str:
    """The text with everything that looks like a key, and the studio's own secrets, replaced by dots."""
    for secret in (settings.SECRET_KEY, *settings.KEYS_ENCRYPTION_KEYS):
        text = text.replace(secret, HIDDEN)
    return SHAPES.sub(lambda match: (match["before"] or match["scheme"] or "") + HIDDEN, text)
