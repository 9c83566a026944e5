"""Marks: what jobs say about single passages of a script, by place."""

import uuid

from django.db import models
from django.db.models import F, Q

from channels_app.models.script import Script


class Mark(models.Model):
    """Something said about the characters [start, end) of a script's body, counted as Python counts them.

    text: those characters when it was made. is_stale: they have been changed since, so the place is only a memory;
    saving a script moves the marks of what stayed (`channels_app/marks.py`). model, prompt: what made it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    script = models.ForeignKey(Script, on_delete=models.CASCADE, related_name="%(class)ss")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    is_stale = models.BooleanField(default=False)
    model = models.CharField(max_length=160, blank=True)
    prompt = models.CharField(max_length=80, blank=True)
    made_by_job = models.UUIDField()
    job_position = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ("start", "end")
        constraints = [
            models.UniqueConstraint(fields=["made_by_job", "job_position"], name="%(class)s_once_per_job_position"),
            models.CheckConstraint(name="%(class)s_span", condition=Q(start__lt=F("end"))),
        ]
        indexes = [models.Index(fields=["script", "start"], name="%(class)s_place")]

    def __str__(self) -> str:
        return self.text[:60]


class Claim(Mark):
    """A statement of a script that can be true or false, and what was found about it.

    confidence: 0 to 1 as a model told it, else null. sources: [{"title", "url", "quote", "note"}] where `note` is
    the id of one of the channel's notes, or empty.
    """

    class Verdict(models.TextChoices):
        """What was found."""

        VERIFIED = "verified", "Verified"
        UNVERIFIED = "unverified", "Unverified"
        DISPUTED = "disputed", "Disputed"
        OPINION = "opinion", "Opinion"

    class Reason(models.TextChoices):
        """Why the verdict is what it is; the first four need no model."""

        MATCHES = "matches", "Matches a source"
        NUMBERS_DIFFER = "numbers_differ", "Numbers differ, check"
        NO_SOURCE = "no_source", "No source found"
        OPINION = "opinion", "No fact to check"
        JUDGED = "judged", "Judged by a model"

    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    confidence = models.FloatField(null=True, blank=True)
    explanation = models.TextField(blank=True)
    sources = models.JSONField(default=list, blank=True)

    class Meta(Mark.Meta):
        pass


class Passage(Mark):
    """A passage whose style gives it away, and how it may be put instead.

    hits: [{"rule", "label", "why", "start", "end"}], places in the script's body. fix: the passage put otherwise, empty
    where there is no safe way; fixed_by: `rules`, or the model's name.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "Open"
        APPLIED = "applied", "Applied"
        DISMISSED = "dismissed", "Dismissed"

    hits = models.JSONField(default=list)
    fix = models.TextField(blank=True)
    fixed_by = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta(Mark.Meta):
        pass
