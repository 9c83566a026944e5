"""Scripts: what is to be said."""

import uuid

from django.db import models

from channels_app.models.channel import Channel

BODY_CHARACTERS = 200_000


class Script(models.Model):
    """A script in Markdown or screenplay form. Drafts cannot be voiced."""

    class Type(models.TextChoices):
        """Short loops seamlessly; both have a target of spoken words."""

        SHORT = "short", "Short"
        LONG = "long", "Long"

    class Status(models.TextChoices):
        """draft → review → final."""

        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        FINAL = "final", "Final"

    TARGET_WORDS = {Type.SHORT: 150, Type.LONG: 1500}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="scripts")
    title = models.CharField(max_length=200)
    body = models.TextField(max_length=BODY_CHARACTERS, blank=True)
    type = models.CharField(max_length=5, choices=Type.choices, default=Type.SHORT)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-updated_at", "-id")

    def __str__(self) -> str:
        return self.title

    @property
    def can_be_voiced(self) -> bool:
        """Whether it has left the draft."""
        return self.status != self.Status.DRAFT
