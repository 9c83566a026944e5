"""Finds the kinds: every module with a SPEC in the packages of `settings.JOB_KIND_PACKAGES`.

This is the one seam through which the engine reaches the kinds: by name, at run time. Nothing imports them directly.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from jobs.spec import JobSpec, SpecError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its slug, what it declares, and the module it stands in."""

    slug: str
    spec: JobSpec
    module: str


class UnknownKind(LookupError):
    """No kind has this slug."""


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by slug, in the order of their labels. Raises SpecError for a module without a SPEC."""
    found: dict[str, Kind] = {}
    for package_name in settings.JOB_KIND_PACKAGES:
        package = importlib.import_module(package_name)
        for module_info in pkgutil.iter_modules(package.__path__):
            name = f"{package_name}.{module_info.name}"
            spec = getattr(importlib.import_module(name), "SPEC", None)
            if not isinstance(spec, JobSpec):
                raise SpecError(f"{name} has no SPEC = JobSpec(…)")
            slug = module_info.name.replace("_", "-")
            if slug in found:
                raise SpecError(f"{name} and {found[slug].module} are both the kind {slug!r}")
            found[slug] = Kind(slug, spec, name)
    return dict(sorted(found.items(), key=lambda item: item[1].spec.label))


def kind(slug: str) -> Kind:
    """The kind of that slug. Raises UnknownKind with the slugs that exist."""
    try:
        return kinds()[slug]
    except KeyError:
        raise UnknownKind(f"There is no kind {slug!r}. Kinds: {', '.join(sorted(kinds()))}.") from None


def spec(slug: str) -> JobSpec:
    """What the kind of that slug declares."""
    return kind(slug).spec


def choices() -> list[tuple[str, str]]:
    """Slug and label of every kind; a callable, so that a new kind needs no migration."""
    return [(slug, kind.spec.label) for slug, kind in kinds().items()]
