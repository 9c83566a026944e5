"""The sources there are: every module in `adapters/` that holds a `SOURCE`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from jobs.tools.sources import adapters
from jobs.tools.sources.record import Source


@cache
def sources() -> dict[str, Source]:
    """Every source by its slug, in the order of their labels."""
    found: list[Source] = []
    for module in pkgutil.iter_modules(adapters.__path__):
        source = getattr(importlib.import_module(f"{adapters.__name__}.{module.name}"), "SOURCE", None)
        if source is not None:
            found.append(source)
    return {source.slug: source for source in sorted(found, key=lambda source: source.label.lower())}


def addresses() -> dict[str, str]:
    """The base addresses of all sources by their name in `SOURCE_URLS`, as they are unless set otherwise."""
    return {name: url for source in sources().values() for name, url in source.addresses.items()}
