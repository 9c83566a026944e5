"""Revisions: what a script said at a moment, and drafts that wait for a person's word."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from channels_app.models.script import Script


class Revision(models.Model):
    """A whole text of a script: kept when it was the script's own, proposed while a person has still to accept it.

    number: 1, 2, 3 … within the script. model, prompt: what wrote it (empty: a person), e.g. `ollama/llama3.2` and
    `script-write 1`. base_version: the `Script.version` that a proposal was written for. is_autosave: kept while
    somebody typed, so that old ones may be thinned out.
    """

    class Origin(models.TextChoices):
        """How the text came to be."""

        WRITTEN = "written", "Written"
        MODEL = "model", "By a model"
        OFFLINE = "offline", "By the offline author"
        FIXED = "fixed", "Style fixes"
        RESTORED = "restored", "Restored"

    class State(models.TextChoices):
        """Whether the text is, or was, the script's."""

        KEPT = "kept", "Kept"
        PROPOSED = "proposed", "Proposed"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    script = models.ForeignKey(Script, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    words = models.PositiveIntegerField(default=0)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.WRITTEN)
    state = models.CharField(max_length=10, choices=State.choices, default=State.KEPT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    model = models.CharField(max_length=160, blank=True)
    prompt = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    is_autosave = models.BooleanField(default=False)
    base_version = models.PositiveIntegerField(null=True, blank=True)
    made_by_job = models.UUIDField(null=True, blank=True)
    job_position = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["script", "number"], name="revision_number"),
            models.UniqueConstraint(
                fields=["made_by_job", "job_position"],
                condition=Q(made_by_job__isnull=False),
                name="revision_once_per_job_position",
            ),
        ]

    def __str__(self) -> str:
        return f"Revision {self.number} of {self.script}"
