"""`channels/<slug>/audio-projects/` and the sounds of takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from channels_app import actions, queries, voices
from channels_app.access import channels_for
from channels_app.api.shared import (
    PROBLEMS,
    CheckedSerializer,
    OfChannel,
    ProblemSerializer,
    RowsView,
    RowView,
    documented,
)
from channels_app.models import AudioProject, AudioSection, Channel, Script, Take
from channels_app.models.audio import LONGEST_PAUSE_MS
from channels_app.serving import serve_file


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
