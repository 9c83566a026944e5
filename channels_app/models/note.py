"""Notes: what the channel knows, and where from."""

import uuid

from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models

from channels_app.models.bin import Binnable
from channels_app.models.channel import Channel

NOTE_CHARACTERS = 1_000_000


class Note(Binnable):
    """A text the channel's scripts may stand on, with its source."""

    class Origin(models.TextChoices):
        """How the note came here."""

        PASTED = "pasted", "Pasted"
        UPLOADED = "uploaded", "Uploaded"
        RESEARCH = "research", "Research"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="notes")
    title = models.CharField(max_length=200)
    text = models.TextField(
        validators=[
            MaxLengthValidator(
                NOTE_CHARACTERS, f"Text: at most {NOTE_CHARACTERS:,} characters (it has %(show_value)d). Split it."
            )
        ]
    )
    source_url = models.CharField(max_length=500, blank=True, validators=[URLValidator(["http", "https"])])
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.PASTED)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["channel", "-created_at"], name="note_newest")]

    def __str__(self) -> str:
        return self.title
