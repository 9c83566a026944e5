"""What the search of sources shows: a region of the page for every source, each filled as it answers.

The page comes at once with a place per source. The browser asks for all of them in one request (`?fragment=stream`),
whose answer is a line of JSON for each source as soon as there is something to show, so that a slow or failing source
holds nobody up: one request, because a browser opens only a few to one host at a time. Without JavaScript the places are
links to one source each.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from threading import Event
from typing import Any
from urllib.parse import urlencode, urlsplit

from asgiref.sync import sync_to_async
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import throttle
from channels_app import licences
from channels_app.access import ChannelAccess
from channels_app.forms.list_filter import ListFilter
from channels_app.models import Resource
from channels_app.views.credits import chosen_script, offered_scripts
from channels_app.views.shared import person
from jobs.steps import sources
from jobs.steps.ask_sources import Asking, raises_if

MEDIA = {"image": "Pictures", "video": "Films", "audio": "Sounds", "text": "Texts and papers"}
# The sources' own limits are for the whole studio: one person leaves something of them to the others.
SEARCHES = throttle.Budget("searches of sources", 60, timedelta(minutes=5))
# Sources want their previews shown from where they lie; nothing but pictures comes from there.
PREVIEWS = ["https:"]


class SearchForm(ListFilter):
    """What is looked for."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Look for",
        widget=forms.SearchInput(attrs={"placeholder": "lighthouse at night"}),
    )
    type = forms.ChoiceField(required=False, label="Type", choices=[("", "Any type"), *MEDIA.items()])
    licence = forms.ChoiceField(
        required=False,
        label="Licence",
        choices=[("", "Known licences"), ("free", "No credit needed"), ("commercial", "Free to use"), ("any", "Any")],
    )
    source = forms.ChoiceField(
        required=False, label="Source", choices=lambda: [("", "Every source"), *sources.labels().items()]
    )
    # Chosen on the page of a script: what is downloaded is for it.
    script = forms.UUIDField(required=False, widget=forms.HiddenInput)


# What each choice lets through: by default everything whose terms are known.
LEVELS = {
    "": {licences.FREE, licences.CREDIT, licences.LIMITED},
    "free": {licences.FREE},
    "commercial": {licences.FREE, licences.CREDIT},
    "any": set(licences.LEVELS),
}


def preview_hosts() -> list[str]:
    """Where previews may come from: the web, and sources that the settings have moved elsewhere."""
    moved = {urlsplit(url) for url in settings.SOURCE_URLS.values() if url.startswith("http://")}
    return [*PREVIEWS, *sorted({f"{parts.scheme}://{parts.netloc}" for parts in moved})]


def answered(request: HttpRequest, access: ChannelAccess) -> HttpResponseBase:
    """The page, the answer of one source, or the stream of all of them. Raises Http404 for a source that is none."""
    form = SearchForm(request.GET)
    asked, wanted = request.GET.get("source", ""), form.wanted.get("q", "")
    if asked and asked not in sources.labels():
        raise Http404("There is no such source.")
    states = sources.states(person(request), form.wanted.get("type", ""))
    page = Page(request, access, form)
    refusal = refused(request) if wanted and (asked or request.GET.get("fragment") == "stream") else None
    if wanted and request.GET.get("fragment") == "stream":
        return streamed(page, [state for state in states if state.is_ready and asked in ("", state.slug)], refusal)
    shown = [state for state in states if asked in ("", state.slug)] if wanted else []
    context: dict[str, Any] = {
        "channel": access.channel,
        "may_change": access.may_change,
        "form": form,
        "wanted": wanted,
        "asked": asked,
        "regions": [
            page.region(state, (refusal or page.answer(state)) if asked and state.is_ready else None) for state in shown
        ],
        "states": states,
        "script": page.script,
        "scripts": offered_scripts(access.channel) if access.may_change else [],
        "stream": "" if asked else f"{page.address}?{form.query}&fragment=stream",
    }
    answer = render(request, "jobs/source_search.html", context, status=429 if refusal else 200)
    # As django-csp's own decorators do it: which hosts depends on the settings of the moment.
    answer._csp_update = {"img-src": preview_hosts()}  # type: ignore[attr-defined]
    return answer


def refused(request: HttpRequest) -> sources.Answer | None:
    """Count a question; what every source says instead of an answer once the person has asked too many."""
    try:
        throttle.spend([(SEARCHES, str(person(request).pk))])
    except throttle.TooManyTries as refusal:
        word, tone = sources.WORDS["limit"]
        minutes = SEARCHES.window.seconds // 60
        told = f"One person may ask {SEARCHES.tries} questions in {minutes} minutes. {refusal}"
        return sources.Answer(word=word, tone=tone, told=told)
    return None


class Page:
    """What one question shows of each source."""

    def __init__(self, request: HttpRequest, access: ChannelAccess, form: SearchForm) -> None:
        self._request, self._access, self._form = request, access, form
        self.address = reverse("resource-search", args=[access.channel.slug])
        self.script = chosen_script(request, access.channel)
        self._levels = LEVELS[form.wanted.get("licence", "")]

    def clients(self, states: list[sources.State], should_stop: Callable[[], None]) -> Mapping[str, Any]:
        """Whoever asks each of these for the person who looks."""
        user = person(self._request)
        return {state.slug: sources.client_of(user, state.slug, should_stop) for state in states}

    def asking(self, clients: Mapping[str, Any], put: Callable[[tuple[str, sources.Answer | None]], object]) -> Asking:
        """Asks them all; see Asking."""
        return Asking(clients, self._form.wanted["q"], media=self._form.wanted.get("type", ""), put=put)

    def answer(self, state: sources.State) -> sources.Answer:
        """All that one source answers, from `after` on."""
        client = sources.client_of(person(self._request), state.slug, lambda: None)
        after, media = self._request.GET.get("after", ""), self._form.wanted.get("type", "")
        *_, whole = sources.search(client, self._form.wanted["q"], media=media, after=after)
        return whole

    def region(self, state: sources.State, answer: sources.Answer | None) -> dict[str, Any]:
        """The place of a source: before it has answered, or with what it has; what the library holds already is marked."""
        query = urlencode({**self._form.wanted, "source": state.slug})
        shown: dict[str, Any] = {"state": state, "link": f"{self.address}?{query}", "answer": answer}
        if answer is None:
            return shown
        hits = [hit for hit in answer.hits if licences.terms(hit.licence_code).level in self._levels]
        ids = [hit.source_id for hit in hits]
        rows = Resource.objects.filter(owner_id=self._access.channel.owner_id, source=state.slug, source_id__in=ids)
        kept = set(rows.values_list("source_id", flat=True))
        is_told_by_count = answer.word == str(len(answer.hits))
        uses = rows.filter(script_uses__script=self.script) if self.script else rows.none()
        in_script = set(uses.values_list("source_id", flat=True))
        return {
            **shown,
            # How many there are to choose from, not how many there would be.
            "word": str(len(hits)) if is_told_by_count else answer.word,
            "tone": answer.tone if hits or not is_told_by_count else "",
            "left_out": len(answer.hits) - len(hits),
            "more": f"{self.address}?{query}&{urlencode({'after': answer.after})}" if answer.after else "",
            "hits": [
                {
                    "hit": hit,
                    "terms": licences.terms(hit.licence_code),
                    "is_kept": hit.source_id in kept,
                    "in_script": hit.source_id in in_script,
                }
                for hit in hits
            ],
        }

    def line(self, state: sources.State, answer: sources.Answer) -> bytes:
        """The place of a source as a line of the stream."""
        context = {"region": self.region(state, answer), "may_change": self._access.may_change}
        html = render_to_string("jobs/_source.html", context, self._request)
        return json.dumps({"source": state.slug, "html": html}).encode() + b"\n"


def streamed(page: Page, states: list[sources.State], refusal: sources.Answer | None) -> StreamingHttpResponse:
    """A line for every source as it answers; at once, and without asking anybody, for a question that is refused."""
    known = {state.slug: state for state in states}
    stopped = Event()
    # Keys are rows: they are looked up here, not by the threads that ask.
    clients = page.clients(states, raises_if(stopped))

    async def lines() -> AsyncGenerator[bytes]:
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[tuple[str, sources.Answer | None]] = asyncio.Queue()

        def put(one: tuple[str, sources.Answer | None]) -> None:
            with suppress(RuntimeError):  # the server is going down
                loop.call_soon_threadsafe(arrived.put_nowait, one)

        if refusal:
            for state in states:
                yield await sync_to_async(page.line)(state, refusal)
            return
        try:
            asking = page.asking(clients, put)
            while asking.left:
                slug, answer = await arrived.get()
                if answer is None:
                    asking.left -= 1
                else:
                    yield await sync_to_async(page.line)(known[slug], answer)
        finally:
            # Whoever has left the page waits for nobody.
            stopped.set()

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(lines(), content_type="application/x-ndjson", headers=headers)
