"""The content part of the HTTP API: channels, notes, scripts and audio projects (DESIGN §5)."""

from __future__ import annotations

import copy
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpResponseBase
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from channels_app import actions, queries, voices
from channels_app.access import READ_ONLY, ChannelAccess, channel_for, channels_for
from channels_app.forms import one_line_end
from channels_app.models import AudioProject, AudioSection, Channel, Note, Script, Take
from channels_app.models.audio import LONGEST_PAUSE_MS
from channels_app.models.channel import WORD_CHARACTERS, WORDS_AT_MOST
from channels_app.models.note import NOTE_CHARACTERS
from channels_app.models.script import BODY_CHARACTERS
from channels_app.serving import serve_file

M = TypeVar("M", bound=Model)
CHANGES = ["get", "patch", "delete", "head", "options"]
TOO_LONG = "At most {max_length} characters. Split it into several."


# --- shapes ---


class ProblemBodySerializer(serializers.Serializer[Any]):
    """What went wrong, for machines (`code`), for people (`message`), and field by field."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


class ProblemSerializer(serializers.Serializer[Any]):
    """Every error answer."""

    error = ProblemBodySerializer()


class NewestFirst(CursorPagination):
    """Pages of fifty: `{"results", "next"}`; `next` is the cursor of the following page, empty after the last."""

    page_size = 50
    ordering = ("-created_at", "-id")

    def get_paginated_response(self, data: Any) -> Response:
        """The page."""
        link = self.get_next_link()
        following = parse_qs(urlsplit(link).query).get(self.cursor_query_param, [""])[0] if link else ""
        return Response({"results": data, "next": following})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same as schema."""
        properties = {"results": schema, "next": {"type": "string"}}
        return {"type": "object", "required": ["results", "next"], "properties": properties}


class CheckedSerializer(serializers.ModelSerializer[M]):
    """Obeys the model's own rules as well, as the pages' forms do."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The values, if the row may have them. Raises ValidationError by field."""
        model: Any = self.Meta.model
        row = copy.copy(self.instance) if self.instance is not None else model()
        for name, value in attrs.items():
            setattr(row, name, value)
        given = {field.source for field in self.fields.values() if not field.read_only}
        foreign = [field.name for field in model._meta.fields if field.name not in given]
        try:
            row.full_clean(exclude=[*foreign, *self.left_to_create()], validate_unique=False)
        except ModelValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        return attrs

    def left_to_create(self) -> list[str]:
        """Fields that only `create` can judge."""
        return []


class WordsField(serializers.ListField):
    """Topics or tags."""

    def __init__(self, **options: Any) -> None:
        child = serializers.CharField(max_length=WORD_CHARACTERS)
        super().__init__(child=child, max_length=WORDS_AT_MOST, required=False, **options)


class ChannelSerializer(CheckedSerializer[Channel]):
    """A channel. Without a slug its name makes one, without an rpm the niche's usual one is taken."""

    owner: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    slug = serializers.SlugField(max_length=actions.SLUG_CHARACTERS, required=False)
    topics = WordsField()
    tags = WordsField()

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
            raise serializers.ValidationError("A channel's slug cannot be changed: links and commands use it.")
        return slug.lower() if self.instance is None else slug

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A voice that is chosen now has to exist."""
        attrs = super().validate(attrs)
        if self.instance is None or {"voice_service", "voice_id"} & set(attrs):
            service = attrs.get("voice_service", self.instance.voice_service if self.instance else voices.AUTO)
            voice_id = attrs.get("voice_id", self.instance.voice_id if self.instance else "")
            if problems := voices.problems(service, voice_id):
                raise serializers.ValidationError(problems)
        return attrs

    def left_to_create(self) -> list[str]:
        """Its name may make the slug, its niche the rpm."""
        return ["slug", "rpm"] if self.instance is None else []

    def create(self, validated_data: dict[str, Any]) -> Channel:
        """A new channel of `owner`."""
        return actions.create_channel(**validated_data)


class NoteRowSerializer(serializers.ModelSerializer[Note]):
    """A note in a list: the beginning of its text."""

    excerpt = serializers.CharField(read_only=True)

    class Meta:
        model = Note
        fields = ("id", "title", "excerpt", "source_url", "origin", "created_at", "updated_at")


class NoteSerializer(CheckedSerializer[Note]):
    """A note."""

    text = serializers.CharField(
        max_length=NOTE_CHARACTERS, trim_whitespace=False, error_messages={"max_length": TOO_LONG}
    )

    class Meta:
        model = Note
        fields = ("id", "title", "text", "source_url", "origin", "created_at", "updated_at")
        read_only_fields = ("origin",)

    def validate_text(self, text: str) -> str:
        """Something is said; one kind of line end, whoever sends it."""
        if not text.strip():
            raise serializers.ValidationError("This field may not be blank.")
        return one_line_end(text)


class ScriptRowSerializer(serializers.ModelSerializer[Script]):
    """A script in a list, without its body. `words`: about how many are spoken."""

    class Meta:
        model = Script
        fields = ("id", "title", "type", "status", "words", "created_at", "updated_at")


class ScriptSerializer(CheckedSerializer[Script]):
    """A script. Drafts cannot be voiced."""

    body = serializers.CharField(
        max_length=BODY_CHARACTERS,
        allow_blank=True,
        required=False,
        trim_whitespace=False,
        error_messages={"max_length": TOO_LONG},
    )

    class Meta:
        model = Script
        fields = ("id", "title", "body", "type", "status", "words", "created_at", "updated_at")
        read_only_fields = ("words",)

    def validate_body(self, body: str) -> str:
        """One kind of line end, whoever sends it."""
        return one_line_end(body)


class WordTimeSerializer(serializers.Serializer[Any]):
    """A spoken word; seconds from the section's start."""

    text = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()


class TakeSerializer(serializers.ModelSerializer[Take]):
    """A take of a section. `fits`: it says what the section says now."""

    seconds = serializers.FloatField(read_only=True)
    words = WordTimeSerializer(many=True, read_only=True)
    fits = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Take
        fields = (
            "id",
            "source",
            "voice",
            "chosen",
            "fits",
            "frames",
            "sample_rate",
            "seconds",
            "size",
            "sha256",
            "url",
            "words",
            "made_by_job",
            "created_at",
        )

    def get_fits(self, take: Take) -> bool:
        """Whether it was made from the text that the section holds now."""
        return take.content_hash == take.section.content_hash

    def get_url(self, take: Take) -> str:
        """Where its sound is."""
        return reverse("api-take-sound", args=[take.pk])


class SectionSerializer(serializers.ModelSerializer[AudioSection]):
    """A section with its takes, newest first."""

    state = serializers.ChoiceField(AudioSection.State.choices, read_only=True)
    takes = TakeSerializer(many=True, read_only=True)

    class Meta:
        model = AudioSection
        fields = ("id", "position", "heading", "speaker", "text", "pause_ms", "state", "takes")


class SectionChangeSerializer(serializers.Serializer[AudioSection]):
    """What may be changed about a section by hand."""

    pause_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_PAUSE_MS, required=False)
    chosen_take = serializers.UUIDField(required=False)


class AudioProjectRowSerializer(serializers.ModelSerializer[AudioProject]):
    """The audio of a script, in a list. An empty voice means the channel's."""

    sections = serializers.IntegerField(source="section_count", read_only=True)

    class Meta:
        model = AudioProject
        fields = ("id", "script", "voice_service", "voice_id", "voice_speed", "sections", "created_at", "updated_at")


class AudioProjectSerializer(CheckedSerializer[AudioProject]):
    """The audio of a script. `up_to_date`: its sections are those of the text. An empty voice: the channel's."""

    script: Any = serializers.PrimaryKeyRelatedField(queryset=Script.objects.none())
    up_to_date = serializers.BooleanField(source="is_up_to_date", read_only=True)
    sections = SectionSerializer(many=True, read_only=True)

    class Meta:
        model = AudioProject
        fields = (
            "id",
            "script",
            "voice_service",
            "voice_id",
            "voice_speed",
            "up_to_date",
            "sections",
            "created_at",
            "updated_at",
        )

    def get_fields(self) -> dict[str, Any]:
        """Only scripts of the channel may be named; another channel's is refused like one that does not exist."""
        fields: dict[str, Any] = super().get_fields()
        if channel := self.context.get("channel"):
            fields["script"].queryset = queries.scripts_of(channel)
        return fields

    def validate_script(self, script: Script) -> Script:
        """A script has one audio project, for good."""
        if self.instance is not None and script.pk != self.instance.script_id:
            raise serializers.ValidationError("An audio project stays with its script.")
        if self.instance is None and AudioProject.objects.filter(script=script).exists():
            raise serializers.ValidationError("This script has its audio project already.")
        return script

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A voice that is chosen has to exist; an empty one is the channel's."""
        attrs = super().validate(attrs)
        if service := attrs.get("voice_service"):
            voice_id = attrs.get("voice_id", self.instance.voice_id if self.instance else "")
            if problems := voices.problems(service, voice_id):
                raise serializers.ValidationError(problems)
        return attrs


# --- who asks, and about which channel ---


def person(request: Request) -> User:
    """Who asks; the permission classes have made sure that somebody does."""
    return cast("User", request.user)


def check_method(access: ChannelAccess, request: Request) -> None:
    """Raise PermissionDenied for a change by a reader."""
    if request.method not in SAFE_METHODS and not access.may_change:
        raise PermissionDenied(READ_ONLY)


class OfChannel(generics.GenericAPIView[M]):
    """Rows of the channel in the address: a stranger gets 404, a reader may only read."""

    rows: ClassVar[Any]
    pagination_class = NewestFirst
    row_serializer_class: type[serializers.BaseSerializer[Any]] | None = None
    access: ChannelAccess | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Ask the door after authentication, before anything else."""
        super().initial(request, *args, **kwargs)
        self.access = channel_for(person(request), kwargs["slug"])
        check_method(self.access, request)

    @property
    def channel(self) -> Channel:
        """The channel. Raises Http404 where nobody has asked the door (a schema is being drawn)."""
        if self.access is None:
            raise Http404
        return self.access.channel

    def get_queryset(self) -> QuerySet[M]:
        """The channel's rows."""
        if self.access is None:
            return self.rows(Channel()).none()  # type: ignore[no-any-return]
        return self.rows(self.access.channel)  # type: ignore[no-any-return]

    def get_serializer_context(self) -> dict[str, Any]:
        """The channel, for checks across rows."""
        return {**super().get_serializer_context(), "channel": self.access.channel if self.access else None}

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        """New rows belong to the channel of the address."""
        serializer.save(channel=self.channel)


PROBLEMS = dict.fromkeys((400, 401, 403, 404), ProblemSerializer)
CONFLICTS = {**PROBLEMS, 409: ProblemSerializer}


def documented(
    name: str, shape: type[serializers.BaseSerializer[Any]], row: type[serializers.BaseSerializer[Any]] | None = None
) -> Any:
    """The schema of a list and of one row, with the errors that each may answer."""
    if row:
        return extend_schema_view(
            get=extend_schema(operation_id=f"{name}_list", responses={200: row(many=True), 401: ProblemSerializer}),
            post=extend_schema(operation_id=f"{name}_create", request=shape, responses={201: shape, **PROBLEMS}),
        )
    return extend_schema_view(
        get=extend_schema(operation_id=name, responses={200: shape, 401: ProblemSerializer, 404: ProblemSerializer}),
        patch=extend_schema(operation_id=f"{name}_change", request=shape, responses={200: shape, **PROBLEMS}),
        delete=extend_schema(operation_id=f"{name}_delete", responses={204: None, **CONFLICTS}),
    )


# --- views ---


@documented("channels", ChannelSerializer, ChannelSerializer)
class ChannelsView(generics.ListCreateAPIView[Channel]):
    """`channels/`: those this person sees; a new one."""

    serializer_class = ChannelSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Channel]:
        """Their own; all for editors and admins."""
        return channels_for(self.request.user).select_related("owner")

    def perform_create(self, serializer: serializers.BaseSerializer[Channel]) -> None:
        """Whoever makes a channel owns it."""
        serializer.save(owner=person(self.request))


@documented("channel", ChannelSerializer)
class ChannelView(generics.RetrieveUpdateDestroyAPIView[Channel]):
    """`channels/<slug>/`."""

    serializer_class = ChannelSerializer
    queryset = Channel.objects.none()
    lookup_field = "slug"
    http_method_names = CHANGES

    def get_object(self) -> Channel:
        """The channel; changing it is its owner's right."""
        access = channel_for(person(self.request), self.kwargs["slug"])
        check_method(access, self.request)
        return access.channel

    def perform_destroy(self, instance: Channel) -> None:
        """Delete with everything in it; 409 while a job is at work."""
        actions.delete_channel(instance)


class RowsView(OfChannel[M], generics.ListCreateAPIView[M]):
    """Rows of a channel: a page of them, a new one."""

    def get_serializer_class(self) -> type[serializers.BaseSerializer[M]]:
        """Lists leave long texts out."""
        if self.request.method == "GET" and self.row_serializer_class:
            return self.row_serializer_class
        return super().get_serializer_class()


class RowView(OfChannel[M], generics.RetrieveUpdateDestroyAPIView[M]):
    """One row of a channel."""

    http_method_names = CHANGES


@documented("notes", NoteSerializer, NoteRowSerializer)
class NotesView(RowsView[Note]):
    """`channels/<slug>/notes/`."""

    rows = staticmethod(queries.note_rows)
    serializer_class = NoteSerializer
    row_serializer_class = NoteRowSerializer


@documented("note", NoteSerializer)
class NoteView(RowView[Note]):
    """`channels/<slug>/notes/<id>/`."""

    rows = staticmethod(queries.notes_of)
    serializer_class = NoteSerializer

    def perform_destroy(self, instance: Note) -> None:
        """Out of sight; `prune` removes it for good."""
        actions.bin_row(instance)


@documented("scripts", ScriptSerializer, ScriptRowSerializer)
class ScriptsView(RowsView[Script]):
    """`channels/<slug>/scripts/`."""

    rows = staticmethod(queries.script_rows)
    serializer_class = ScriptSerializer
    row_serializer_class = ScriptRowSerializer


@documented("script", ScriptSerializer)
class ScriptView(RowView[Script]):
    """`channels/<slug>/scripts/<id>/`."""

    rows = staticmethod(queries.scripts_of)
    serializer_class = ScriptSerializer

    def perform_destroy(self, instance: Script) -> None:
        """Out of sight; 409 while a job is at work on it."""
        actions.bin_row(instance)


def project_rows(channel: Channel) -> QuerySet[AudioProject]:
    """The channel's audio projects with the number of their sections."""
    projects = AudioProject.objects.filter(channel=channel, script__deleted_at__isnull=True)
    return projects.annotate(section_count=Count("sections"))


@documented("audio_projects", AudioProjectSerializer, AudioProjectRowSerializer)
class AudioProjectsView(RowsView[AudioProject]):
    """`channels/<slug>/audio-projects/`."""

    rows = staticmethod(project_rows)
    serializer_class = AudioProjectSerializer
    row_serializer_class = AudioProjectRowSerializer


@documented("audio_project", AudioProjectSerializer)
class AudioProjectView(RowView[AudioProject]):
    """`channels/<slug>/audio-projects/<id>/`."""

    rows = staticmethod(queries.audio_projects_of)
    serializer_class = AudioProjectSerializer

    def perform_destroy(self, instance: AudioProject) -> None:
        """Delete with its sections and takes; 409 while a job is at work on the script."""
        actions.delete_audio_project(instance)


class SectionView(OfChannel[AudioSection]):
    """`channels/<slug>/audio-projects/<id>/sections/<id>/`."""

    rows = staticmethod(queries.sections_in)
    serializer_class = SectionSerializer

    @extend_schema(
        operation_id="audio_section_change",
        request=SectionChangeSerializer,
        responses={200: SectionSerializer, **PROBLEMS},
    )
    def patch(self, request: Request, slug: str, pk: UUID, section_id: UUID) -> Response:
        """Change the pause after a section, or which of its takes is heard."""
        section = self.get_queryset().filter(project=pk, pk=section_id).first()
        if section is None:
            raise Http404("There is no such section.")
        asked = SectionChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen_id = asked.validated_data.get("chosen_take")
        take = next((take for take in section.takes.all() if take.pk == chosen_id), None)
        if chosen_id and take is None:
            raise serializers.ValidationError({"chosen_take": ["This section has no such take."]})
        if "pause_ms" in asked.validated_data:
            actions.set_pause(section, asked.validated_data["pause_ms"])
        if take:
            actions.choose_take(take)
        return Response(SectionSerializer(self.get_queryset().get(pk=section_id)).data)


class AnyType(BaseContentNegotiation):
    """Players ask for sound, not for JSON; errors are JSON all the same."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first."""
        return renderers[0], renderers[0].media_type


class TakeSoundView(APIView):
    """`takes/<id>/sound/`."""

    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="take_sound", responses={(200, "audio/wav"): OpenApiTypes.BINARY, 404: ProblemSerializer}
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """The sound of a take, with ranges."""
        take = queries.takes_for(channels_for(request.user)).filter(pk=pk).first()
        if take is None:
            raise Http404("There is no such take.")
        return serve_file(request._request, take.sound, "audio/wav", f"take-{take.pk}.wav")


api_urls = [
    path("channels/", ChannelsView.as_view(), name="api-channels"),
    path("channels/<slug:slug>/", ChannelView.as_view(), name="api-channel"),
    path("channels/<slug:slug>/notes/", NotesView.as_view(), name="api-notes"),
    path("channels/<slug:slug>/notes/<uuid:pk>/", NoteView.as_view(), name="api-note"),
    path("channels/<slug:slug>/scripts/", ScriptsView.as_view(), name="api-scripts"),
    path("channels/<slug:slug>/scripts/<uuid:pk>/", ScriptView.as_view(), name="api-script"),
    path("channels/<slug:slug>/audio-projects/", AudioProjectsView.as_view(), name="api-audio-projects"),
    path("channels/<slug:slug>/audio-projects/<uuid:pk>/", AudioProjectView.as_view(), name="api-audio-project"),
    path(
        "channels/<slug:slug>/audio-projects/<uuid:pk>/sections/<uuid:section_id>/",
        SectionView.as_view(),
        name="api-audio-section",
    ),
    path("takes/<uuid:pk>/sound/", TakeSoundView.as_view(), name="api-take-sound"),
]
