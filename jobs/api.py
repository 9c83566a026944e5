"""The jobs part of the HTTP API, `/api/v1/` (DESIGN §5). Pages, scripts and other tools talk to it alike."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from channels_app.access import channel_for
from channels_app.serving import serve_file
from jobs import actions, doors, needs, panel, registry
from jobs.api_shapes import REFUSALS, STATES, SUBMIT_SHAPE, JobRowShape, JobShape, KindShape
from jobs.doors import Refusal
from jobs.inputs import json_schema
from jobs.models import Artifact
from jobs.wellformed import flaw

API_PAGE = 50
POLL_AT_MOST = 200


def person(request: Request) -> User:
    """Who asks; the permission classes have made sure that somebody does."""
    return cast("User", request.user)


def refused(refusal: Refusal) -> Response:
    """A refusal in the API's error shape."""
    error: dict[str, Any] = {"code": refusal.code, "message": refusal.message, "fields": refusal.fields}
    if refusal.url:
        error["url"] = refusal.url
    return Response({"error": error}, status=refusal.status)


def invalid(field: str, message: str) -> Response:
    """An answer to a malformed request that names the field and the fix."""
    return refused(Refusal(400, "invalid", f"{field}: {message}", {field: [message]}))


def whole_number(request: Request, name: str, default: int | None) -> int | None:
    """A number of the query string. Raises ValueError with the parameter's name."""
    value = request.query_params.get(name, "")
    if not value:
        return default
    if not value.isdecimal() or len(value) > 9:
        raise ValueError(name)
    return int(value)


class KindsView(APIView):
    """What may be asked for."""

    @extend_schema(operation_id="kinds", responses={200: KindShape})
    def get(self, request: Request) -> Response:
        """Every kind of job with its inputs as JSON schema, and whether the studio can do it now."""
        bound = channel_of_anyone()
        return Response(
            [
                {
                    "kind": kind.slug,
                    "label": kind.spec.label,
                    "premium": kind.spec.premium,
                    "queue": kind.spec.stages[0].queue,
                    "needs": sorted(kind.spec.needs),
                    "ready": not needs.missing(kind.spec),
                    "inputs": json_schema(kind.spec.form(channel=bound, user=person(request))),
                }
                for kind in registry.kinds().values()
            ]
        )


def channel_of_anyone() -> Any:
    """A channel that owns nothing: forms are described without anyone's rows."""
    from channels_app.models import Channel

    return Channel()


class ChannelJobsView(APIView):
    """The jobs of a channel."""

    @extend_schema(
        operation_id="channel_jobs",
        parameters=[
            OpenApiParameter("state", str),
            OpenApiParameter("kind", str),
            OpenApiParameter("q", str),
            OpenApiParameter("since", OpenApiTypes.DATETIME),
            OpenApiParameter("cursor", str),
        ],
        responses={
            200: inline_serializer(
                "JobPage", {"results": serializers.ListField(child=JobRowShape), "next": serializers.CharField()}
            ),
            **REFUSALS,
        },
    )
    def get(self, request: Request, slug: str) -> Response:
        """Newest first; with `since` those whose row has changed after that moment, oldest change first.

        Rows are those of the live stream with the contract's small fields. `next` is the cursor of the following page.
        """
        channel = channel_for(person(request), slug).channel
        query = request.query_params
        cursor = query.get("cursor", "")
        if since_text := query.get("since", ""):
            since = parse_datetime(since_text) if len(since_text) < 40 else None
            if since is None or since.tzinfo is None:
                return invalid("since", "Give a moment with its time zone, e.g. 2026-11-23T12:00:00Z.")
            page = panel.changed_since(channel, since, cursor, size=POLL_AT_MOST)
        else:
            for name, known in (("state", STATES), ("kind", sorted(registry.kinds()))):
                if query.get(name, "") not in ("", *known):
                    return invalid(name, f"Give one of: {', '.join(known)}.")
            page = panel.page_of(channel, panel.Filter.of(query), cursor, size=API_PAGE)
        return Response({"results": panel.api_rows(channel, page.jobs), "next": page.next})

    @extend_schema(
        operation_id="submit_job", request=SUBMIT_SHAPE, responses={201: JobShape, 200: JobShape, **REFUSALS}
    )
    def post(self, request: Request, slug: str) -> Response:
        """Queue a job. The same `idempotency_key` again answers 200 with the job it made the first time."""
        access = channel_for(person(request), slug)
        doors.check_may_change(access)
        body = request.data if isinstance(request.data, dict) else {}
        kind, inputs, key = body.get("kind"), body.get("inputs", {}), body.get("idempotency_key", "")
        if not isinstance(kind, str) or not kind or flaw(kind):
            return invalid("kind", f"Name the kind of job: {', '.join(sorted(registry.kinds()))}.")
        if not isinstance(inputs, dict):
            return invalid("inputs", "Give an object with the kind's inputs.")
        if not isinstance(key, str) or len(key) > 200 or flaw(key):
            return invalid("idempotency_key", "Give a text of at most 200 characters, without NUL.")
        submitted, refusal = doors.attempt_action(
            lambda: actions.submit(access.channel, person(request), kind, inputs, idempotency_key=key)
        )
        if refusal:
            return refused(refusal)
        return Response(panel.as_api(submitted.job), status=201 if submitted.created else 200)


class JobView(APIView):
    """One job."""

    @extend_schema(operation_id="job", responses={200: JobShape, **REFUSALS})
    def get(self, request: Request, job_id: UUID) -> Response:
        """The job with its attempts, stages and artifacts."""
        job, _ = doors.job_for(person(request), job_id, heavy=True)
        return Response(panel.as_api(job))


class OutputView(APIView):
    """What a job has said."""

    @extend_schema(
        operation_id="job_output",
        parameters=[
            OpenApiParameter("attempt", int),
            OpenApiParameter("from", int),
            OpenApiParameter("slot", str),
        ],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT), **REFUSALS},
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        """Up to a thousand numbered lines from `from` on; `next` is where the following answer would begin."""
        job, _ = doors.job_for(person(request), job_id)
        slot = request.query_params.get("slot", "")
        if sentence := flaw(slot):
            return invalid("slot", sentence)
        try:
            attempt = whole_number(request, "attempt", None)
            start = whole_number(request, "from", 0 if slot else 1)
        except ValueError as error:
            return invalid(str(error), "Give a whole number.")
        found = panel.output(job, attempt=attempt, start=start or 0, slot=slot)
        return Response({"lines": found["lines"], "next": found["next"], "attempt": found["attempt"]})


class ActionView(APIView):
    """Base of the acts on a job: finds it, asks for the right to change, and answers with the job."""

    def act(self, request: Request, job_id: UUID) -> Any:
        """What this act does; returns the job to answer with."""
        raise NotImplementedError

    def answer(self, request: Request, job_id: UUID, status: int = 200) -> Response:
        """Do it and answer."""
        _, access = doors.job_for(person(request), job_id)
        doors.check_may_change(access)
        done, refusal = doors.attempt_action(lambda: self.act(request, job_id))
        if refusal:
            return refused(refusal)
        fresh, _ = doors.job_for(person(request), done.pk, heavy=True)
        return Response(panel.as_api(fresh), status=status)


class CancelView(ActionView):
    """Cancel a job."""

    @extend_schema(
        operation_id="cancel_job",
        request=inline_serializer("Cancel", {"force": serializers.BooleanField(required=False)}),
        responses={200: JobShape, **REFUSALS},
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """A waiting job is cancelled at once, a running one promptly, a pipeline at its next stage; `force` now."""
        return self.answer(request, job_id)

    def act(self, request: Request, job_id: UUID) -> Any:
        """Cancel, by force if the body says so."""
        job, _ = doors.job_for(person(request), job_id)
        force = isinstance(request.data, dict) and request.data.get("force") in (True, "1", "true")
        return actions.cancel(job, force=bool(force))


class RetryView(ActionView):
    """Retry a job."""

    @extend_schema(operation_id="retry_job", request=None, responses={200: JobShape, **REFUSALS})
    def post(self, request: Request, job_id: UUID) -> Response:
        """Queue a failed or cancelled job again."""
        return self.answer(request, job_id)

    def act(self, request: Request, job_id: UUID) -> Any:
        """Retry."""
        job, _ = doors.job_for(person(request), job_id)
        return actions.retry(job, person(request))


class RerunView(ActionView):
    """Run a job again."""

    @extend_schema(
        operation_id="rerun_job",
        request=inline_serializer("Rerun", {"inputs": serializers.DictField(required=False)}),
        responses={201: JobShape, **REFUSALS},
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """A new job with the same inputs, changed by `inputs`."""
        changes = request.data.get("inputs", {}) if isinstance(request.data, dict) else None
        if not isinstance(changes, dict):
            return invalid("inputs", "Give an object with the inputs to change.")
        return self.answer(request, job_id, status=201)

    def act(self, request: Request, job_id: UUID) -> Any:
        """Run again."""
        job, _ = doors.job_for(person(request), job_id, heavy=True)
        changes = request.data.get("inputs", {}) if isinstance(request.data, dict) else {}
        return actions.rerun(job, person(request), changes)


class ArtifactView(APIView):
    """A file that a job has left."""

    @extend_schema(operation_id="job_artifact", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: UUID, name: str) -> HttpResponseBase:
        """The file, with ranges; `?download=1` offers it for saving."""
        job, _ = doors.job_for(person(request), job_id)
        artifact = Artifact.objects.filter(job=job, name=name).first()
        if artifact is None:
            raise Http404("There is no such file.")
        plain: HttpRequest = request._request
        return serve_file(
            plain, artifact.file, artifact.media_type, artifact.name, inline="download" not in request.query_params
        )


api_urls = [
    path("kinds/", KindsView.as_view(), name="api-kinds"),
    path("channels/<slug:slug>/jobs/", ChannelJobsView.as_view(), name="api-channel-jobs"),
    path("jobs/<uuid:job_id>/", JobView.as_view(), name="api-job"),
    path("jobs/<uuid:job_id>/output/", OutputView.as_view(), name="api-job-output"),
    path("jobs/<uuid:job_id>/cancel/", CancelView.as_view(), name="api-job-cancel"),
    path("jobs/<uuid:job_id>/retry/", RetryView.as_view(), name="api-job-retry"),
    path("jobs/<uuid:job_id>/rerun/", RerunView.as_view(), name="api-job-rerun"),
    path("jobs/<uuid:job_id>/artifacts/<str:name>/", ArtifactView.as_view(), name="api-artifact"),
]
