"""The library of resources. It works as plain forms and links; static/js/resources.js makes the same addresses live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import LimitReached
from channels_app import queries
from channels_app import resources as writes
from channels_app.access import ChannelAccess, changeable_channel_for, channel_for
from channels_app.forms.resource import ACCEPTED, ResourceFilter, ResourceForm, UploadForm
from channels_app.models import Resource
from channels_app.serving import serve_file
from channels_app.uploads import uploads_of
from channels_app.views.bin import LAST_DELETED, remember_deleted
from channels_app.views.credits import chosen_script, offered_scripts
from channels_app.views.shared import (
    check_may_change,
    ids_in,
    is_undo_offered,
    one_of,
    page_of,
    person,
    refused,
    status_of,
    wants_json,
)

REFUSALS_SHOWN = 3


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resources(request: HttpRequest, slug: str) -> HttpResponse:
    """The owner's library, and an upload to it. `?fragment=resource&id=…` is one card, 204 if the filter hides it."""
    access = channel_for(person(request), slug)
    found = queries.resources_of(access.channel)
    wanted = ResourceFilter(request.GET, source_labels(found.order_by().values_list("source", flat=True).distinct()))
    if request.GET.get("fragment") == "resource":
        return card_of(request, access, wanted)
    form = UploadForm(auto_id="new-%s")
    if request.method == "POST":
        check_may_change(access)
        form = UploadForm(request.POST, request.FILES, auto_id="new-%s")
        if answer := uploaded(request, access, form):
            return answer
    page = page_of(request, wanted.apply(access.channel))
    context = {
        "form": form,
        "accepted": ACCEPTED,
        "filter": wanted,
        "page": page,
        "total": page.paginator.count,
        "credits": writes.attribution_block(list(queries.resources_in(access.channel))),
        "channel": access.channel,
        "may_change": access.may_change,
        "undo": last_deleted(request, access),
        **for_script(request, access),
    }
    if access.may_change:
        context["unfinished"] = uploads_of(access.channel, person(request))
        context["scripts"] = offered_scripts(access.channel)
    return render(request, "channels_app/resources.html", context, status=status_of(form))


def for_script(request: HttpRequest, access: ChannelAccess) -> dict[str, Any]:
    """The script that `?script=` chooses for, and what it uses already."""
    script = chosen_script(request, access.channel)
    used = queries.resources_used_in(script).values_list("pk", flat=True) if script else ()
    return {"for_script": script, "in_script": set(used)}


def source_labels(slugs: Any) -> dict[str, str]:
    """The sources that something in the library is from, by slug, as people call them."""
    return {slug: writes.source_label(slug) for slug in sorted(slugs)}


def uploaded(request: HttpRequest, access: ChannelAccess, form: UploadForm) -> HttpResponse | None:
    """Keep an upload: the page, or JSON for a script; None where the form has to be shown with its errors."""
    kept = None
    if form.is_valid():
        try:
            kept = form.keep(access.channel)
        except LimitReached as error:
            form.add_error(None, str(error))
    if kept is None:
        if not wants_json(request):
            return None
        told = " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
        return JsonResponse({"error": {"code": "invalid", "message": told}}, status=400)
    row, is_new = kept
    said = f"“{row.title}” is in the library." if is_new else f"“{row.title}” was in the library already."
    if wants_json(request):
        return JsonResponse({"id": str(row.pk), "message": said}, status=201 if is_new else 200)
    messages.success(request, said)
    return redirect("resources", access.channel.slug)


def card_of(request: HttpRequest, access: ChannelAccess, wanted: ResourceFilter) -> HttpResponse:
    """One card, as it stands in the grid."""
    pk = next(iter(ids_in([request.GET.get("id", "")])), UUID(int=0))
    one_of(queries.resources_of(access.channel), pk)
    row = wanted.apply(access.channel).filter(pk=pk).first()
    if row is None:
        return HttpResponse(status=204)
    context = {"resource": row, "channel": access.channel, "may_change": access.may_change}
    context |= for_script(request, access)
    return render(request, "channels_app/_resource.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One resource, large, with all that is known about it; what a person may set right."""
    access = channel_for(person(request), slug)
    row = one_of(queries.resources_of(access.channel), pk)
    form = ResourceForm(instance=row)
    if request.method == "POST":
        check_may_change(access)
        form = ResourceForm(request.POST, instance=one_of(queries.resources_of(access.channel), pk))
        if form.is_valid():
            form.save()
            messages.success(request, f"“{form.instance.title}” is saved.")
            return redirect("resource", slug, pk)
    using = list(queries.scripts_using(row, access.channel))
    context = {
        "resource": row,
        "credit": writes.credit_line(row),
        "used_by": row.channels.order_by("name"),
        "using": using,
        "scripts": [one for one in offered_scripts(access.channel) if one not in using] if access.may_change else [],
        "form": form,
        "channel": access.channel,
        "may_change": access.may_change,
    }
    return render(request, "channels_app/resource.html", context, status=status_of(form))


@login_required
@require_safe
def resource_file(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    """The file; `?save=1` offers it for saving."""
    row = one_of(queries.resources_of(channel_for(person(request), slug).channel), pk)
    name = f"{row.title}{writes.SUFFIXES.get(row.media_type, '')}"
    return serve_file(request, row.file, row.media_type, name, inline=not request.GET.get("save"))


@login_required
@require_POST
def resource_use(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Use a resource in this channel, or with `use=0` take it off."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(queries.resources_of(channel), pk)
    is_used = request.POST.get("use") != "0"
    try:
        (writes.assign if is_used else writes.take_off)(row, channel)
    except ProtectedError as refusal:
        if wants_json(request):
            return JsonResponse({"error": {"code": "in_use", "message": str(refusal.args[0])}}, status=409)
        return refused(request, refusal, reverse("resource", args=[slug, pk]))
    said = f"“{row.title}” is {'used in' if is_used else 'off'} this channel{'' if is_used else ' now'}."
    if wants_json(request):
        return JsonResponse({"message": said, "is_here": is_used})
    messages.success(request, said)
    return redirect("resources", slug)


@login_required
@require_POST
def resources_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete the resources that `id` names; 409 with the reason when all of them are used by channels."""
    channel = changeable_channel_for(person(request), slug)
    gone, kept = writes.bin_resources(channel.owner, ids_in(request.POST.getlist("id")[:500]))
    if gone:
        remember_deleted(request, "resources", gone)
    elif kept:
        context = {"reason": " ".join(some_of(kept)), "back": reverse("resources", args=[slug])}
        return render(request, "channels_app/refused.html", context, status=409)
    else:
        messages.error(request, "Resources: none was selected. Tick those that are to be deleted.")
    for sentence in some_of(kept):
        messages.error(request, sentence)
    return redirect("resources", slug)


def some_of(refused: list[str]) -> list[str]:
    """As many refusals as somebody reads, and how many more there are."""
    more = len(refused) - REFUSALS_SHOWN
    if more <= 0:
        return refused
    return [
        *refused[:REFUSALS_SHOWN],
        f"{more} other{'' if more == 1 else 's'} that you chose {'is' if more == 1 else 'are'} used too.",
    ]


@login_required
@require_POST
def resources_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Undo the last deletion of resources, however many it took."""
    channel = changeable_channel_for(person(request), slug)
    undo = last_deleted(request, channel_for(person(request), slug))
    rows = writes.restore_resources(channel.owner, [UUID(pk) for pk in undo["pks"]]) if undo else []
    if rows:
        request.session.pop(LAST_DELETED, None)
        said = f"“{rows[0].title}” is back." if len(rows) == 1 else f"{len(rows)} resources are back."
        messages.success(request, said)
    else:
        messages.error(request, "There is nothing to bring back any more.")
    return redirect("resources", slug)


def last_deleted(request: HttpRequest, access: ChannelAccess) -> dict[str, Any] | None:
    """What has just been deleted from this library, while undoing it is offered."""
    deleted: dict[str, Any] | None = request.session.get(LAST_DELETED)
    if not deleted or deleted["noun"] != "resources" or not is_undo_offered(deleted["at"]):
        return None
    binned = Resource.with_binned.filter(
        pk__in=deleted["pks"], owner_id=access.channel.owner_id, deleted_at__isnull=False
    )
    return deleted if binned.exists() else None
