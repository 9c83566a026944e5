"""Resources: pictures, films and sounds that videos are made of, with the terms they come with."""

import uuid

from django.conf import settings
from django.db import models

from channels_app import licences
from channels_app.models.bin import Binnable
from channels_app.models.channel import Channel
from channels_app.models.script import Script


class Resource(Binnable):
    """A file that a person owns and may use in several channels. The same file is one record of its owner.

    file: its name in the store (channels_app/files.py). source: slug of where it was found (`upload`: from the owner's
    disk). original_url, landing_url: the file itself, and the page about it. licence_code: as in
    channels_app/licences.py; licence_raw: what the source said, word for word. attribution: the line of credit.
    """

    # Sources of what the studio has made itself: set in type by its composer, or painted by an image model.
    COMPOSED, PAINTED = "composed", "image-model"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="resources")
    channels = models.ManyToManyField(Channel, through="ResourceUse", related_name="resources")
    title = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=40, default="upload")
    source_id = models.CharField(max_length=300, blank=True)
    original_url = models.TextField(blank=True)
    landing_url = models.TextField(blank=True)
    creator = models.CharField(max_length=300, blank=True)
    licence_code = models.CharField(max_length=40, choices=licences.choices, default=licences.UNKNOWN)
    licence_url = models.TextField(blank=True)
    licence_raw = models.TextField(blank=True)
    attribution = models.TextField(blank=True)
    is_ai_made = models.BooleanField(default=False)
    made_by_job = models.UUIDField(null=True, blank=True)
    job_position = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="resource_newest"),
            models.Index(fields=["source", "source_id"], name="resource_of_source"),
        ]
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="resource_once_per_owner")]

    def __str__(self) -> str:
        return self.title

    @property
    def licence(self) -> licences.Terms:
        """What its licence allows."""
        return licences.terms(self.licence_code)

    @property
    def source_label(self) -> str:
        """Where it was found, as people call it."""
        from channels_app.resources import source_label

        return source_label(self.source)

    @property
    def family(self) -> str:
        """`image`, `video` or `audio`; `text` for everything that is read."""
        family = self.media_type.partition("/")[0]
        return family if family in ("image", "video", "audio") else "text"


class ResourceUse(models.Model):
    """A resource that a channel uses."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="uses")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="resource_uses")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "channel"], name="resource_used_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.resource} in {self.channel}"


class ScriptUse(models.Model):
    """A resource that a script of its owner uses: its credit is owed below that video. The script's channel uses it too."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="script_uses")
    script = models.ForeignKey(Script, on_delete=models.CASCADE, related_name="resource_uses")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "script"], name="resource_used_once_per_script")]

    def __str__(self) -> str:
        return f"{self.resource} in {self.script}"
