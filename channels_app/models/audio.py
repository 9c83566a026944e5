"""The audio of a script: its sections, and the takes of each."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from channels_app.models.channel import FASTEST, SLOWEST, Channel
from channels_app.models.script import Script

USUAL_PAUSE_MS = 600
LONGEST_PAUSE_MS = 30_000


class AudioProject(models.Model):
    """A script parsed into sections. An empty voice means the channel's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="audio_projects")
    script = models.OneToOneField(Script, on_delete=models.CASCADE, related_name="audio")
    voice_service = models.CharField(max_length=20, blank=True)
    voice_id = models.CharField(max_length=100, blank=True)
    voice_speed = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")

    def __str__(self) -> str:
        return f"Audio of {self.script}"


class AudioSection(models.Model):
    """One section: the text to speak, and the pause in milliseconds that follows it.

    content_hash: sha256 of speaker and text; a section that moves keeps its takes by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(AudioProject, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=200, blank=True)
    speaker = models.CharField(max_length=100, blank=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    pause_ms = models.PositiveIntegerField(default=USUAL_PAUSE_MS, validators=[MaxValueValidator(LONGEST_PAUSE_MS)])

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="audio_section_position")]

    def __str__(self) -> str:
        return self.heading or self.text[:60]


class Take(models.Model):
    """One recording of a section; the chosen one is heard.

    sound: name in the content-addressed store, mono 48 kHz WAV. frames: its length in samples.
    speech_key: what it was spoken from (engine, voice, speed, text); empty for uploads.
    words: [{"text", "start", "end"}], seconds from the section's start.
    """

    class Source(models.TextChoices):
        """Where the sound comes from."""

        SPOKEN = "spoken", "Spoken"
        UPLOADED = "uploaded", "Uploaded"
        RECORDED = "recorded", "Recorded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(AudioSection, on_delete=models.CASCADE, related_name="takes")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.SPOKEN)
    sound = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    frames = models.PositiveBigIntegerField()
    sample_rate = models.PositiveIntegerField()
    voice = models.CharField(max_length=120, blank=True)
    speech_key = models.CharField(max_length=64, blank=True)
    words = models.JSONField(default=list, blank=True)
    chosen = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    made_by_job = models.UUIDField(null=True, blank=True)
    job_position = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["section"], condition=Q(chosen=True), name="take_one_chosen"),
            models.UniqueConstraint(
                fields=["made_by_job", "job_position"],
                condition=Q(made_by_job__isnull=False),
                name="take_once_per_job_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} take of {self.section}"

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / self.sample_rate
