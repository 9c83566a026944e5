"""The content part of the HTTP API: channels, notes, scripts and audio projects (DESIGN §5)."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.urls import path
from django.utils.text import slugify
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.pagination import CursorPagination

from accounts.models import User
from channels_app import actions, queries
from channels_app.access import READ_ONLY, ChannelAccess, channel_for, channels_for
from channels_app.forms import RESERVED_SLUGS
from channels_app.models import AudioProject, AudioSection, Channel, Note, Script, Take
from channels_app.models.script import BODY_CHARACTERS


class NewestFirst(CursorPagination):
    """Pages of fifty, by cursor."""

    page_size = 50
    ordering = ("-created_at", "-id")


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A channel."""

    owner = serializers.SlugRelatedField(slug_field="username", read_only=True)
    slug = serializers.SlugField(max_length=60, required=False)
    topics = serializers.ListField(child=serializers.CharField(max_length=100), max_length=30, required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=100), max_length=30, required=False)

    class Meta:
        model = Channel
        fields = (
            "id",
            "slug",
            "name",
            "owner",
            "character_name",
            "character_description",
            "style_rules",
            "topics",
            "tags",
            "niche",
            "custom_niche",
            "rpm",
            "voice_service",
            "voice_id",
            "voice_speed",
            "context_source",
            "raw_context",
            "created_at",
        )

    def validate_slug(self, slug: str) -> str:
        """An address nobody has, and that does not change later."""
        if self.instance is not None and slug != self.instance.slug:
            raise serializers.ValidationError("A channel's slug stays as it is.")
        if slug in RESERVED_SLUGS or Channel.objects.filter(slug=slug).exclude(pk=getattr(self.instance, "pk", None)):
            raise serializers.ValidationError(f"“{slug}” is taken. Choose another.")
        return slug

    def create(self, validated_data: dict[str, Any]) -> Channel:
        """A new channel; without a slug its name makes one."""
        slug = validated_data.pop("slug", "") or slugify(validated_data["name"])[:60]
        self.validate_slug(slug)
        if not slug:
            raise serializers.ValidationError({"slug": ["Give an address of letters, digits and dashes."]})
        return Channel.objects.create(slug=slug, **validated_data)


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note."""

    class Meta:
        model = Note
        fields = ("id", "title", "text", "source_url", "origin", "created_at", "updated_at")
        read_only_fields = ("origin",)


class ScriptSerializer(serializers.ModelSerializer[Script]):
    """A script."""

    body = serializers.CharField(max_length=BODY_CHARACTERS, allow_blank=True, required=False, trim_whitespace=False)

    class Meta:
        model = Script
        fields = ("id", "title", "body", "type", "status", "created_at", "updated_at")


class TakeSerializer(serializers.ModelSerializer[Take]):
    """A take of a section."""

    class Meta:
        model = Take
        fields = ("id", "source", "voice", "frames", "sample_rate", "seconds", "chosen", "words", "created_at")

    seconds = serializers.FloatField(read_only=True)


class SectionSerializer(serializers.ModelSerializer[AudioSection]):
    """A section with its takes."""

    takes = TakeSerializer(many=True, read_only=True)

    class Meta:
        model = AudioSection
        fields = ("id", "position", "heading", "speaker", "text", "pause_ms", "takes")


class AudioProjectSerializer(serializers.ModelSerializer[AudioProject]):
    """The audio of a script. An empty voice means the channel's."""

    sections = SectionSerializer(many=True, read_only=True)

    class Meta:
        model = AudioProject
        fields = ("id", "script", "voice_service", "voice_id", "voice_speed", "sections", "created_at", "updated_at")

    def validate_script(self, script: Script) -> Script:
        """A script of the channel."""
        if script.channel_id != self.context["channel"].pk:
            raise serializers.ValidationError("There is no such script in this channel.")
        return script


class SignedIn:
    """What all views know of who asks."""

    @property
    def person(self) -> User:
        """Who asks."""
        return cast("User", cast("Any", self).request.user)


class ChannelsView(SignedIn, generics.ListCreateAPIView[Channel]):
    """`channels/`: those this person sees; a new one."""

    serializer_class = ChannelSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Channel]:
        """Their own; all for editors and admins."""
        return channels_for(self.person).select_related("owner")

    def perform_create(self, serializer: Any) -> None:
        """Whoever makes a channel owns it."""
        serializer.save(owner=self.person)


class ChannelView(SignedIn, generics.RetrieveUpdateDestroyAPIView[Channel]):
    """`channels/<slug>/`."""

    serializer_class = ChannelSerializer
    queryset = Channel.objects.none()
    lookup_field = "slug"
    http_method_names = ["get", "patch", "delete", "head", "options"]

    def get_object(self) -> Channel:
        """The channel; changing it is its owner's right."""
        access = channel_for(self.person, self.kwargs["slug"])
        check_method(access, str(self.request.method))
        return access.channel

    def perform_destroy(self, instance: Channel) -> None:
        """Delete with everything in it; 409 while a job is at work."""
        actions.delete_channel(instance)


def check_method(access: ChannelAccess, method: str) -> None:
    """Raise PermissionDenied for a change by a reader."""
    if method not in ("GET", "HEAD", "OPTIONS") and not access.may_change:
        raise PermissionDenied(READ_ONLY)


class OfChannel(SignedIn):
    """Views on rows of a channel: a stranger gets 404, a reader may only read."""

    access: ChannelAccess | None = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Ask the door after authentication, before anything else."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        self.access = channel_for(self.person, kwargs["slug"])
        check_method(self.access, str(request.method))

    def get_serializer_context(self) -> dict[str, Any]:
        """The channel, for checks across rows."""
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return {**context, "channel": self.access.channel if self.access else None}

    def perform_create(self, serializer: Any) -> None:
        """New rows belong to the channel of the URL."""
        assert self.access is not None
        serializer.save(channel=self.access.channel)


class NotesView(OfChannel, generics.ListCreateAPIView[Note]):
    """`channels/<slug>/notes/`."""

    serializer_class = NoteSerializer
    pagination_class = NewestFirst
    queryset = Note.objects.none()

    def get_queryset(self) -> QuerySet[Note]:
        """The channel's notes."""
        return queries.notes_of(self.access.channel) if self.access else Note.objects.none()


class NoteView(OfChannel, generics.RetrieveUpdateDestroyAPIView[Note]):
    """`channels/<slug>/notes/<id>/`."""

    serializer_class = NoteSerializer
    queryset = Note.objects.none()
    lookup_field = "pk"
    http_method_names = ["get", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Note]:
        """The channel's notes."""
        return queries.notes_of(self.access.channel) if self.access else Note.objects.none()

    def perform_destroy(self, instance: Note) -> None:
        """Out of sight; `prune` removes it for good."""
        actions.bin_row(instance)


class ScriptsView(OfChannel, generics.ListCreateAPIView[Script]):
    """`channels/<slug>/scripts/`."""

    serializer_class = ScriptSerializer
    pagination_class = NewestFirst
    queryset = Script.objects.none()

    def get_queryset(self) -> QuerySet[Script]:
        """The channel's scripts."""
        return queries.scripts_of(self.access.channel) if self.access else Script.objects.none()


class ScriptView(OfChannel, generics.RetrieveUpdateDestroyAPIView[Script]):
    """`channels/<slug>/scripts/<id>/`."""

    serializer_class = ScriptSerializer
    queryset = Script.objects.none()
    lookup_field = "pk"
    http_method_names = ["get", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Script]:
        """The channel's scripts."""
        return queries.scripts_of(self.access.channel) if self.access else Script.objects.none()

    def perform_destroy(self, instance: Script) -> None:
        """Out of sight; 409 while a job is at work on it."""
        actions.bin_row(instance)


class AudioProjectsView(OfChannel, generics.ListCreateAPIView[AudioProject]):
    """`channels/<slug>/audio-projects/`."""

    serializer_class = AudioProjectSerializer
    pagination_class = NewestFirst
    queryset = AudioProject.objects.none()

    def get_queryset(self) -> QuerySet[AudioProject]:
        """The channel's audio projects with their sections and takes."""
        if not self.access:
            return AudioProject.objects.none()
        return AudioProject.objects.filter(channel=self.access.channel).prefetch_related("sections__takes")


class AudioProjectView(OfChannel, generics.RetrieveUpdateDestroyAPIView[AudioProject]):
    """`channels/<slug>/audio-projects/<id>/`."""

    serializer_class = AudioProjectSerializer
    queryset = AudioProject.objects.none()
    lookup_field = "pk"
    http_method_names = ["get", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[AudioProject]:
        """The channel's audio projects with their sections and takes."""
        if not self.access:
            return AudioProject.objects.none()
        return AudioProject.objects.filter(channel=self.access.channel).prefetch_related("sections__takes")


api_urls = [
    path("channels/", ChannelsView.as_view(), name="api-channels"),
    path("channels/<slug:slug>/", ChannelView.as_view(), name="api-channel"),
    path("channels/<slug:slug>/notes/", NotesView.as_view(), name="api-notes"),
    path("channels/<slug:slug>/notes/<uuid:pk>/", NoteView.as_view(), name="api-note"),
    path("channels/<slug:slug>/scripts/", ScriptsView.as_view(), name="api-scripts"),
    path("channels/<slug:slug>/scripts/<uuid:pk>/", ScriptView.as_view(), name="api-script"),
    path("channels/<slug:slug>/audio-projects/", AudioProjectsView.as_view(), name="api-audio-projects"),
    path("channels/<slug:slug>/audio-projects/<uuid:pk>/", AudioProjectView.as_view(), name="api-audio-project"),
]
