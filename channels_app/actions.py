"""What may be done to a channel and what it owns. Whoever calls has asked `access.py` first."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.db.models.signals import pre_delete
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from channels_app.files import Stored
from channels_app.models import AudioProject, AudioSection, Channel, Idea, Note, Proposal, Resource, Script, Take
from channels_app.niches import USUAL_RPM, Niche

RESERVED_SLUGS = frozenset({"new"})
SLUG_CHARACTERS = 60
SLUG_TRIES = 20
# More sections than any script has: where they wait while they change places.
ASIDE = 1_000_000


# --- channels ---
def create_channel(owner: User, *, name: str, slug: str = "", **fields: Any) -> Channel:
    """Make a channel. Without a slug its name makes one; without an `rpm` the niche's usual one is taken.

    Raises ValidationError, with the fields, for values that a channel cannot have.
    """
    fields.setdefault("niche", Niche.EDUCATION)
    if fields.get("rpm") is None:
        fields["rpm"] = USUAL_RPM.get(fields["niche"], USUAL_RPM[Niche.CUSTOM])
    if slug in RESERVED_SLUGS:
        raise ValidationError({"slug": slug_taken(slug)})
    for wanted in [slug] if slug else free_slugs(name):
        channel = Channel(owner=owner, name=name, slug=wanted, **fields)
        channel.full_clean(exclude=["owner"], validate_unique=False)
        try:
            with transaction.atomic():
                channel.save(force_insert=True)
        except IntegrityError:
            # The only constraint left is the slug's: somebody has it, perhaps since a moment ago.
            continue
        return channel
    raise ValidationError({"slug": slug_taken(slug or slugify(name))})


def slug_taken(slug: str) -> str:
    """What is told to somebody who wants a slug that is not free."""
    return f"Address: “{slug}” is taken. Choose another."


def free_slugs(name: str) -> list[str]:
    """Slugs to try for a name, the plainest first. A name without Latin letters or digits gets a random one."""
    plain = slugify(name)[: SLUG_CHARACTERS - 8].strip("-_") or f"channel-{secrets.token_hex(3)}"
    numbered = [plain, *(f"{plain}-{number}" for number in range(2, SLUG_TRIES))]
    wanted = [slug for slug in numbered if slug not in RESERVED_SLUGS]
    taken = set(Channel.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    return [slug for slug in [*wanted, f"{plain}-{secrets.token_hex(3)}"] if slug not in taken]


def delete_channel(channel: Channel) -> None:
    """Delete a channel with everything in it. Raises ProtectedError while something is at work on it."""
    with transaction.atomic():
        channel.delete()


# --- the bin ---
def bin_row(row: Note | Script | Idea | Proposal) -> None:
    """Take a row out of sight; `restore_row` undoes it. Raises ProtectedError while a job works on it."""
    with transaction.atomic():
        # Whoever guards deletions is asked, although the row stays until `purge_binned`.
        pre_delete.send(sender=type(row), instance=row, using=row._state.db, origin=row)
        row.deleted_at = timezone.now()
        row.save(update_fields=["deleted_at"])


def restore_row(row: Note | Script | Idea | Proposal | Resource) -> None:
    """Bring a binned row back."""
    row.deleted_at = None
    row.save(update_fields=["deleted_at"])


def purge_binned(before: datetime) -> int:
    """Delete for good what was binned before a moment; returns how many. What a job works on stays."""
    purged = 0
    binned: list[Note | Script | Idea | Proposal | Resource] = [
        *Resource.with_binned.filter(deleted_at__lt=before),
        *Proposal.with_binned.filter(deleted_at__lt=before),
        *Idea.with_binned.filter(deleted_at__lt=before),
        *Note.with_binned.filter(deleted_at__lt=before),
        *Script.with_binned.filter(deleted_at__lt=before),
    ]
    for row in binned:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue
        purged += 1
    return purged


# --- audio ---
@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as a script gives it."""

    heading: str
    speaker: str
    text: str

    @property
    def content_hash(self) -> str:
        """What a take depends on: who speaks and what is said."""
        return hashlib.sha256(f"{self.speaker}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTake:
    """A sound for a section: mono, `frames` samples at `sample_rate`; `words` in seconds from its start."""

    stored: Stored
    frames: int
    sample_rate: int
    source: str = Take.Source.SPOKEN
    voice: str = ""
    speech_key: str = ""
    words: Sequence[dict[str, Any]] = ()
    made_by_job: UUID | None = None
    job_position: int | None = None


def audio_project_for(script: Script) -> AudioProject:
    """The script's audio project, made on first use. It holds this very `script`."""
    project, _ = AudioProject.objects.get_or_create(script=script, defaults={"channel_id": script.channel_id})
    project.script = script
    return project


def delete_audio_project(project: AudioProject) -> None:
    """Delete a script's audio with all takes. Raises ProtectedError while a job works on the script."""
    with transaction.atomic():
        # Jobs know the script, not its audio: whoever guards the one guards the other.
        pre_delete.send(sender=Script, instance=project.script, using=project._state.db, origin=project)
        project.delete()


def sync_sections(project: AudioProject, texts: Sequence[SectionText]) -> list[AudioSection]:
    """Bring the project's sections in line with the body of `project.script`, from which `texts` were cut.

    A section whose content did not change keeps its takes and its pause, even when it has moved. One that changed in
    its place keeps its pause and its takes too, but none is chosen unless one of them says just what is written now.
    Sections that are gone are deleted with their takes. Returns the sections in order.
    """
    hashes = [text.content_hash for text in texts]
    with transaction.atomic():
        # Two jobs at once would give the same place twice.
        AudioProject.objects.select_for_update().get(pk=project.pk)
        old = list(project.sections.all())
        kept = matched(old, hashes)
        gone = {section.pk for section in old} - {section.pk for section in kept if section}
        AudioSection.objects.filter(pk__in=gone).delete()
        # Places are unique: everybody steps aside before anybody takes a new one.
        project.sections.update(position=F("position") + ASIDE)
        sections, changed = [], []
        for position, (text, new_hash, section) in enumerate(zip(texts, hashes, kept, strict=True)):
            if section is None:
                section = AudioSection(project=project)
            elif section.content_hash != new_hash:
                changed.append(section)
            section.position, section.content_hash = position, new_hash
            section.heading, section.speaker, section.text = text.heading[:200], text.speaker[:100], text.text
            sections.append(section)
        AudioSection.objects.bulk_create([section for section in sections if section._state.adding])
        known = [section for section in sections if section in set(old)]
        # Not the pause: a person may be changing it at this moment.
        AudioSection.objects.bulk_update(known, ["position", "content_hash", "heading", "speaker", "text"])
        for section in changed:
            choose_what_fits(section)
        project.body_hash = project.script.body_hash
        project.save(update_fields=["body_hash", "updated_at"])
    return sections


def matched(old: Sequence[AudioSection], hashes: Sequence[str]) -> list[AudioSection | None]:
    """For every new section the old one that it continues, or None.

    The same content first, wherever it stands; then what stands beside the same neighbour: it was edited.
    """
    waiting: dict[str, list[int]] = {}
    for index, section in enumerate(old):
        waiting.setdefault(section.content_hash, []).append(index)
    found: list[int | None] = [waiting[wanted].pop(0) if waiting.get(wanted) else None for wanted in hashes]
    free = {index for indexes in waiting.values() for index in indexes}
    places = range(len(found))
    for neighbour, order in ((-1, places), (+1, reversed(places))):
        edge = -1 if neighbour < 0 else len(old)
        for place in order:
            beside = place + neighbour
            known = found[beside] if 0 <= beside < len(found) else edge
            if found[place] is None and known is not None and known - neighbour in free:
                found[place] = known - neighbour
                free.remove(known - neighbour)
    return [None if index is None else old[index] for index in found]


def choose_what_fits(section: AudioSection) -> None:
    """Choose the newest take that says what is written now, or none."""
    fitting = section.takes.filter(content_hash=section.content_hash).first()
    section.takes.filter(chosen=True).update(chosen=False)
    if fitting:
        Take.objects.filter(pk=fitting.pk).update(chosen=True)


def add_take(section: AudioSection, new: NewTake, *, choose: bool = True) -> Take:
    """Keep a sound for a section and, by default, choose it.

    It counts as said for the text that `section` holds: when the row has changed meanwhile it is kept, not chosen.
    Raises AudioSection.DoesNotExist when the section is gone, IntegrityError when the job has delivered it before.
    """
    with transaction.atomic():
        # Whoever chooses a take holds its section, so that never two are chosen.
        current = AudioSection.objects.select_for_update().get(pk=section.pk)
        choose = choose and current.content_hash == section.content_hash
        if choose:
            current.takes.filter(chosen=True).update(chosen=False)
        return Take.objects.create(
            section=current,
            source=new.source,
            sound=new.stored.name,
            sha256=new.stored.sha256,
            size=new.stored.size,
            content_hash=section.content_hash,
            frames=new.frames,
            sample_rate=new.sample_rate,
            voice=new.voice,
            speech_key=new.speech_key,
            words=list(new.words),
            chosen=choose,
            made_by_job=new.made_by_job,
            job_position=new.job_position,
        )


def choose_take(take: Take) -> None:
    """Make this the take that is heard."""
    with transaction.atomic():
        AudioSection.objects.select_for_update().get(pk=take.section_id)
        Take.objects.filter(section=take.section_id, chosen=True).update(chosen=False)
        Take.objects.filter(pk=take.pk).update(chosen=True)
    take.chosen = True


def set_pause(section: AudioSection, pause_ms: int) -> None:
    """Set the pause after a section, in milliseconds. Raises ValidationError unless it is 0 to 30 000."""
    section.pause_ms = pause_ms
    section.clean_fields(exclude=["project"])
    section.save(update_fields=["pause_ms"])
