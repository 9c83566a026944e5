"""The bin: what people delete is out of sight at once, and can be brought back until it is purged."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class KeptManager(models.Manager[M]):
    """Only what is not in the bin. It is the default, so that nobody shows a binned row by oversight."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Rows that are not in the bin."""
        return super().get_queryset().filter(deleted_at__isnull=True)


class Binnable(models.Model):
    """A row that goes to the bin when a person deletes it (`actions.bin_row`)."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[KeptManager[Self]] = KeptManager()
    with_binned: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
