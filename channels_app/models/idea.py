"""Ideas: what a video could be about."""

import uuid

from django.db import models
from django.db.models import Q

from channels_app.models.bin import Binnable
from channels_app.models.channel import Channel, check_words
from channels_app.models.script import Script


class Idea(Binnable):
    """An idea for a video. source_data: where it came from (notes, a video), for showing it beside the idea.

    model, prompt: what made it (empty: a person). script: what it was converted to.
    """

    class Source(models.TextChoices):
        """Who or what had it."""

        AI = "ai", "AI"
        DISCOVER = "discover", "Discover"
        MANUAL = "manual", "Manual"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="ideas")
    title = models.CharField(max_length=200)
    hook = models.TextField(max_length=1000, blank=True)
    angle = models.TextField(max_length=2000, blank=True)
    tags = models.JSONField(default=list, blank=True, validators=[check_words])
    type = models.CharField(max_length=5, choices=Script.Type.choices, default=Script.Type.SHORT)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.MANUAL)
    source_data = models.JSONField(default=dict, blank=True)
    model = models.CharField(max_length=160, blank=True)
    prompt = models.CharField(max_length=80, blank=True)
    script = models.ForeignKey(Script, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas")
    made_by_job = models.UUIDField(null=True, blank=True)
    job_position = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=["channel", "-created_at"], name="idea_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["made_by_job", "job_position"],
                condition=Q(made_by_job__isnull=False),
                name="idea_once_per_job_position",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def converted_to(self) -> Script | None:
        """The script it was converted to, unless that has been deleted."""
        return self.script if self.script and self.script.deleted_at is None else None
