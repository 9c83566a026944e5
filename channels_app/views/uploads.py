"""Uploads in pieces: static/js/uploads.js sends them, and goes on where the line was cut. The plain form is another door."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits import LimitReached
from channels_app import uploads
from channels_app.access import changeable_channel_for
from channels_app.forms.resource import KnownForm
from channels_app.models import Channel, Upload
from channels_app.resources import BadFile
from channels_app.views.shared import one_of, person

IDENTITY_CHARACTERS = 500


def refusal(error: Exception, status: int) -> JsonResponse:
    """Why it cannot go on. A BadFile's text is half a sentence."""
    message = f"File: {error}." if isinstance(error, BadFile) else str(error)
    return JsonResponse({"error": {"code": "invalid", "message": message}}, status=status)


def bytes_in(given: str) -> int | None:
    """A number of bytes as browsers send it, or None for what is none."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None


def upload_of(request: HttpRequest, channel: Channel, pk: UUID) -> Upload:
    """An upload of the person who asks. Raises Http404."""
    return one_of(uploads.uploads_of(channel, person(request)), pk)


@login_required
@require_POST
def uploads_begin(request: HttpRequest, slug: str) -> JsonResponse:
    """Begin to send a file (`name`, `size`, `identity`), or go on: `{"id", "offset", "piece"}`, the last in bytes."""
    channel = changeable_channel_for(person(request), slug)
    name, identity = request.POST.get("name", ""), request.POST.get("identity", "")
    size = bytes_in(request.POST.get("size", ""))
    if not name or size is None or not 0 < len(identity) <= IDENTITY_CHARACTERS:
        return refusal(ValueError("Upload: give name, size and identity of the file."), 400)
    try:
        upload = uploads.begin(channel, person(request), name=name, size=size, identity=identity)
    except (BadFile, LimitReached) as error:
        return refusal(error, 400)
    except uploads.DiskFull as error:
        return refusal(error, 507)
    return JsonResponse({"id": str(upload.pk), "offset": upload.offset, "piece": uploads.PIECE_BYTES}, status=201)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "PATCH"])
def upload(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """How much is here (`Upload-Offset`, `Upload-Length`); PATCH adds the body, which begins at its own `Upload-Offset`.

    409 with the right offset for a piece that begins elsewhere.
    """
    row = upload_of(request, changeable_channel_for(person(request), slug), pk)
    if request.method != "PATCH":
        return told(HttpResponse(status=204), row.offset, row.size)
    offset = bytes_in(request.headers.get("Upload-Offset", ""))
    if offset is None:
        return refusal(ValueError("Upload-Offset: say at which byte the piece begins."), 400)
    try:
        here = uploads.append(row, offset, request)  # type: ignore[arg-type]
    except uploads.WrongOffset as error:
        return told(refusal(error, 409), error.offset, row.size)
    except (BadFile, LimitReached) as error:
        return refusal(error, 400)
    except uploads.DiskFull as error:
        return refusal(error, 507)
    return told(HttpResponse(status=204), here, row.size)


def told(answer: HttpResponse, offset: int, size: int) -> HttpResponse:
    """The answer with how much is here."""
    answer.headers["Upload-Offset"], answer.headers["Upload-Length"] = str(offset), str(size)
    return answer


@login_required
@require_POST
def upload_finish(request: HttpRequest, slug: str, pk: UUID) -> JsonResponse:
    """Keep the file with what the form says about it: `{"id", "message"}`. 409 while a part of it is missing."""
    row = upload_of(request, changeable_channel_for(person(request), slug), pk)
    form = KnownForm(request.POST)
    if not form.is_valid():
        sentences = [str(sentence) for errors in form.errors.values() for sentence in errors]
        return refusal(ValueError(" ".join(sentences)), 400)
    try:
        kept, is_new = uploads.finish(row, **form.known)
    except uploads.Incomplete as error:
        return refusal(error, 409)
    except (BadFile, LimitReached) as error:
        return refusal(error, 400)
    except uploads.DiskFull as error:
        return refusal(error, 507)
    said = f"“{kept.title}” is in the library." if is_new else f"“{kept.title}” was in the library already."
    return JsonResponse({"id": str(kept.pk), "message": said}, status=201 if is_new else 200)


@login_required
@require_POST
def upload_cancel(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Forget an upload with what has come of it."""
    row = upload_of(request, changeable_channel_for(person(request), slug), pk)
    uploads.cancel(row)
    messages.success(request, f"The upload of “{row.name}” is cancelled.")
    return redirect("resources", slug)
