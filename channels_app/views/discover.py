"""The pages of Discover. They work as plain forms and links; static/js/discover.js makes the same addresses live.

They show what is remembered and kept, and never ask YouTube: jobs do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from channels_app import found_videos as writes
from channels_app import queries, youtube_facts, youtube_figures
from channels_app.access import ChannelAccess, changeable_channel_for, channel_for
from channels_app.forms.discover import FoundVideoFilter
from channels_app.models import Channel, FoundVideo, SearchHit, Transcript
from channels_app.views.shared import ids_in, is_undo_offered, one_of, page_of, person, wants_json
from channels_app.youtube_figures import ago, compact, length

LAST_DISMISSED = "dismissed"
ID_CHARACTERS = 64
EXPORT_AT_ONCE = 500
COLUMNS = (
    "title",
    "url",
    "format",
    "youtube_channel_name",
    "youtube_channel_url",
    "subscribers",
    "views",
    "seconds",
    "published_at",
    "is_date_exact",
    "times_median",
    "times_average",
    "peers",
    "counted_at",
)
# What a spreadsheet would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


# --- the grid -------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def discover(request: HttpRequest, slug: str) -> HttpResponse:
    """The videos that searches have kept, and the form that starts another.

    `?fragment=video&id=…` is one card, 204 if the filter hides it or it is gone.
    """
    access = channel_for(person(request), slug)
    wanted = FoundVideoFilter(request.GET)
    if request.GET.get("fragment") == "video":
        row = wanted.apply(access.channel).filter(pk__in=ids_in([request.GET.get("id", "")])).first()
        if row is None:
            return HttpResponse(status=204)
        return render(request, "channels_app/_found_video.html", {**about(access), "card": cards_of([row])[0]})
    page = page_of(request, wanted.apply(access.channel))
    context = {
        **about(access),
        "filter": wanted,
        "cards": cards_of(list(page)),
        "page": page,
        "total": page.paginator.count,
        "only_search": search_words(access.channel, wanted),
        "undo": last_dismissed(request, access.channel),
    }
    return with_pictures(render(request, "channels_app/discover.html", context))


def about(access: ChannelAccess) -> dict[str, Any]:
    """What every page and part of Discover is given."""
    return {"channel": access.channel, "may_change": access.may_change}


def with_pictures(answer: HttpResponse) -> HttpResponse:
    """Let the page show pictures from where YouTube keeps them (docs/adr/0011)."""
    # As django-csp's own decorators do it: the host depends on the settings of the moment.
    answer._csp_update = {"img-src": [settings.YOUTUBE_PICTURES]}  # type: ignore[attr-defined]
    return answer


def cards_of(rows: Sequence[FoundVideo]) -> list[dict[str, Any]]:
    """Videos as `_found_video.html` shows them."""
    now = timezone.now()
    return [card_of(row, now) for row in rows]


def card_of(row: FoundVideo, now: datetime) -> dict[str, Any]:
    """One video: its figures as they are written, "unknown" where YouTube does not tell."""
    return {
        "video": row,
        "picture": f"{settings.YOUTUBE_PICTURES}/vi/{row.video_id}/mqdefault.jpg",
        "views": compact(row.views),
        "subscribers": compact(row.subscribers),
        "age": ago(row.published_at, now),
        "length": length(row.seconds),
        "median": compact(row.baseline_median),
        "average": compact(row.baseline_average),
        # At which the badge stands out.
        "is_outlier": row.times_median is not None and row.times_median >= 3,
    }


def search_words(channel: Channel, wanted: FoundVideoFilter) -> str:
    """What was looked for in the one search that is shown; empty when all are."""
    if "search" not in wanted.wanted:
        return ""
    hit = SearchHit.objects.filter(video__channel=channel, made_by_job=wanted.wanted["search"]).first()
    return hit.query if hit else "a search that kept nothing"


@login_required
@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """What the page shows, all pages of it, as CSV."""
    access = channel_for(person(request), slug)
    rows = FoundVideoFilter(request.GET).apply(access.channel)
    answer = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{access.channel.slug}-discover.csv"'
    return answer


def as_csv(rows: QuerySet[FoundVideo]) -> str:
    """The table; unknown is empty."""
    # What makes spreadsheets read UTF-8.
    table = io.StringIO("\ufeff")
    table.seek(0, io.SEEK_END)
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for row in rows.iterator(chunk_size=EXPORT_AT_ONCE):
        writer.writerow([cell(getattr(row, name)) for name in COLUMNS])
    return table.getvalue()


def cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


# --- dismissing -----------------------------------------------------------------------------------------------------------
@login_required
@require_POST
def dismiss(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the videos that `id` names out of sight; the page then offers to undo it."""
    channel = changeable_channel_for(person(request), slug)
    rows = writes.dismiss(channel, ids_in(request.POST.getlist("id")[:500]))
    what = f"“{rows[0].title}” is dismissed" if len(rows) == 1 else f"{len(rows)} videos are dismissed"
    request.session[LAST_DISMISSED] = {
        "pks": [str(row.pk) for row in rows],
        "what": what,
        "at": timezone.now().isoformat(),
    }
    if wants_json(request):
        return JsonResponse({"message": f"{what}.", "ids": [str(row.pk) for row in rows]})
    return redirect("discover", slug)


@login_required
@require_POST
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring back the videos that `id` names; without any, those that were dismissed last."""
    channel = changeable_channel_for(person(request), slug)
    last = request.session.pop(LAST_DISMISSED, None) or {"pks": []}
    rows = writes.restore(channel, ids_in(request.POST.getlist("id")[:500] or last["pks"]))
    if len(rows) == 1:
        said = f"“{rows[0].title}” is back."
    else:
        said = f"{len(rows)} videos are back." if rows else "There is nothing to bring back any more."
    if wants_json(request):
        return JsonResponse({"message": said, "ids": [str(row.pk) for row in rows]})
    messages.success(request, said)
    return redirect("discover", slug)


def last_dismissed(request: HttpRequest, channel: Channel) -> dict[str, Any] | None:
    """What has just been dismissed here, while undoing it is offered."""
    last = request.session.get(LAST_DISMISSED)
    if not last or not last["pks"] or not is_undo_offered(last["at"]):
        return None
    is_there = queries.found_videos_of(channel, dismissed=True).filter(pk__in=last["pks"]).exists()
    return dict(last) if is_there else None


# --- one video ------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def found_video(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One video, with what is said in it; `?fragment=transcript` is that part alone."""
    access = channel_for(person(request), slug)
    row = one_of(FoundVideo.objects.filter(channel=access.channel), pk)
    transcript = Transcript.objects.filter(video=row).first()
    context = {**about(access), "card": card_of(row, timezone.now()), "video": row, "transcript": transcript}
    if transcript:
        context["lines"] = [
            {
                **line,
                "at": length(int(line["seconds"])),
                "url": f"{row.url}{'&' if '?' in row.url else '?'}t={int(line['seconds'])}",
            }
            for line in transcript.lines
        ]
    if request.GET.get("fragment") == "transcript":
        return render(request, "channels_app/_transcript.html", context)
    context["searches"] = list(dict.fromkeys(row.hits.values_list("query", flat=True)))
    return with_pictures(render(request, "channels_app/found_video.html", context))


@login_required
@require_POST
def inspire(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Make an idea of a video, or open the one it has given."""
    channel = changeable_channel_for(person(request), slug)
    idea, is_new = writes.inspire(one_of(FoundVideo.objects.filter(channel=channel), pk))
    said = f"“{idea.title}” is an idea now." if is_new else "This video has given an idea already."
    return went(request, said, reverse("idea", args=[slug, idea.pk]), "Open the idea")


@login_required
@require_POST
def keep_note(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Keep what is known of a video as a note; with `what=transcript` what is said in it."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(FoundVideo.objects.filter(channel=channel), pk)
    if request.POST.get("what") == "transcript":
        transcript = Transcript.objects.filter(video=row).first()
        if transcript is None:
            raise Http404("Its transcript has not been fetched.")
        note, is_new = writes.keep_transcript_as_note(row, transcript)
    else:
        note, is_new = writes.keep_as_note(row)
    said = f"“{note.title}” is a note now." if is_new else "There is a note of this already."
    return went(request, said, reverse("note", args=[slug, note.pk]), "Open the note")


def went(request: HttpRequest, said: str, url: str, link: str) -> HttpResponse:
    """JSON for a script; else the page of what was made, with the message."""
    if wants_json(request):
        return JsonResponse({"message": said, "url": url, "link": link})
    messages.success(request, said)
    return redirect(url)


# --- one channel ----------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def youtube_channel(request: HttpRequest, slug: str, youtube_id: str) -> HttpResponse:
    """What is remembered of a channel on YouTube; `?fragment=figures` is the part that a look at it changes."""
    access = channel_for(person(request), slug)
    if len(youtube_id) > ID_CHARACTERS:
        raise Http404("There is no such channel.")
    row = youtube_facts.channel(youtube_id)
    kept = queries.found_videos_of(access.channel).filter(youtube_channel_id=youtube_id)
    if row is None and not kept.exists():
        raise Http404("This studio knows nothing of such a channel.")
    context: dict[str, Any] = {
        **about(access),
        "row": row,
        "youtube_id": youtube_id,
        "cards": cards_of(list(kept[:12])),
    }
    context["name"] = row.name if row and row.name else (kept[0].youtube_channel_name if kept else youtube_id)
    if row and row.looked_up_at and not row.is_gone:
        now = timezone.now()
        context["figures"] = youtube_figures.figures(row, float(access.channel.rpm), now)
        context["uploads"] = [
            {"upload": one, "views": compact(one.views), "age": ago(one.published, now), "length": length(one.seconds)}
            for one in youtube_figures.uploads(row)
        ]
    if request.GET.get("fragment") == "figures":
        return render(request, "channels_app/_youtube_channel.html", context)
    return with_pictures(render(request, "channels_app/youtube_channel.html", context))
