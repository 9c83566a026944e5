"""How much storage people use. Other apps that keep files of channels add their own measure."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Sum

from accounts.models import User
from channels_app.models import Resource, Take, Upload

Measure = Callable[[User], int]


def sounds(user: User) -> int:
    """Bytes of the sounds in this person's channels; a file that several takes share counts once."""
    files = Take.objects.filter(section__project__channel__owner=user).order_by().values("sha256", "size").distinct()
    return files.aggregate(sum=Sum("size"))["sum"] or 0


def resources(user: User) -> int:
    """Bytes of this person's resources, once however many channels use them; those in the bin lie on disk too."""
    return Resource.with_binned.filter(owner=user).aggregate(sum=Sum("size"))["sum"] or 0


def uploads(user: User) -> int:
    """Bytes set aside for files that are on their way to this person's channels."""
    return Upload.objects.filter(channel__owner=user).aggregate(sum=Sum("size"))["sum"] or 0


_measures: list[Measure] = [sounds, resources, uploads]


def register_measure(measure: Measure) -> None:
    """Count more of what people keep; `measure` gives bytes."""
    _measures.append(measure)


def used(user: User) -> int:
    """Bytes that all channels of this person hold."""
    return sum(measure(user) for measure in _measures)
