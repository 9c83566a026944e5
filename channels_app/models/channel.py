"""The channel: one YouTube channel, the tenant that everything belongs to."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from channels_app.niches import Niche

SLOWEST, FASTEST = 0.5, 2.0


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
    topics = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    niche = models.CharField(max_length=20, choices=Niche.choices, default=Niche.EDUCATION)
    custom_niche = models.CharField(max_length=60, blank=True)
    rpm = models.DecimalField(max_digits=6, decimal_places=2, default=5, validators=[MinValueValidator(0)])
    voice_service = models.CharField(max_length=20, default="auto")
    voice_id = models.CharField(max_length=100, blank=True)
    voice_speed = models.FloatField(
        default=1.0, validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)]
    )
    context_source = models.CharField(
        max_length=10, choices=ContextSource.choices, default=ContextSource.CHARACTER
    )
    raw_context = models.TextField(max_length=8000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="channel_voice_speed", condition=Q(voice_speed__gte=SLOWEST, voice_speed__lte=FASTEST)
            ),
        ]

    def __str__(self) -> str:
        return self.name
