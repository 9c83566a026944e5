"""What a script uses of the library: its tab Credits, and where a person links the two."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from channels_app import queries, resources
from channels_app.access import ChannelAccess, changeable_channel_for, channel_for
from channels_app.models import Channel, Script
from channels_app.views.shared import desk_url, ids_in, one_of, person

# So many are offered to choose from; the library has a search for more.
OFFERED = 100


def tab_context(request: HttpRequest, access: ChannelAccess, script: Script) -> dict[str, Any]:
    """What the script uses with the credits of it, and what of the channel's it may use besides."""
    used = list(queries.resources_used_in(script))
    return {
        "used": used,
        "script_credits": resources.attribution_block(used),
        "offered": queries.resources_not_in(script)[:OFFERED] if access.may_change else [],
    }


def chosen_script(request: HttpRequest, channel: Channel) -> Script | None:
    """The script of the channel that `script` names, if there is one."""
    return queries.scripts_of(channel).filter(pk__in=ids_in([request.GET.get("script", "")])).first()


def offered_scripts(channel: Channel) -> list[Script]:
    """The newest scripts of the channel, for a list to choose from."""
    return list(queries.scripts_of(channel).only("id", "title")[:OFFERED])


@login_required
@require_POST
def resources_script(request: HttpRequest, slug: str) -> HttpResponse:
    """Use the resources that `id` names in the script that `script` names, or with `use=0` take them off it.

    back: `script` or `resource` for who asks from those pages; the library otherwise.
    """
    channel = changeable_channel_for(person(request), slug)
    ids = ids_in(request.POST.getlist("id")[:500])
    rows = list(queries.resources_of(channel).filter(pk__in=ids))
    script = queries.scripts_of(channel).filter(pk__in=ids_in([request.POST.get("script", "")])).first()
    if script is None:
        messages.error(request, "Script: choose one of this channel.")
    elif not rows:
        messages.error(request, "Resources: none was selected. Tick those that the script uses.")
    else:
        is_used = request.POST.get("use") != "0"
        for row in rows:
            (resources.use_in_script if is_used else resources.take_off_script)(row, script)
        what = f"“{rows[0].title}” is" if len(rows) == 1 else f"{len(rows)} resources are"
        messages.success(request, f"{what} {'used in' if is_used else 'off'} the script “{script.title}”.")
    back = request.POST.get("back")
    if back == "script" and script:
        return redirect(desk_url(script, "credits"))
    if back == "resource" and rows:
        return redirect("resource", slug, rows[0].pk)
    query = f"?{urlencode({'script': str(script.pk)})}" if script else ""
    return redirect(reverse("resources", args=[slug]) + query)


@login_required
@require_safe
def script_credits(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The credits of a script as a text file. Raises Http404 while it owes none."""
    script = one_of(queries.scripts_of(channel_for(person(request), slug).channel), pk)
    text = resources.attribution_block(list(queries.resources_used_in(script)))
    if not text:
        raise Http404("This script uses nothing that has a credit.")
    name = f"{slugify(script.title) or 'script'}-credits.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", headers=headers)
