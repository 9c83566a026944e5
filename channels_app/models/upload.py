"""Uploads under way: files of which a part has come."""

import uuid

from django.conf import settings
from django.db import models

from channels_app.models.channel import Channel


class Upload(models.Model):
    """A file that a person sends in pieces to a channel. How much of it is here, its part on disk says.

    identity: digest of what tells the same file again (its name, size, date and first bytes), as the browser sees them.
    touched_at: when a piece has come last.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    identity = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [models.UniqueConstraint(fields=["channel", "user", "identity"], name="upload_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def offset(self) -> int:
        """Bytes that are here."""
        from channels_app.uploads import part_of

        part = part_of(self)
        return part.stat().st_size if part.exists() else 0
