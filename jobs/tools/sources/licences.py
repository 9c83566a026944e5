"""Licences as sources name them, made one: by the path of their address, by known words, never by guessing from prose."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from jobs.tools.sources.record import Answer, Found, Licence

UNKNOWN = Licence("unknown", "NOASSERTION")
_CC0 = Licence("cc0", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", "1.0", "yes", "yes", "no")
_PDM = Licence("pdm", "CC-PDM-1.0", "https://creativecommons.org/publicdomain/mark/1.0/", "1.0", "yes", "yes", "no")
NASA = Licence(
    "nasa",
    "LicenseRef-NASA-Media",
    "https://www.nasa.gov/nasa-brand-center/images-and-media/",
    commercial="yes",
    derivatives="yes",
    attribution="yes",
    raw="Public domain in the US; NASA media guidelines",
)
ARXIV = Licence(
    "arxiv",
    "LicenseRef-arXiv-nonexclusive",
    "https://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "1.0",
    "no",
    "no",
    "yes",
)
PEXELS = Licence("pexels", "LicenseRef-Pexels", "https://www.pexels.com/license/", "", "yes", "yes", "yes")
PIXABAY = Licence(
    "pixabay", "LicenseRef-Pixabay-Content", "https://pixabay.com/service/license-summary/", "", "yes", "yes", "yes"
)
UNSPLASH = Licence("unsplash", "LicenseRef-Unsplash", "https://unsplash.com/license", "", "yes", "yes", "yes")
# Each with whether it may be used commercially and changed.
_CC: dict[str, tuple[Answer, Answer]] = {
    "by": ("yes", "yes"),
    "by-sa": ("yes", "yes"),
    "by-nd": ("yes", "no"),
    "by-nc": ("no", "yes"),
    "by-nc-sa": ("no", "yes"),
    "by-nc-nd": ("no", "no"),
}
_OLD_SPELLINGS = {"by-nd-nc": "by-nc-nd", "by-sa-nc": "by-nc-sa"}
_SAMPLING: dict[str, tuple[str, Answer]] = {
    "sampling+": ("LicenseRef-CC-Sampling-Plus", "check"),
    "nc-sampling+": ("LicenseRef-CC-NC-Sampling-Plus", "no"),
}
_STATEMENTS = {
    name.lower(): name
    for name in ("NoC-US", "NKC", "NoC-OKLR", "NoC-CR", "NoC-NC", "InC", "InC-EDU", "InC-NC", "CNE", "UND")
}
_OPEN_STATEMENTS = frozenset({"noc-us", "nkc", "noc-oklr", "noc-cr"})
_VERSION = re.compile(r"\d\.\d")
_WORDS = re.compile(r"cc[\s-]+(by(?:-(?:nc|nd|sa))*)(?:[\s-]+(\d\.\d))?(?:\s+[a-z]{2,3})?", re.IGNORECASE)
_WORDED = {
    "cc0": _CC0,
    "cc0 1.0": _CC0,
    "cc-zero": _CC0,
    "creative commons 0": _CC0,
    "cc zero": _CC0,
    "public domain mark 1.0": _PDM,
    "pdm": _PDM,
}
_LONG_NAMES = {
    "attribution": "by",
    "attribution noncommercial": "by-nc",
    "attribution-noncommercial": "by-nc",
    "attribution sharealike": "by-sa",
}
LABELS = {
    "cc0": "CC0 1.0",
    "pdm": "Public domain",
    "nasa": "NASA media guidelines",
    "arxiv": "arXiv licence",
    "pexels": "Pexels licence",
    "pixabay": "Pixabay content licence",
    "unsplash": "Unsplash licence",
    "nkc": "No known copyright",
    "unknown": "Licence unknown",
}


# Every code that a thing found can have.
CODES = frozenset({*_CC, *_SAMPLING, *_STATEMENTS, *LABELS, "gfdl"})


def normalise(raw: str) -> Licence:
    """The licence that an address or a known name stands for; unknown for everything else. `raw` is kept."""
    raw = raw.strip()
    licence = _by_address(raw) if re.match(r"(?:https?:)?//", raw, re.IGNORECASE) else _by_words(raw)
    return replace(licence or UNKNOWN, raw=raw[:500])


def label(licence: Licence) -> str:
    """What a person calls it: "CC BY-SA 4.0"."""
    if licence.code in _CC or licence.code in _SAMPLING:
        return f"CC {licence.code.upper()} {licence.version}".strip()
    return LABELS.get(licence.code, licence.spdx.removeprefix("LicenseRef-RS-"))


def attribution(found: Found, source_label: str, *, is_modified: bool = False) -> str:
    """The line that credits a thing: title, author, source, licence (https://wiki.creativecommons.org/wiki/Best_practices_for_attribution)."""
    licence = found.licence
    parts = [f"“{found.title}”"]
    if found.creator:
        parts[0] += f" by {found.creator}"
    if found.landing_url:
        parts[0] += f" ({found.landing_url})"
    parts.append(f"{label(licence)} ({licence.url})" if licence.url else label(licence))
    parts.append(f"via {source_label}")
    if is_modified:
        parts.append("modified")
    return ", ".join(parts)


def _by_address(url: str) -> Licence | None:
    try:
        parts = urlsplit(url.lower())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    steps = [step for step in parts.path.split("/") if step]
    if host == "creativecommons.org" and len(steps) >= 2:
        return _creative_commons(steps)
    if host == "rightsstatements.org" and len(steps) >= 2 and steps[0] in ("vocab", "page"):
        return _statement(steps)
    if host == "arxiv.org" and steps[:2] == ["licenses", "nonexclusive-distrib"]:
        return ARXIV
    known = {"pexels.com": PEXELS, "pixabay.com": PIXABAY, "unsplash.com": UNSPLASH}
    return known.get(host) if steps and ("license" in steps or "license-summary" in steps) else None


def _creative_commons(steps: list[str]) -> Licence | None:
    kind, name = steps[0], steps[1]
    version = steps[2] if len(steps) > 2 and _VERSION.fullmatch(steps[2]) else ""
    if kind == "publicdomain":
        return {"zero": _CC0, "mark": _PDM}.get(name)
    if kind != "licenses":
        return None
    if name in _SAMPLING:
        spdx, commercial = _SAMPLING[name]
        return Licence(name, spdx, _address(name, version or "1.0"), version, commercial, "yes", "yes")
    return _cc(name, version)


def _cc(name: str, version: str) -> Licence | None:
    name = _OLD_SPELLINGS.get(name, name)
    if name not in _CC:
        return None
    commercial, derivatives = _CC[name]
    # SPDX has no identifier without a version; an unknown version stays unknown.
    spdx = f"CC-{name.upper()}-{version}" if version else f"LicenseRef-CC-{name.upper()}"
    return Licence(name, spdx, _address(name, version) if version else "", version, commercial, derivatives, "yes")


def _address(name: str, version: str) -> str:
    return f"https://creativecommons.org/licenses/{name}/{version}/"


def _statement(steps: list[str]) -> Licence | None:
    name = _STATEMENTS.get(steps[1])
    if name is None:
        return None
    is_open: Answer = "check" if steps[1] in _OPEN_STATEMENTS else "no"
    version = steps[2] if len(steps) > 2 and _VERSION.fullmatch(steps[2]) else "1.0"
    url = f"https://rightsstatements.org/vocab/{name}/{version}/"
    return Licence(steps[1], f"LicenseRef-RS-{name}", url, version, is_open, is_open, "check")


def _by_words(raw: str) -> Licence | None:
    low = " ".join(raw.lower().split())
    if low in _WORDED:
        return _WORDED[low]
    if low in _LONG_NAMES:
        return _cc(_LONG_NAMES[low], "")
    if match := _WORDS.fullmatch(low):
        return _cc(match[1], match[2] or "")
    if match := re.fullmatch(r"gfdl(?:[\s-](1\.\d))?", low):
        version = match[1] or ""
        return Licence(
            "gfdl",
            f"GFDL-{version}" if version else "LicenseRef-GFDL",
            "https://www.gnu.org/licenses/fdl-1.3.html",
            version,
            "yes",
            "yes",
            "yes",
        )
    return None


def commons(code: str, short_name: str, url: str) -> Licence:
    """The licence of a file on Wikimedia Commons: its address, else its short name; "pd" and what begins so is public domain."""
    found = normalise(url) if url else UNKNOWN
    if not found.is_known:
        found = normalise(short_name or code)
    if not found.is_known and re.match(r"pd(?:$|[-\s])", code.strip().lower()):
        return replace(_PDM, raw=short_name or code)
    return found


def public_domain(raw: str) -> Licence:
    """CC0, where a source marks its own works so by a field ("isPublicDomain", "usage.access")."""
    return replace(_CC0, raw=raw)
