"""Proposals for a channel: which topics of what was found, in which order, and their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from pydantic import BaseModel, Field, field_validator

from channels_app import queries
from channels_app.models import Channel, Idea, Proposal
from channels_app.proposals import NewProposal
from jobs.context import JobContext
from jobs.steps import authors, notes, research
from jobs.steps.authors import Author
from jobs.tools.author import proposals as offline
from jobs.tools.author import similarity
from jobs.tools.author.sources import Source
from jobs.tools.text import prompts, search
from jobs.tools.trends import telling
from jobs.tools.trends.alignment import Profile, profile_of
from jobs.tools.trends.observed import Observed, sampled
from jobs.tools.trends.score import WEIGHTS, Rejection, Weighed, is_rejected, weigh

WANTED = 5
# A model whose title the channel has already is asked again this often.
ASKED_AGAIN = 2
# A topic of which more than this share of videos stands in a better one is the same in other words.
SAME_VIDEOS = 0.5
TAKEN_AT_MOST = 300
REJECTED_AT_MOST = 50
NOTES_CHARACTERS = 6_000
OFFLINE_PROMPT = "offline proposal 1"


class ProposalShape(BaseModel):
    """The words of a proposal as a model answers."""

    title: str = Field(min_length=3, max_length=120)
    hook: str = Field(min_length=3, max_length=600)
    angle: str = Field(min_length=3, max_length=1200)
    tags: list[str] = Field(default_factory=list, max_length=12)

    @field_validator("title", "hook", "angle", mode="after")
    @classmethod
    def one_line(cls, text: str) -> str:
        """Without line breaks and the quotes that models put around titles."""
        return " ".join(text.split()).strip('"“” ')

    @field_validator("tags", mode="after")
    @classmethod
    def few_tags(cls, tags: list[str]) -> list[str]:
        """Small letters, without repeats and hash signs."""
        return list(dict.fromkeys(tag.strip(" #").lower()[:60] for tag in tags if tag.strip(" #")))[:5]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A topic that was not proposed, and why, as a sentence goes on: “King tides”: you rejected …"""

    topic: str
    why: str


@dataclass(slots=True)
class Ground:
    """All that is weighed for one run: the topics in their order, what is taken, what was left out."""

    weighed: list[Weighed]
    found: int
    sources: list[Source]
    rejections: list[Rejection]
    taken: list[str]
    left_out: list[LeftOut] = field(default_factory=list)
    _chosen: list[set[str]] = field(default_factory=list)

    def topics(self) -> Iterator[Weighed]:
        """The topics that may be proposed, the best first; ask for the next when the last one is dealt with."""
        for one in self.weighed:
            if why := self._why_not(one):
                if why != REPEATED:
                    self.left_out.append(LeftOut(one.topic.label, why))
                continue
            yield one

    def choose(self, one: Weighed, title: str) -> None:
        """The topic is proposed under this title: from now on both are taken."""
        self.taken[:0] = [title, one.topic.label]
        self._chosen.append({video.id for video in one.topic.videos})

    def _why_not(self, one: Weighed) -> str:
        if rejection := is_rejected(one.topic, self.rejections):
            return f"you rejected “{rejection.title}”" + (f" ({rejection.reason})" if rejection.reason else "")
        if like := similarity.same_title(one.topic.label, self.taken):
            return f"it is too much like “{like}”, which the channel has"
        videos = {video.id for video in one.topic.videos}
        return REPEATED if any(len(videos & other) > SAME_VIDEOS * len(videos) for other in self._chosen) else ""


REPEATED = "its videos are those of a topic before it"


def ground_of(channel: Channel) -> Ground:
    """Weigh everything that the channel's research has found, as of now."""
    found = research.observed(channel)
    sources = notes.author_sources(channel)
    rejections = rejections_of(channel)
    return Ground(
        weighed=weigh(found, profile(channel, sources), timezone.now(), rejections),
        found=len(found),
        sources=sources,
        rejections=rejections,
        taken=taken_titles(channel),
        _chosen=[
            {video["id"] for video in basis.get("videos", [])}
            for basis in queries.proposals_in(channel).filter(state=Proposal.State.OPEN).values_list("basis", flat=True)
        ],
    )


def profile(channel: Channel, sources: Sequence[Source]) -> Profile:
    """What the channel stands for."""
    return profile_of(
        [*channel.topics, *channel.tags], channel.niche_name, ((source.title, source.text) for source in sources)
    )


def rejections_of(channel: Channel) -> list[Rejection]:
    """What has been rejected in the channel, the newest first; deleting a rejected proposal forgets it."""
    rows = queries.proposals_in(channel).filter(state=Proposal.State.REJECTED).order_by("-answered_at")
    return [Rejection(row.title, row.topic, row.reason) for row in rows]


def taken_titles(channel: Channel) -> list[str]:
    """Titles and topics of proposals, titles of ideas and scripts, the newest first."""
    proposed = queries.proposals_in(channel).exclude(state=Proposal.State.REJECTED).values_list("title", "topic")
    ideas = Idea.objects.filter(channel=channel).values_list("title", flat=True)
    scripts = queries.scripts_of(channel).values_list("title", flat=True)
    named = [name for pair in proposed[:2000] for name in pair if name]
    return list(dict.fromkeys([*named, *ideas[:2000], *scripts[:2000]]))


def word_offline(one: Weighed, whole: Ground) -> NewProposal:
    """The topic in the words of the offline author."""
    words = offline.word(one, whole.sources)
    return _proposal(one, whole, words.title, words.hook, words.angle, words.tags, authors.OFFLINE, OFFLINE_PROMPT)


def word_by_model(ctx: JobContext, author: Author, one: Weighed, whole: Ground) -> NewProposal | None:
    """The topic in the words of a model; None when all its titles are taken or rejected, which is then left out."""
    refused: list[str] = []
    away = [rejection.title for rejection in whole.rejections]
    for _ in range(1 + ASKED_AGAIN):
        prompt = prompts.render(
            "proposal",
            context=ctx.channel.ai_context,
            type=type_of(one.topic.videos),
            topic=one.topic.label,
            figures=_figures(one),
            videos=_videos_for_model(one),
            notes=_notes_for_model(one, whole.sources),
            rejected="\n".join(_rejected_for_model(whole.rejections)),
            taken="\n".join([*refused, *whole.taken][:TAKEN_AT_MOST]),
        )
        answer = authors.ask(ctx, author, prompt, ProposalShape)
        copied = search.terms(answer.title) in [search.terms(video.title) for video in one.topic.videos]
        like = similarity.same_title(answer.title, [*refused, *whole.taken, *away])
        if not like and not copied:
            return _proposal(
                one, whole, answer.title, answer.hook, answer.angle, answer.tags, author.name, prompt.label
            )
        ctx.log(f"Asked again, too much like “{like or answer.title}”: {answer.title}")
        refused.append(answer.title)
    whole.left_out.append(LeftOut(one.topic.label, f"every title for it was too much like “{like or answer.title}”"))
    return None


def _proposal(
    one: Weighed, whole: Ground, title: str, hook: str, angle: str, tags: Sequence[str], model: str, prompt: str
) -> NewProposal:
    return NewProposal(
        title=title,
        hook=hook,
        angle=angle,
        tags=tuple(tags),
        type=type_of(one.topic.videos),
        topic=one.topic.label,
        score=one.score,
        parts=parts_data(one),
        basis=basis_data(one, whole.found),
        content_gap=one.parts["gap"].told,
        timeliness=one.parts["timeliness"].told,
        reasoning=telling.reasoning(one),
        trend_signals=telling.signals(one),
        model=model,
        prompt=prompt,
    )


def type_of(videos: Sequence[Observed]) -> str:
    """Short where most of the found videos are."""
    return "short" if 2 * sum(video.format == "short" for video in videos) > len(videos) else "long"


def parts_data(one: Weighed) -> list[dict[str, Any]]:
    """The four numbers as proposals remember them: with the evidence of the videos that they remember."""
    kept = {video.id for video in kept_videos(one)}
    return [
        {
            "name": name,
            "label": telling.LABELS[name],
            "weight": WEIGHTS[name],
            "value": None if part.value is None else round(part.value, 1),
            "told": part.told,
            "evidence": _of_kept(part.evidence, kept),
        }
        for name, part in one.parts.items()
    ]


def _of_kept(evidence: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    if "videos" not in evidence:
        return evidence
    return {**evidence, "videos": [row for row in evidence["videos"] if row["id"] in kept]}


def kept_videos(one: Weighed) -> list[Observed]:
    """The topic's videos, the fastest first; of very many an even sample, from the fastest to the slowest."""
    return sampled(sorted(one.topic.videos, key=lambda video: (-(video.per_day or 0.0), video.id)))


def basis_data(one: Weighed, found: int) -> dict[str, Any]:
    """What the numbers were computed from, as proposals remember it."""
    return {
        "found": found,
        "stems": list(one.topic.stems),
        "channels": one.topic.channels,
        "video_count": len(one.topic.videos),
        "videos": [
            {
                "id": video.id,
                "title": video.title,
                "url": video.url,
                "channel": video.channel_name,
                "views": video.views,
                "days": None if (days := video.days_at(video.counted_at)) is None else round(days, 1),
                "times_median": video.times_median,
            }
            for video in kept_videos(one)
        ],
        "lowered": {
            "share": round(one.lowered, 3),
            "for": [{"title": rejection.title, "reason": rejection.reason} for rejection in one.lowered_for],
        },
    }


# --- what a model is given to read ---
def _figures(one: Weighed) -> str:
    return "\n".join(
        f"{telling.LABELS[name]} {'unknown' if part.value is None else f'{part.value:.0f} of 100'}: {part.told}"
        for name, part in one.parts.items()
    )


def _videos_for_model(one: Weighed) -> str:
    listed = telling.signals(one)
    return "\n".join(listed or [telling.titled(video) for video in one.topic.videos[: telling.SIGNALS]])


def _notes_for_model(one: Weighed, sources: Sequence[Source]) -> str:
    said = "\n".join(f"{sentence.source.title}: {sentence.text}" for sentence in offline.about(one.topic, sources))
    return said[:NOTES_CHARACTERS]


def _rejected_for_model(rejections: Sequence[Rejection]) -> list[str]:
    return [
        rejection.title + (f" ({rejection.reason})" if rejection.reason else "")
        for rejection in rejections[:REJECTED_AT_MOST]
    ]
