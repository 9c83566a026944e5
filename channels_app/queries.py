"""Reads that more than one page or job asks for."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr

from channels_app.models import (
    AudioProject,
    AudioSection,
    Channel,
    Claim,
    FoundVideo,
    Idea,
    Note,
    Passage,
    Proposal,
    Resource,
    ResourceUse,
    Revision,
    Script,
    ScriptUse,
    Take,
)

EXCERPT_CHARACTERS = 400


def notes_of(channel: Channel) -> QuerySet[Note]:
    """The channel's notes that are not in the bin."""
    return Note.objects.filter(channel=channel)


def note_rows(channel: Channel) -> QuerySet[Note]:
    """The same for lists: each with an `excerpt` instead of the text."""
    return notes_of(channel).defer("text").annotate(excerpt=Substr("text", 1, EXCERPT_CHARACTERS))


def scripts_of(channel: Channel) -> QuerySet[Script]:
    """The channel's scripts that are not in the bin."""
    return Script.objects.filter(channel=channel)


def script_rows(channel: Channel) -> QuerySet[Script]:
    """The same for lists: without the bodies, with `sections` and `ready_sections` counted."""
    sections = AudioSection.objects.filter(project__script=OuterRef("pk")).order_by().values("project__script")
    chosen = Take.objects.filter(section__project__script=OuterRef("pk"), chosen=True).order_by()
    return (
        scripts_of(channel)
        .defer("body")
        .annotate(
            sections=counted(sections),
            ready_sections=counted(chosen.values("section__project__script")),
        )
    )


def revisions_of(script: Script) -> QuerySet[Revision]:
    """The script's revisions for lists, newest first: without the texts."""
    return script.revisions.defer("body").select_related("author")


def kept_revisions_of(script: Script) -> QuerySet[Revision]:
    """Those that are, or were, the script's text, newest first: the first is the text now."""
    return revisions_of(script).filter(state=Revision.State.KEPT)


def revisions_in(channel: Channel) -> QuerySet[Revision]:
    """Every revision of the channel's scripts, with its author."""
    return Revision.objects.filter(script__channel=channel, script__deleted_at__isnull=True).select_related("author")


def proposals_of(script: Script) -> QuerySet[Revision]:
    """Texts that wait for a person's word, newest first."""
    return script.revisions.filter(state=Revision.State.PROPOSED).select_related("author")


def counted(rows: QuerySet[Any, Any]) -> Coalesce:
    """How many rows there are in a grouped subquery: counted for the rows of a page only, not for the whole table."""
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def ideas_of(channel: Channel) -> QuerySet[Idea]:
    """The channel's ideas that are not in the bin, each with the script it was converted to."""
    return Idea.objects.filter(channel=channel).select_related("script")


def found_videos_of(channel: Channel, *, dismissed: bool = False) -> QuerySet[FoundVideo]:
    """The videos that searches of the channel have kept, or those a person has dismissed."""
    return FoundVideo.objects.filter(channel=channel, dismissed_at__isnull=not dismissed)


def proposals_in(channel: Channel) -> QuerySet[Proposal]:
    """The channel's proposals that are not in the bin, each with the idea it was approved into."""
    return Proposal.objects.filter(channel=channel).select_related("idea")


def proposals_for(channels: Any) -> QuerySet[Proposal]:
    """The proposals of some channels: the addresses that answer one do not name its channel."""
    return Proposal.objects.filter(channel__in=channels).select_related("idea", "channel")


def is_converted() -> Q:
    """Whether an idea has become a script that is not in the bin."""
    return Q(script__isnull=False, script__deleted_at__isnull=True)


def claims_of(script: Script) -> QuerySet[Claim]:
    """What fact-checks have found in a script, in the order of the text."""
    return Claim.objects.filter(script=script).order_by("start", "end", "id")


def claims_in(channel: Channel) -> QuerySet[Claim]:
    """Every claim of the channel's scripts that are not in the bin."""
    return Claim.objects.filter(script__channel=channel, script__deleted_at__isnull=True)


def passages_in(channel: Channel) -> QuerySet[Passage]:
    """Every marked passage of the channel's scripts that are not in the bin."""
    return Passage.objects.filter(script__channel=channel, script__deleted_at__isnull=True)


def audio_projects_of(channel: Channel) -> QuerySet[AudioProject]:
    """The audio of the channel's scripts, with sections and takes."""
    projects = AudioProject.objects.filter(channel=channel, script__deleted_at__isnull=True)
    return projects.select_related("script").prefetch_related("sections__takes")


def sections_of(project: AudioProject) -> list[AudioSection]:
    """The sections in order, each with its takes, newest first."""
    return list(project.sections.prefetch_related("takes"))


def sections_in(channel: Channel) -> QuerySet[AudioSection]:
    """Every section of the channel's scripts, with its script and takes."""
    sections = AudioSection.objects.filter(project__channel=channel, project__script__deleted_at__isnull=True)
    return sections.select_related("project__script").prefetch_related("takes")


def takes_in(channel: Channel) -> QuerySet[Take]:
    """Every take of the channel's scripts, with its script."""
    takes = Take.objects.filter(section__project__channel=channel, section__project__script__deleted_at__isnull=True)
    return takes.select_related("section__project__script")


def takes_for(channels: Any) -> QuerySet[Take]:
    """Every take of some channels: the address of a sound does not name its channel."""
    return Take.objects.filter(
        section__project__channel__in=channels, section__project__script__deleted_at__isnull=True
    )


def resources_of(channel: Channel) -> QuerySet[Resource]:
    """The library of the channel's owner, without what is in the bin; `is_here`: this channel uses it."""
    uses = ResourceUse.objects.filter(resource=OuterRef("pk"), channel=channel)
    scripts = ScriptUse.objects.filter(resource=OuterRef("pk"), script__channel=channel, script__deleted_at=None)
    return Resource.objects.filter(owner_id=channel.owner_id).annotate(
        is_here=Exists(uses), scripts_here=counted(scripts.order_by().values("resource"))
    )


def resources_in(channel: Channel) -> QuerySet[Resource]:
    """What the channel uses, in the order in which it came here."""
    return Resource.objects.filter(uses__channel=channel).order_by("uses__created_at", "pk")


def texts_in(channel: Channel) -> QuerySet[Resource]:
    """The plain texts that the channel uses, the newest first."""
    return Resource.objects.filter(uses__channel=channel, media_type="text/plain")


def resources_used_in(script: Script) -> QuerySet[Resource]:
    """What a script uses, in the order of its uses."""
    return Resource.objects.filter(script_uses__script=script).order_by("script_uses__created_at", "pk")


def resources_not_in(script: Script) -> QuerySet[Resource]:
    """What the script's channel uses and the script does not (yet), the newest first."""
    uses = ScriptUse.objects.filter(resource=OuterRef("pk"), script=script)
    return Resource.objects.filter(~Exists(uses), uses__channel=script.channel_id)


def scripts_using(resource: Resource, channel: Channel) -> QuerySet[Script]:
    """The channel's scripts that use a resource; those in the bin do not count."""
    return scripts_of(channel).filter(resource_uses__resource=resource)


def pictures_in(channel: Channel) -> QuerySet[Resource]:
    """The pictures that the channel uses and that browsers show, the newest first."""
    pictures = Resource.objects.filter(uses__channel=channel, media_type__startswith="image/")
    return pictures.exclude(media_type="image/tiff").order_by("-created_at", "-pk")


def gallery_of(channel: Channel) -> QuerySet[Resource]:
    """The pictures that the studio has made and the channel uses, the newest first."""
    return pictures_in(channel).filter(source__in=(Resource.COMPOSED, Resource.PAINTED))


def resources_for(channels: QuerySet[Channel]) -> QuerySet[Resource]:
    """Every resource of the owners of some channels: the address of a file does not name its channel."""
    return Resource.objects.filter(owner__in=channels.order_by().values("owner"))


def files_in_use() -> set[str]:
    """The stored files that takes and resources name, those in the bin too."""
    sounds = Take.objects.order_by().values_list("sound", flat=True).distinct()
    resources = Resource.with_binned.order_by().values_list("file", flat=True).distinct()
    return {*sounds, *resources}
