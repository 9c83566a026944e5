"""Proposals: what a next video could be about, with a score and all that it was computed from."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from channels_app.models.bin import Binnable
from channels_app.models.channel import Channel, check_words
from channels_app.models.idea import Idea
from channels_app.models.script import Script

REASON_CHARACTERS = 500


class Proposal(Binnable):
    """A topic that research has found, worded for this channel; a person approves or rejects it.

    score: 0–100, the weighed mean of `parts`, less what rejections take; null for one that a person has written. parts:
    [{"name", "label", "weight", "value", "told", "evidence"}], momentum, gap, alignment and timeliness, value null where it
    is unknown; evidence is what jobs/tools/trends says. topic: what it is about, as titles write it. basis: {"found",
    "stems", "videos" [{"id", "title", "url", "channel", "views", "days"}], "lowered" {"share", "for" [{"title", "reason"}]}}.
    reason: why it was rejected. idea: what approving has made. model, prompt: what worded it (empty: a person).
    """

    class State(models.TextChoices):
        """What a person has said to it."""

        OPEN = "open", "Open"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="proposals")
    title = models.CharField(max_length=200)
    hook = models.TextField(max_length=1000, blank=True)
    angle = models.TextField(max_length=2000, blank=True)
    content_gap = models.TextField(max_length=2000, blank=True)
    reasoning = models.TextField(max_length=4000, blank=True)
    trend_signals = models.JSONField(default=list, blank=True)
    timeliness = models.TextField(max_length=1000, blank=True)
    tags = models.JSONField(default=list, blank=True, validators=[check_words])
    type = models.CharField(max_length=5, choices=Script.Type.choices, default=Script.Type.LONG)
    score = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)])
    topic = models.CharField(max_length=120, blank=True)
    parts = models.JSONField(default=list, blank=True)
    basis = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=REASON_CHARACTERS, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    idea = models.ForeignKey(Idea, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposals")
    model = models.CharField(max_length=160, blank=True)
    prompt = models.CharField(max_length=80, blank=True)
    made_by_job = models.UUIDField(null=True, blank=True)
    job_position = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["channel", "state", "-score"], name="proposal_best"),
            models.Index(fields=["channel", "-created_at"], name="proposal_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["made_by_job", "job_position"],
                condition=Q(made_by_job__isnull=False),
                name="proposal_once_per_job_position",
            ),
            models.CheckConstraint(
                name="proposal_score",
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                violation_error_message="Score: give a number from 0 to 100.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def made_idea(self) -> Idea | None:
        """The idea that approving has made, unless that has been deleted."""
        return self.idea if self.idea and self.idea.deleted_at is None else None
