"""Writes a script, or revises one, piece by piece into a slot of the page that asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels_app.models import Channel, Script
from channels_app.models.script import BODY_CHARACTERS
from jobs.context import JobContext
from jobs.spec import UserError
from jobs.steps import authors
from jobs.steps.authors import Author
from jobs.steps.notes import author_sources, check_notes
from jobs.tools.author import script as offline
from jobs.tools.author.picking import about
from jobs.tools.author.sources import Source
from jobs.tools.text import prompts

OFFLINE_PROMPT = "offline script 1"
# Where a job remembers what it writes with, for the text that is there when it is stopped.
WRITTEN_BY = "written_by"
# What of the notes a model is given: the newest about the topic, as far as they fit.
NOTES_CHARACTERS = 24_000
CHARACTERS_PER_TOKEN = 3
NO_NOTES = "There are no notes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be written. body, instruction: of a script that is revised; both empty for a new one."""

    topic: str
    type: str
    body: str = ""
    instruction: str = ""

    @property
    def words(self) -> int:
        """How many spoken words it aims at."""
        return Script.TARGET_WORDS[Script.Type(self.type)]

    @property
    def loops(self) -> bool:
        """Whether its end leads back into its beginning."""
        return self.type == Script.Type.SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text, what wrote it, and whether its end is missing because the model ran out of length."""

    body: str
    model: str
    prompt: str
    is_cut: bool = False


def check(task: Task, channel: Channel, author: Author) -> None:
    """Refuse what the offline author cannot do. Raises NeedMissing with the way to the notes, UserError."""
    if author.is_offline:
        _pieces(task, author_sources(channel) if task.body else check_notes(channel))


def write(ctx: JobContext, task: Task, author: Author, slot: str) -> Draft:
    """Write it, streaming into `slot`. Raises UserError for what only a person can mend."""
    if author.is_offline:
        return _arrange(ctx, task, slot)
    prompt = _prompt(task, ctx.channel)
    ctx.keep(WRITTEN_BY, {"model": author.name, "prompt": prompt.label})
    # A long script that is revised comes back whole.
    most = max(authors.OUTPUT_TOKENS, len(task.body) // CHARACTERS_PER_TOKEN)
    written = authors.stream(ctx, author, prompt, slot, most_tokens=most)
    body = checked(written.text, author)
    return Draft(body=body, model=author.name, prompt=prompt.label, is_cut=written.is_cut)


def _arrange(ctx: JobContext, task: Task, slot: str) -> Draft:
    ctx.keep(WRITTEN_BY, {"model": authors.OFFLINE, "prompt": OFFLINE_PROMPT})
    said: list[str] = []
    for piece in _pieces(task, author_sources(ctx.channel)):
        said.append(piece)
        ctx.stream(slot, piece)
    return Draft(body="".join(said), model=authors.OFFLINE, prompt=OFFLINE_PROMPT)


def _pieces(task: Task, sources: list[Source]) -> Iterator[str]:
    """What the offline author says. Raises UserError for what needs a model, or other notes."""
    try:
        if task.body:
            return offline.revise(task.body, task.instruction, sources, words=task.words)
        return offline.assemble(task.topic, sources, words=task.words, loops=task.loops)
    except offline.CannotDo as refusal:
        raise UserError(str(refusal)) from refusal


def _prompt(task: Task, channel: Channel) -> prompts.Prompt:
    values = {
        "context": channel.ai_context,
        "type": "short (it loops)" if task.loops else "long",
        "words": str(task.words),
        "notes": _notes(channel, f"{task.topic} {task.instruction}"),
        "topic": task.topic,
    }
    if task.body:
        return prompts.render("script-revise", **values, instruction=task.instruction, script=task.body)
    return prompts.render("script-write", **values)


def _notes(channel: Channel, topic: str) -> str:
    """The notes about the topic, numbered, as far as they fit; the newest ones when none speaks about it."""
    sources = author_sources(channel)
    told, room = [], NOTES_CHARACTERS
    for number, source in enumerate(about(sources, topic) or sources, 1):
        note = f"[{number}] {source.title} ({source.url or 'no address'})\n{source.text.strip()}"
        if len(note) > room:
            break
        room -= len(note)
        told.append(note)
    return "\n\n".join(told) or NO_NOTES


def checked(text: str, author: Author) -> str:
    """A model's answer as a script's body: without the fence that some put around it. Raises UserError for no script."""
    body = unfenced(text.strip())
    if not any(letter.isalpha() for letter in body):
        raise UserError(f"{author.label} answered without any text. Start it again, or choose another model.")
    if len(body) > BODY_CHARACTERS:
        raise UserError(
            f"{author.label} wrote more than {BODY_CHARACTERS:,} characters, and a script holds no more. Ask for a "
            "shorter one; what came is still there to be used in part."
        )
    return body.replace("\x00", "") + "\n"


def unfenced(text: str) -> str:
    """The text without a code fence around the whole of it."""
    lines = text.split("\n")
    if len(lines) > 2 and lines[0].startswith("```") and lines[-1].strip() == "```":
        return "\n".join(lines[1:-1]).strip()
    return text
