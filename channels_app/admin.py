"""Channels and their content in Django's admin."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from channels_app import revisions
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
    SearchedPage,
    SearchHit,
    Take,
    Transcript,
    Upload,
    YouTubeChannel,
)


class AsksBeforeDeleting(admin.ModelAdmin):  # type: ignore[type-arg]
    """Says why when something cannot be deleted because a job is at work on it."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, dict[str, int], set[str], list[Any]]:
        """What would be deleted. Jobs and takes cannot be deleted one by one, but they go with what they belong to."""
        tree, counts, _, protected = super().get_deleted_objects(objs, request)
        return tree, counts, set(), protected

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete one, or say why not."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError as refusal:
            self.message_user(request, str(refusal.args[0]), messages.ERROR)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return redirect(reverse(name, args=[object_id]))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete those that may be deleted, and name the others."""
        for row in queryset:
            try:
                with transaction.atomic():
                    row.delete()
            except ProtectedError as refusal:
                self.message_user(request, f"{row}: {refusal.args[0]}", messages.ERROR)


class WithBin(AsksBeforeDeleting):
    """Shows what is in the bin as well; deleting here is for good."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows."""
        return self.model.with_binned.all()  # type: ignore[no-any-return]


@admin.register(Channel)
class ChannelAdmin(AsksBeforeDeleting):
    """Every channel."""

    list_display = ("name", "slug", "owner", "niche", "created_at")
    list_filter = ("niche",)
    list_select_related = ("owner",)
    search_fields = ("name", "slug", "owner__username")
    autocomplete_fields = ("owner",)
    readonly_fields = ("created_at",)


@admin.register(Note)
class NoteAdmin(WithBin):
    """Every note."""

    list_display = ("title", "channel", "origin", "created_at", "deleted_at")
    list_filter = ("origin", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("channel",)
    search_fields = ("title", "channel__slug")
    autocomplete_fields = ("channel",)
    readonly_fields = ("created_at", "updated_at", "deleted_at")


@admin.register(Idea)
class IdeaAdmin(WithBin):
    """Every idea."""

    list_display = ("title", "channel", "type", "source", "model", "created_at", "deleted_at")
    list_filter = ("source", "type", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("channel",)
    search_fields = ("title", "channel__slug")
    autocomplete_fields = ("channel", "script")
    readonly_fields = (
        "source_data",
        "model",
        "prompt",
        "made_by_job",
        "job_position",
        "created_at",
        "updated_at",
        "deleted_at",
    )


@admin.register(Proposal)
class ProposalAdmin(WithBin):
    """Every proposal."""

    list_display = ("title", "channel", "score", "state", "model", "created_at", "deleted_at")
    list_filter = ("state", "type", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("channel",)
    search_fields = ("title", "topic", "channel__slug")
    autocomplete_fields = ("channel", "idea")
    readonly_fields = (
        "score",
        "parts",
        "basis",
        "trend_signals",
        "model",
        "prompt",
        "made_by_job",
        "job_position",
        "answered_at",
        "created_at",
        "updated_at",
        "deleted_at",
    )


@admin.register(Script)
class ScriptAdmin(WithBin):
    """Every script."""

    list_display = ("title", "channel", "type", "status", "words", "updated_at", "deleted_at")
    list_filter = ("status", "type", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("channel",)
    search_fields = ("title", "channel__slug")
    autocomplete_fields = ("channel",)
    readonly_fields = ("words", "version", "created_at", "updated_at", "deleted_at")

    def save_model(self, request: HttpRequest, obj: Script, form: Any, change: bool) -> None:
        """By the one writer of texts, so that the history has them all."""
        user = cast("User", request.user)
        if not change:
            revisions.begin(obj, user=user)
            return
        title, body = obj.title, obj.body
        obj.save(update_fields=[name for name in form.changed_data if name not in ("title", "body")] + ["updated_at"])
        revisions.save_body(obj, body, user=user, title=title, note="In the admin")


class Shown:
    """Rows that jobs, the script desk and the audio room write, and nobody adds here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They come from the pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Their hashes and places belong together."""
        return False


@admin.register(Revision)
class RevisionAdmin(Shown, AsksBeforeDeleting):
    """Every revision of every script; only to read."""

    list_display = ("__str__", "script", "number", "state", "origin", "model", "author", "words", "created_at")
    list_filter = ("state", "origin", "is_autosave")
    list_select_related = ("script", "author")
    search_fields = ("script__title", "script__channel__slug", "model")


class SectionInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The sections of a project."""

    model = AudioSection
    extra = 0
    fields = ("position", "heading", "speaker", "pause_ms")
    show_change_link = True
    can_delete = False


class TakeInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The takes of a section."""

    model = Take
    extra = 0
    fields = readonly_fields = ("source", "voice", "chosen", "size", "created_at")
    can_delete = False


@admin.register(Claim)
class ClaimAdmin(Shown, AsksBeforeDeleting):
    """Every claim that a fact-check has found."""

    list_display = ("__str__", "script", "verdict", "reason", "is_stale", "model", "created_at")
    list_filter = ("verdict", "reason", "is_stale")
    list_select_related = ("script",)
    search_fields = ("text", "script__title", "script__channel__slug")


@admin.register(AudioProject)
class AudioProjectAdmin(Shown, AsksBeforeDeleting):
    """Every audio project with its sections."""

    list_display = ("script", "channel", "updated_at")
    list_select_related = ("script", "channel")
    search_fields = ("script__title", "channel__slug")
    inlines = (SectionInline,)


@admin.register(AudioSection)
class AudioSectionAdmin(Shown, AsksBeforeDeleting):
    """Every section with its takes."""

    list_display = ("__str__", "project", "position", "pause_ms")
    list_select_related = ("project__script",)
    search_fields = ("heading", "project__script__title")
    inlines = (TakeInline,)


@admin.register(Take)
class TakeAdmin(Shown, AsksBeforeDeleting):
    """Every take."""

    list_display = ("section", "source", "voice", "chosen", "created_at")
    list_filter = ("source", "chosen")
    list_select_related = ("section",)
    search_fields = ("sha256", "voice")


@admin.register(Passage)
class PassageAdmin(Shown, AsksBeforeDeleting):
    """Every passage that Humanize has marked."""

    list_display = ("__str__", "script", "state", "fixed_by", "is_stale", "created_at")
    list_filter = ("state", "is_stale")
    list_select_related = ("script",)
    search_fields = ("text", "script__title")


class UseInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The channels that use a resource."""

    model = ResourceUse
    extra = 0
    can_delete = False


class ScriptUseInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The scripts that use a resource."""

    model = ScriptUse
    extra = 0
    can_delete = False


class HitInline(Shown, admin.TabularInline):  # type: ignore[type-arg]
    """The searches that have kept a video."""

    model = SearchHit
    extra = 0
    can_delete = False


class TranscriptInline(Shown, admin.StackedInline):  # type: ignore[type-arg]
    """What is said in a video."""

    model = Transcript
    extra = 0
    can_delete = False


@admin.register(FoundVideo)
class FoundVideoAdmin(Shown, AsksBeforeDeleting):
    """Every video that a search has kept, with the dismissed ones."""

    list_display = ("title", "channel", "youtube_channel_name", "views", "times_median", "created_at", "dismissed_at")
    list_filter = ("format", ("dismissed_at", admin.EmptyFieldListFilter))
    list_select_related = ("channel",)
    search_fields = ("title", "video_id", "youtube_channel_name", "channel__slug")
    inlines = (HitInline, TranscriptInline)


@admin.register(YouTubeChannel)
class YouTubeChannelAdmin(Shown, AsksBeforeDeleting):
    """What is remembered of channels on YouTube; deleting one lets it be asked for again."""

    list_display = ("__str__", "handle", "subscribers", "video_count", "looked_up_at", "is_gone")
    list_filter = ("is_gone", "source")
    search_fields = ("name", "handle", "youtube_id")


@admin.register(SearchedPage)
class SearchedPageAdmin(Shown, AsksBeforeDeleting):
    """Remembered pages of results; deleting them lets YouTube be asked again."""

    list_display = ("key", "number", "is_last", "fetched_at")
    list_filter = ("is_last",)
    search_fields = ("key",)
    exclude = ("videos",)


@admin.register(Upload)
class UploadAdmin(Shown, AsksBeforeDeleting):
    """Every upload under way. What has come of a deleted one is removed by `manage.py prune`."""

    list_display = ("name", "user", "channel", "size", "created_at", "touched_at")
    list_select_related = ("user", "channel")
    search_fields = ("name", "user__username", "channel__slug")


@admin.register(Resource)
class ResourceAdmin(WithBin):
    """Every resource of everybody, with those in the bin; its terms may be set right, its file not."""

    list_display = ("title", "owner", "media_type", "source", "licence_code", "size", "created_at", "deleted_at")
    list_filter = ("source", "licence_code", "is_ai_made", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("title", "creator", "sha256", "owner__username")
    readonly_fields = (
        "owner",
        "media_type",
        "file",
        "sha256",
        "size",
        "width",
        "height",
        "seconds",
        "source",
        "source_id",
        "original_url",
        "made_by_job",
        "job_position",
        "created_at",
        "deleted_at",
    )
    inlines = (UseInline, ScriptUseInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Files come through the library and from jobs."""
        return False
