"""`channels/<slug>/scripts/` and the revisions of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from channels_app import actions, queries, revisions
from channels_app.api.shared import (
    CONFLICTS,
    TOO_LONG,
    CheckedSerializer,
    NewestFirst,
    OfScript,
    RowsView,
    RowView,
    documented,
    person,
    readable,
)
from channels_app.forms.fields import one_line_end
from channels_app.models import Revision, Script
from channels_app.models.script import BODY_CHARACTERS


class ScriptRowSerializer(serializers.ModelSerializer[Script]):
    """A script in a list, without its body. `words`: about how many are spoken."""

    class Meta:
        model = Script
        fields = ("id", "title", "type", "status", "words", "version", "created_at", "updated_at")


class ScriptSerializer(CheckedSerializer[Script]):
    """A script. Drafts cannot be voiced.

    `version` is raised whenever title, body or type change. A change that names the version it was made from is answered
    with 409, and with the text as it is, when somebody else has been faster.
    """

    body = serializers.CharField(
        max_length=BODY_CHARACTERS,
        allow_blank=True,
        required=False,
        trim_whitespace=False,
        error_messages={"max_length": TOO_LONG},
    )
    version = serializers.IntegerField(required=False, min_value=1)

    class Meta:
        model = Script
        fields = ("id", "title", "body", "type", "status", "words", "version", "created_at", "updated_at")
        read_only_fields = ("words",)

    def validate_body(self, body: str) -> str:
        """One kind of line end, whoever sends it."""
        return one_line_end(body)

    def create(self, validated_data: dict[str, Any]) -> Script:
        """A new script with its first revision."""
        validated_data.pop("version", None)
        return revisions.begin(Script(**validated_data), user=person(self.context["request"]))

    def update(self, instance: Script, validated_data: dict[str, Any]) -> Script:
        """Change it. Raises revisions.Conflict."""
        version = validated_data.pop("version", None)
        title, body, type = (validated_data.pop(name, None) for name in ("title", "body", "type"))
        if title is None and body is None and type is None:
            instance.refresh_from_db()
        else:
            by = person(self.context["request"])
            revisions.save_body(instance, body, title=title, type=type, version=version, user=by)
        return super().update(instance, validated_data) if validated_data else instance


class RevisionRowSerializer(serializers.ModelSerializer[Revision]):
    """A revision in a list, without its body. `author` is who wrote, accepted or restored it."""

    author: serializers.Field[Any, Any, Any, Any] = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Revision
        fields: tuple[str, ...] = (
            "id",
            "number",
            "title",
            "words",
            "origin",
            "state",
            "author",
            "model",
            "prompt",
            "note",
            "base_version",
            "made_by_job",
            "created_at",
        )


class RevisionSerializer(RevisionRowSerializer):
    """A revision with its text."""

    class Meta(RevisionRowSerializer.Meta):
        fields: tuple[str, ...] = (*RevisionRowSerializer.Meta.fields, "body")


class VersionSerializer(serializers.Serializer[Any]):
    """The version of the script that the client has seen; without it whatever is there is written over."""

    version = serializers.IntegerField(required=False, min_value=1)


class AnsweredBefore(APIException):
    """The revision waits for no answer."""

    status_code = 409
    default_code = "wrong_state"


@documented("scripts", ScriptSerializer, ScriptRowSerializer)
class ScriptsView(RowsView[Script]):
    """`channels/<slug>/scripts/`."""

    rows = staticmethod(queries.script_rows)
    serializer_class = ScriptSerializer
    row_serializer_class = ScriptRowSerializer


@documented("script", ScriptSerializer)
@extend_schema_view(patch=extend_schema(responses={200: ScriptSerializer, **CONFLICTS}))
class ScriptView(RowView[Script]):
    """`channels/<slug>/scripts/<id>/`."""

    rows = staticmethod(queries.scripts_of)
    serializer_class = ScriptSerializer

    def perform_destroy(self, instance: Script) -> None:
        """Out of sight; 409 while a job is at work on it."""
        actions.bin_row(instance)


class NewestNumber(NewestFirst):
    """Pages in the order of the numbers."""

    ordering = ("-number", "-id")


@readable("script_revisions", RevisionRowSerializer(many=True))
class RevisionsView(OfScript[Revision], generics.ListAPIView[Revision]):
    """`channels/<slug>/scripts/<id>/revisions/`."""

    rows = staticmethod(queries.revisions_in)
    serializer_class = RevisionRowSerializer
    pagination_class = NewestNumber


@readable("script_revision", RevisionSerializer)
class RevisionView(OfScript[Revision], generics.RetrieveAPIView[Revision]):
    """`channels/<slug>/scripts/<id>/revisions/<id>/`."""

    rows = staticmethod(queries.revisions_in)
    serializer_class = RevisionSerializer
    lookup_url_kwarg = "revision"


class RevisionActView(OfScript[Revision]):
    """`…/revisions/<id>/<act>/`: answers with the script as it is afterwards."""

    rows = staticmethod(queries.revisions_in)
    serializer_class = VersionSerializer
    lookup_url_kwarg = "revision"

    def act(self, revision: Revision, version: int | None) -> None:
        """Do it. Raises revisions.Conflict and revisions.NotProposed."""
        raise NotImplementedError

    def post(self, request: Request, slug: str, pk: UUID, revision: UUID) -> Response:
        """Do it. 409 for a script at another version, or a proposal that was answered before."""
        asked = VersionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            self.act(self.get_object(), asked.validated_data.get("version"))
        except revisions.NotProposed as refusal:
            raise AnsweredBefore(str(refusal)) from refusal
        return Response(ScriptSerializer(Script.objects.get(pk=pk), context=self.get_serializer_context()).data)


def act_documented(name: str) -> Any:
    """The schema of an act."""
    shape = extend_schema(operation_id=name, request=VersionSerializer, responses={200: ScriptSerializer, **CONFLICTS})
    return extend_schema_view(post=shape)


@act_documented("script_revision_accept")
class RevisionAcceptView(RevisionActView):
    """`…/revisions/<id>/accept/`."""

    def act(self, revision: Revision, version: int | None) -> None:
        """Make a proposal the script's text."""
        revisions.accept(revision, user=person(self.request), version=version)


@act_documented("script_revision_discard")
class RevisionDiscardView(RevisionActView):
    """`…/revisions/<id>/discard/`."""

    def act(self, revision: Revision, version: int | None) -> None:
        """Refuse a proposal."""
        revisions.discard(revision)


@act_documented("script_revision_restore")
class RevisionRestoreView(RevisionActView):
    """`…/revisions/<id>/restore/`."""

    def act(self, revision: Revision, version: int | None) -> None:
        """Make an earlier text the script's again."""
        revisions.restore(revision, user=person(self.request), version=version)
