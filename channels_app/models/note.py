"""Notes: what the channel knows, and where from."""

import uuid

from django.db import models

from channels_app.models.channel import Channel


class Note(models.Model):
    """A text the channel's scripts may stand on, with its source."""

    class Origin(models.TextChoices):
        """How the note came here."""

        PASTED = "pasted", "Pasted"
        UPLOADED = "uploaded", "Uploaded"
        RESEARCH = "research", "Research"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="notes")
    title = models.CharField(max_length=200)
    text = models.TextField()
    source_url = models.URLField(max_length=500, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.PASTED)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.title
