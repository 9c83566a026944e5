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
    """A script parsed into sections. An empty voice means the channel's.

    body_hash: `Script.body_hash` of the text that the sections were cut from; empty before there are any.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="audio_projects")
    script = models.OneToOneField(Script, on_delete=models.CASCADE, related_name="audio")
    voice_service = models.CharField(max_length=20, blank=True)
    voice_id = models.CharField(max_length=100, blank=True)
    voice_speed = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)]
    )
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="audio_project_voice_speed",
                condition=Q(voice_speed__isnull=True) | Q(voice_speed__gte=SLOWEST, voice_speed__lte=FASTEST),
                violation_error_message=f"Voice speed: give a number from {SLOWEST} to {FASTEST}.",
            ),
        ]

    def __str__(self) -> str:
        return f"Audio of {self.script}"

    @property
    def is_up_to_date(self) -> bool:
        """Whether the sections are still those of the script's text."""
        return self.body_hash == self.script.body_hash


class AudioSection(models.Model):
    """One section: the text to speak, and the pause in milliseconds that follows it.

    content_hash: sha256 of speaker and text; a section that moves keeps its takes by it.
    """

    class State(models.TextChoices):
        """How far a section is."""

        READY = "ready", "Ready"  # a take is chosen
        CHANGED = "changed", "Changed"  # its takes say something else
        UNSPOKEN = "unspoken", "Not spoken"

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
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="audio_section_position"),
            models.CheckConstraint(
                name="audio_section_pause",
                condition=Q(pause_ms__lte=LONGEST_PAUSE_MS),
                violation_error_message=f"Pause: give milliseconds from 0 to {LONGEST_PAUSE_MS}.",
            ),
        ]

    def __str__(self) -> str:
        return self.heading or self.text[:60]

    @property
    def number(self) -> int:
        """Its place among the sections, from 1."""
        return self.position + 1

    @property
    def chosen_take(self) -> "Take | None":
        """The take that is heard. Asks the database unless the takes were fetched with the section."""
        return next((take for take in self.takes.all() if take.chosen), None)

    @property
    def state(self) -> "AudioSection.State":
        """Ready, changed, or not spoken."""
        if self.chosen_take:
            return self.State.READY
        return self.State.CHANGED if self.takes.all() else self.State.UNSPOKEN


class Take(models.Model):
    """One recording of a section; the chosen one is heard.

    sound: name in the content-addressed store (`files.py`), a mono WAV of `size` bytes; frames: its length in samples.
    content_hash: that of the section when it was made; another one means that it says something else.
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
    size = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
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
            models.CheckConstraint(
                name="take_job_and_position",
                condition=Q(made_by_job__isnull=True, job_position__isnull=True)
                | Q(made_by_job__isnull=False, job_position__isnull=False),
            ),
            models.CheckConstraint(name="take_has_sound", condition=Q(frames__gt=0, sample_rate__gt=0, size__gt=0)),
        ]
        # Which files are in use, and what a person has stored, are asked by the file.
        indexes = [models.Index(fields=["sound"], name="take_sound")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} take of {self.section}"

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / self.sample_rate

    @property
    def duration(self) -> str:
        """How long it lasts, as people read it."""
        return f"{self.seconds:.1f} s"
