"""Ideas for a channel: by a model in the voice of its character, or by the offline author from its notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from channels_app import queries
from channels_app.ideas import NewIdea
from channels_app.models import Channel, Idea
from jobs.context import JobContext
from jobs.steps import authors
from jobs.steps.authors import Author
from jobs.tools.author import ideas as offline
from jobs.tools.author import similarity
from jobs.tools.author.sources import Source
from jobs.tools.text import prompts

WANTED = 5
# A model that has an idea the channel has already is asked again this often.
ASKED_AGAIN = 2
# What a model is given to read: enough of every note to know what is in it.
NOTES_CHARACTERS = 24_000
NOTE_CHARACTERS = 3_000
TAKEN_AT_MOST = 300
QUOTES_AT_MOST = 4
OFFLINE_PROMPT = "offline idea 1"


class IdeaShape(BaseModel):
    """An idea as a model answers."""

    title: str = Field(min_length=3, max_length=120)
    hook: str = Field(min_length=3, max_length=600)
    angle: str = Field(min_length=3, max_length=1200)
    tags: list[str] = Field(default_factory=list, max_length=12)
    type: Literal["short", "long"] = "short"
    notes: list[int] = Field(default_factory=list, max_length=50)

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
class Skipped:
    """An idea that was not kept, because the channel has one like it."""

    title: str
    like: str


def taken_titles(channel: Channel) -> list[str]:
    """The titles of the channel's ideas and scripts, newest first."""
    ideas = Idea.objects.filter(channel=channel).values_list("title", flat=True)
    scripts = queries.scripts_of(channel).values_list("title", flat=True)
    return list(dict.fromkeys([*ideas[:2000], *scripts[:2000]]))


def offline_ideas(
    channel: Channel, sources: Sequence[Source], hint: str, type_: str, taken: Sequence[str], wanted: int
) -> tuple[list[NewIdea], list[Skipped], int]:
    """Up to `wanted` ideas from the notes; those the channel has already; how many are about the hint."""
    found = offline.have_ideas(sources, topics=channel.topics, hint=hint, type_=type_, taken=taken, wanted=wanted)
    made = [
        NewIdea(
            title=draft.title,
            hook=draft.hook,
            angle=draft.angle,
            tags=draft.tags,
            type=draft.type,
            source=Idea.Source.AI,
            source_data={
                "notes": [note_data(source) for source in draft.notes],
                "quotes": [
                    {"note": sentence.source.id, "text": sentence.text} for sentence in draft.stands_on[:QUOTES_AT_MOST]
                ],
            },
            model=authors.OFFLINE,
            prompt=OFFLINE_PROMPT,
        )
        for draft in found.drafts
    ]
    return made, [Skipped(one.title, one.like) for one in found.skipped], found.about_hint


def ask_model(
    ctx: JobContext, author: Author, sources: Sequence[Source], hint: str, type_: str, taken: Sequence[str]
) -> tuple[NewIdea | None, list[Skipped]]:
    """One more idea by a model, unlike all that are taken; None when it only has what the channel has already."""
    skipped: list[Skipped] = []
    for _ in range(1 + ASKED_AGAIN):
        refused = [one.title for one in skipped]
        prompt = prompts.render(
            "idea",
            context=ctx.channel.ai_context,
            type=f" for a {type_} video" if type_ else "",
            hint=hint,
            notes=notes_for_model(sources),
            taken="\n".join([*refused, *taken][:TAKEN_AT_MOST]),
        )
        answer = authors.ask(ctx, author, prompt, IdeaShape)
        like = similarity.same_title(answer.title, [*refused, *taken])
        if not like:
            return idea_of(answer, author, prompt.label, sources, type_), skipped
        ctx.log(f"Left out, too much like “{like}”: {answer.title}")
        skipped.append(Skipped(answer.title, like))
    return None, skipped


def idea_of(answer: IdeaShape, author: Author, prompt: str, sources: Sequence[Source], type_: str) -> NewIdea:
    """The model's answer as an idea. Notes that it only thinks there are do not count."""
    named = dict.fromkeys(number for number in answer.notes if 0 < number <= len(sources))
    return NewIdea(
        title=answer.title,
        hook=answer.hook,
        angle=answer.angle,
        tags=answer.tags,
        type=type_ or answer.type,
        source=Idea.Source.AI,
        source_data={"notes": [note_data(sources[number - 1]) for number in named], "quotes": []},
        model=author.name,
        prompt=prompt,
    )


def note_data(source: Source) -> dict[str, Any]:
    """A note as ideas remember it."""
    return {"id": source.id, "title": source.title, "url": source.url}


def notes_for_model(sources: Sequence[Source]) -> str:
    """The notes with their numbers, each cut where it would leave no room for the others."""
    each = max(min(NOTE_CHARACTERS, NOTES_CHARACTERS // max(len(sources), 1)), 200)
    told = (f"{number}. {one.title}\n{one.text[:each]}" for number, one in enumerate(sources, start=1))
    return "\n\n".join(told)[:NOTES_CHARACTERS]
