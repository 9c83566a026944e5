"""Scripts: what is to be said."""

import hashlib
import uuid
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models

from channels_app import words
from channels_app.models.bin import Binnable
from channels_app.models.channel import Channel

BODY_CHARACTERS = 200_000


class Script(Binnable):
    """A script in Markdown or screenplay form. Drafts cannot be voiced.

    words: about how many of the body are spoken; kept beside it, so that lists need not read the bodies.
    version: raised whenever title, body or type change, so that two editors notice each other (`channels_app/revisions.py`).
    """

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
    body = models.TextField(
        blank=True,
        validators=[
            MaxLengthValidator(
                BODY_CHARACTERS,
                f"Script: at most {BODY_CHARACTERS:,} characters (it has %(show_value)d). Split it into several.",
            )
        ],
    )
    type = models.CharField(max_length=5, choices=Type.choices, default=Type.SHORT)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT)
    words = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")
        indexes = [models.Index(fields=["channel", "-updated_at"], name="script_newest")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **options: Any) -> None:
        """Count the words whenever the body is written."""
        fields = options.get("update_fields")
        if fields is None or "body" in fields:
            self.words = words.spoken_words(self.body)
            if fields is not None:
                options["update_fields"] = {*fields, "words"}
        super().save(*args, **options)

    @property
    def can_be_voiced(self) -> bool:
        """Whether it has left the draft."""
        return self.status != self.Status.DRAFT

    @property
    def target_words(self) -> int:
        """How many spoken words a script of its type aims at."""
        return self.TARGET_WORDS[self.Type(self.type)]

    @property
    def reading_time(self) -> str:
        """About how long it takes to say, as `m:ss`."""
        return words.minutes_in_words(words.reading_seconds(self.words))

    @property
    def body_hash(self) -> str:
        """sha256 of the body: tells whether the sections of its audio are still those of the text."""
        return hashlib.sha256(self.body.encode()).hexdigest()
