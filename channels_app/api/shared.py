"""What the content API shares: shapes of errors and pages, who asks, and about which channel."""

from __future__ import annotations

import copy
import math
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from channels_app import queries
from channels_app.access import READ_ONLY, ChannelAccess, channel_for
from channels_app.models import Channel, Script

M = TypeVar("M", bound=Model)
CHANGES = ["get", "patch", "delete", "head", "options"]
TOO_LONG = "At most {max_length} characters. Split it into several."


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


class FiniteFloatField(serializers.FloatField):
    """A number that both databases can hold. JSON knows larger ones, and Python reads "nan"."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Give a number."}

    def to_internal_value(self, data: Any) -> float:
        """The number. Raises ValidationError for anything that is none, or not finite."""
        try:
            number = float(super().to_internal_value(data))
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise serializers.ValidationError("Give a finite number.")
        return number


class CheckedSerializer(serializers.ModelSerializer[M]):
    """Obeys the model's own rules as well, as the pages' forms do."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.FloatField: FiniteFloatField,
    }

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

    def update(self, instance: M, validated_data: dict[str, Any]) -> M:
        """Write what was sent and no more: what somebody else has changed since the row was read stays."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        touched = [field.name for field in instance._meta.concrete_fields if getattr(field, "auto_now", False)]
        instance.save(update_fields=[*validated_data, *touched])
        return instance

    def left_to_create(self) -> list[str]:
        """Fields that only `create` can judge."""
        return []


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


class OfScript(OfChannel[M]):
    """Rows of the script in the address."""

    def script(self) -> Script:
        """The script. Raises Http404 for one of another channel."""
        script = queries.scripts_of(self.channel).filter(pk=self.kwargs["pk"]).first()
        if script is None:
            raise Http404("There is no such script in this channel.")
        return script

    def get_queryset(self) -> QuerySet[M]:
        """The script's rows."""
        rows = super().get_queryset()
        return rows.filter(script=self.script()) if self.access else rows


class InPlace(NewestFirst):
    """Pages in the order of the text."""

    ordering = ("start", "id")


PROBLEMS = dict.fromkeys((400, 401, 403, 404), ProblemSerializer)
CONFLICTS = {**PROBLEMS, 409: ProblemSerializer}


def readable(name: str, shape: Any) -> Any:
    """The schema of rows, or of one, that may only be read."""
    responses = {200: shape, 401: ProblemSerializer, 404: ProblemSerializer}
    return extend_schema_view(get=extend_schema(operation_id=name, responses=responses))


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
