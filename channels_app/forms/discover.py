"""Which of the found videos are shown."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from channels_app import queries
from channels_app.forms.list_filter import ListFilter
from channels_app.models import Channel, FoundVideo


def _down(name: str) -> OrderBy:
    return F(name).desc(nulls_last=True)


class FoundVideoFilter(ListFilter):
    """Which found videos are shown, and in which order. Unknown figures stand last, and are above no limit."""

    ORDERS: ClassVar[dict[str, tuple[str | OrderBy, ...]]] = {
        "": ("-searched_at", "position", "id"),
        "outlier": (_down("times_median"), "id"),
        "views": (_down("views"), "id"),
        "newest": (_down("published_at"), "id"),
        "smallest": (F("subscribers").asc(nulls_last=True), "id"),
        "title": ("title", "id"),
    }

    q = forms.CharField(
        required=False, max_length=100, label="Search", widget=forms.SearchInput(attrs={"placeholder": "Words"})
    )
    format = forms.ChoiceField(
        required=False,
        label="Format",
        choices=[("", "Any format"), ("long", "Videos"), ("short", "Shorts"), ("live", "Streams")],
    )
    outlier = forms.ChoiceField(
        required=False,
        label="Outlier",
        choices=[("", "Any score"), ("2", "2 × or more"), ("5", "5 × or more"), ("10", "10 × or more")],
    )
    sort = forms.ChoiceField(
        required=False,
        label="Order",
        choices=[
            ("", "As found, newest search first"),
            ("outlier", "Greatest outlier first"),
            ("views", "Most viewed first"),
            ("newest", "Newest first"),
            ("smallest", "Smallest channel first"),
            ("title", "By title"),
        ],
    )
    shown = forms.ChoiceField(required=False, label="Which", choices=[("", "Kept"), ("dismissed", "Dismissed")])
    search = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return bool(set(self.wanted) - {"sort"})

    def apply(self, channel: Channel) -> QuerySet[FoundVideo]:
        """The channel's found videos that it lets through, in its order."""
        wanted = self.wanted
        rows = queries.found_videos_of(channel, dismissed=wanted.get("shown") == "dismissed")
        if "format" in wanted:
            rows = rows.filter(format=wanted["format"])
        if "outlier" in wanted:
            rows = rows.filter(times_median__gte=float(wanted["outlier"]))
        if "search" in wanted:
            rows = rows.filter(hits__made_by_job=wanted["search"])
        for word in wanted.get("q", "").split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(youtube_channel_name__icontains=word) | Q(description__icontains=word)
            )
        return rows.order_by(*self.ORDERS[wanted.get("sort", "")])
