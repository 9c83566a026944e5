"""The channel: one YouTube channel, the tenant that everything belongs to."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from channels_app.niches import Niche

SLOWEST, FASTEST = 0.5, 2.0
WORDS_AT_MOST = 30
WORD_CHARACTERS = 60


def check_words(value: Any) -> None:
    """Refuse anything but a list of at most 30 short texts. Raises ValidationError."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise ValidationError("Give a list of words.")
    if len(value) > WORDS_AT_MOST:
        raise ValidationError(f"{len(value)} are too many. Give at most {WORDS_AT_MOST}.")
    for word in value:
        if len(word) > WORD_CHARACTERS:
            raise ValidationError(f"“{word[:20]}…” is too long. Use at most {WORD_CHARACTERS} characters for each.")


class Channel(models.Model):
    """One YouTube channel of a creator: who it speaks as, what about, and in which voice.

    rpm: US dollars per thousand views, for earnings estimates. voice_speed: 1.0 is the voice's own pace.
    """

    class ContextSource(models.TextChoices):
        """What a model is told about the channel."""

        CHARACTER = "character", "Made from the character"
        RAW = "raw", "My own text"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="channels")
    character_name = models.CharField(max_length=100, blank=True)
    character_description = models.TextField(max_length=4000, blank=True)
    style_rules = models.TextField(max_length=4000, blank=True)
    topics = models.JSONField(default=list, blank=True, validators=[check_words])
    tags = models.JSONField(default=list, blank=True, validators=[check_words])
    niche = models.CharField(max_length=20, choices=Niche.choices, default=Niche.EDUCATION)
    custom_niche = models.CharField(max_length=60, blank=True)
    rpm = models.DecimalField(max_digits=6, decimal_places=2, default=5, validators=[MinValueValidator(0)])
    voice_service = models.CharField(max_length=20, default="auto")
    voice_id = models.CharField(max_length=100, blank=True)
    voice_speed = models.FloatField(default=1.0, validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)])
    context_source = models.CharField(max_length=10, choices=ContextSource.choices, default=ContextSource.CHARACTER)
    raw_context = models.TextField(max_length=8000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="channel_voice_speed",
                condition=Q(voice_speed__gte=SLOWEST, voice_speed__lte=FASTEST),
                violation_error_message=f"Voice speed: give a number from {SLOWEST} to {FASTEST}.",
            ),
            models.CheckConstraint(
                name="channel_rpm", condition=Q(rpm__gte=0), violation_error_message="RPM: give 0 or more."
            ),
            models.CheckConstraint(
                name="channel_custom_niche",
                condition=~Q(niche=Niche.CUSTOM) | ~Q(custom_niche=""),
                violation_error_message="Custom niche: give it a name, or choose one of the listed niches.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a custom niche without a name, beside its field."""
        if self.niche == Niche.CUSTOM and not self.custom_niche.strip():
            raise ValidationError({"custom_niche": "Custom niche: give it a name, or choose one of the listed niches."})

    @property
    def ai_context(self) -> str:
        """What a model is told about the channel: the owner's own text, or what the character's fields say."""
        if self.context_source == self.ContextSource.RAW and self.raw_context.strip():
            return self.raw_context.strip()
        told = (
            ("Channel", self.name),
            ("Niche", self.niche_name),
            ("Speaker", self.character_name),
            ("Who they are", self.character_description),
            ("Style rules", self.style_rules),
            ("Topics", ", ".join(self.topics)),
        )
        return "\n".join(f"{label}: {value.strip()}" for label, value in told if value.strip())

    @property
    def niche_name(self) -> str:
        """The niche as people read it."""
        return self.custom_niche if self.niche == Niche.CUSTOM else self.get_niche_display()
