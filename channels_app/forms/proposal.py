"""The forms of proposals."""

from __future__ import annotations

from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from channels_app import queries
from channels_app.forms.list_filter import ListFilter
from channels_app.models import Channel, Proposal
from channels_app.models.proposal import REASON_CHARACTERS


class RejectForm(forms.Form):
    """Why a proposal is rejected."""

    reason = forms.CharField(
        required=False,
        max_length=REASON_CHARACTERS,
        label="Why not?",
        help_text="Later runs keep away from it, and a model reads your reason.",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"max_length": f"Reason: use at most {REASON_CHARACTERS} characters."},
    )


class ProposalFilter(ListFilter):
    """Which proposals are shown, and in which order: those that wait for an answer, the best first."""

    ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
        "score": (F("score").desc(nulls_last=True), "-created_at", "-id"),
        "newest": ("-created_at", "-id"),
        "title": ("title", "id"),
    }

    q = forms.CharField(
        required=False, max_length=100, label="Search", widget=forms.SearchInput(attrs={"placeholder": "Words"})
    )
    state = forms.ChoiceField(
        required=False,
        label="Answer",
        choices=[("", "Open"), ("approved", "Approved"), ("rejected", "Rejected"), ("all", "All")],
    )
    sort = forms.ChoiceField(
        required=False,
        label="Order",
        choices=[("", "Best score first"), ("newest", "Newest first"), ("title", "By title")],
    )

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out that a person has not asked to be left out."""
        return bool(set(self.wanted) - {"sort"})

    def apply(self, channel: Channel) -> QuerySet[Proposal]:
        """The channel's proposals that it lets through, in its order."""
        rows = queries.proposals_in(channel).order_by(*self.ORDERS[self.wanted.get("sort", "score")])
        state = self.wanted.get("state", Proposal.State.OPEN)
        if state != "all":
            rows = rows.filter(state=state)
        for word in self.wanted.get("q", "").split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(topic__icontains=word) | Q(hook__icontains=word) | Q(angle__icontains=word)
            )
        return rows
