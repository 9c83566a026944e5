"""`channels/<slug>/resources/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.validators import URLValidator
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from channels_app import licences, queries, resources
from channels_app.access import channels_for
from channels_app.api.audio import AnyType
from channels_app.api.shared import (
    CONFLICTS,
    PROBLEMS,
    CheckedSerializer,
    OfChannel,
    ProblemSerializer,
    RowView,
    documented,
)
from channels_app.forms.resource import ResourceFilter, UploadForm
from channels_app.models import Channel, Resource, Script
from channels_app.serving import serve_file


def web_address(url: str) -> str:
    """The address, if it is empty or one of the web. Raises ValidationError: pages link to it."""
    if url:
        URLValidator(["http", "https"], message="Give an address that begins with https:// or http://.")(url)
    return url


class ResourceSerializer(CheckedSerializer[Resource]):
    """A file of the owner's library. `used_here`: the channel uses it; set it to assign it or to take it off.
    `scripts_here`: how many of the channel's scripts use it."""

    used_here = serializers.BooleanField(source="is_here", required=False)
    licence = serializers.SerializerMethodField()
    level = serializers.SerializerMethodField()
    credit = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    scripts_here = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Resource
        fields = (
            "id",
            "title",
            "media_type",
            "size",
            "sha256",
            "width",
            "height",
            "seconds",
            "source",
            "source_id",
            "original_url",
            "landing_url",
            "creator",
            "licence_code",
            "licence",
            "level",
            "licence_url",
            "licence_raw",
            "credit",
            "is_ai_made",
            "used_here",
            "scripts_here",
            "url",
            "made_by_job",
            "created_at",
        )
        read_only_fields = (
            "media_type",
            "size",
            "sha256",
            "width",
            "height",
            "seconds",
            "source",
            "source_id",
            "original_url",
            "licence_raw",
            "made_by_job",
        )

    def get_licence(self, resource: Resource) -> str:
        """What its licence is called."""
        return resource.licence.label

    def get_level(self, resource: Resource) -> str:
        """How free it is: free, credit, limited or unknown."""
        return resource.licence.level

    def get_credit(self, resource: Resource) -> str:
        """The line of credit."""
        return resources.credit_line(resource)

    def get_url(self, resource: Resource) -> str:
        """Where the file is."""
        return reverse("api-resource-file", args=[resource.pk])

    def validate_licence_code(self, code: str) -> str:
        """One that is known."""
        if code not in licences.BY_CODE:
            raise serializers.ValidationError(f"“{code}” is none of {', '.join(licences.BY_CODE)}.")
        return code

    def validate_landing_url(self, url: str) -> str:
        """One that a page may link to."""
        return web_address(url)

    def validate_licence_url(self, url: str) -> str:
        """The same."""
        return web_address(url)

    def update(self, instance: Resource, validated_data: dict[str, Any]) -> Resource:
        """Set right what is known; assign or take off."""
        is_here = validated_data.pop("is_here", None)
        if validated_data:
            changed = [name for name, value in validated_data.items() if value != getattr(instance, name)]
            emptied = dict.fromkeys(resources.forget_outdated(instance, changed), "")
            instance = super().update(instance, {**validated_data, **emptied})
        if is_here is not None:
            (resources.assign if is_here else resources.take_off)(instance, self.context["channel"])
            instance.is_here = is_here  # type: ignore[attr-defined]
        return instance


class UploadSerializer(serializers.Serializer[Any]):
    """A file and what is known about it (multipart)."""

    file = serializers.FileField()
    title = serializers.CharField(required=False)
    creator = serializers.CharField(required=False)
    licence_code = serializers.ChoiceField(licences.choices(), required=False)
    is_ai_made = serializers.BooleanField(required=False)


class CreditsSerializer(serializers.Serializer[Any]):
    """An attribution block: a line for every credit."""

    text = serializers.CharField()


class ResourcesView(OfChannel[Resource]):
    """`channels/<slug>/resources/`."""

    rows = staticmethod(queries.resources_of)
    serializer_class = ResourceSerializer
    parser_classes = (MultiPartParser, FormParser, JSONParser)

    @extend_schema(
        operation_id="resources_list", responses={200: ResourceSerializer(many=True), 401: ProblemSerializer}
    )
    def get(self, request: Request, slug: str) -> Response:
        """The owner's library, newest first: `?q=&type=&licence=&source=&use=`."""
        rows = ResourceFilter(request.query_params).apply(self.channel)
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(
        operation_id="resources_create",
        request={"multipart/form-data": UploadSerializer},
        responses={201: ResourceSerializer, 200: ResourceSerializer, **CONFLICTS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Upload a file and use it in the channel; 200 when the owner has had the same file before."""
        form = UploadForm(request._request.POST, request._request.FILES)
        kept = form.keep(self.channel) if form.is_valid() else None
        if kept is None:
            raise serializers.ValidationError(
                {name: [str(one) for one in errors] for name, errors in form.errors.items()}
            )
        row, is_new = kept
        shown = self.get_serializer(self.get_queryset().get(pk=row.pk))
        return Response(shown.data, status=201 if is_new else 200)


@documented("resource", ResourceSerializer)
class ResourceView(RowView[Resource]):
    """`channels/<slug>/resources/<id>/`."""

    rows = staticmethod(queries.resources_of)
    serializer_class = ResourceSerializer

    def perform_destroy(self, instance: Resource) -> None:
        """Out of sight; 409 while a channel uses it."""
        resources.bin_resource(instance)


class CreditsView(OfChannel[Resource]):
    """`channels/<slug>/resources/credits/`."""

    rows = staticmethod(queries.resources_of)
    serializer_class: Any = CreditsSerializer

    @extend_schema(operation_id="resources_credits", responses={200: CreditsSerializer, **PROBLEMS})
    def get(self, request: Request, slug: str) -> Response:
        """The attribution block of what the channel uses: `{"text"}`."""
        return Response({"text": resources.attribution_block(list(queries.resources_in(self.channel)))})


class ScriptResourcesView(OfChannel[Resource]):
    """`channels/<slug>/scripts/<id>/resources/`: what the script uses."""

    rows = staticmethod(queries.resources_of)
    serializer_class = ResourceSerializer

    @extend_schema(operation_id="script_resources", responses={200: ResourceSerializer(many=True), **PROBLEMS})
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """What the script uses, newest first."""
        rows = self.get_queryset().filter(script_uses__script=script_in(self.channel, pk))
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)


class ScriptResourceView(OfChannel[Resource]):
    """`channels/<slug>/scripts/<id>/resources/<id>/`: whether the script uses the resource."""

    rows = staticmethod(queries.resources_of)
    serializer_class = ResourceSerializer
    lookup_url_kwarg = "resource"

    @extend_schema(operation_id="script_resource_use", request=None, responses={204: None, **PROBLEMS})
    def put(self, request: Request, slug: str, pk: UUID, resource: UUID) -> Response:
        """Use it in the script, and so in the channel; twice is once."""
        resources.use_in_script(self.get_object(), script_in(self.channel, pk))
        return Response(status=204)

    @extend_schema(operation_id="script_resource_take_off", responses={204: None, **PROBLEMS})
    def delete(self, request: Request, slug: str, pk: UUID, resource: UUID) -> Response:
        """Take it off the script; the channel goes on using it."""
        resources.take_off_script(self.get_object(), script_in(self.channel, pk))
        return Response(status=204)


class ScriptCreditsView(OfChannel[Resource]):
    """`channels/<slug>/scripts/<id>/credits/`."""

    rows = staticmethod(queries.resources_of)
    serializer_class: Any = CreditsSerializer

    @extend_schema(operation_id="script_credits", responses={200: CreditsSerializer, **PROBLEMS})
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """The attribution block of what the script uses: `{"text"}`, empty if it owes nobody."""
        used = queries.resources_used_in(script_in(self.channel, pk))
        return Response({"text": resources.attribution_block(list(used))})


def script_in(channel: Channel, pk: UUID) -> Script:
    """A script of the channel. Raises Http404."""
    script = queries.scripts_of(channel).filter(pk=pk).first()
    if script is None:
        raise Http404("There is no such script in this channel.")
    return script


class ResourceFileView(APIView):
    """`resources/<id>/file/`."""

    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="resource_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 404: ProblemSerializer},
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """The file, with ranges."""
        row = queries.resources_for(channels_for(request.user)).filter(pk=pk).first()
        if row is None:
            raise Http404("There is no such resource.")
        return serve_file(
            request._request, row.file, row.media_type, f"{row.pk}{resources.SUFFIXES.get(row.media_type, '')}"
        )
