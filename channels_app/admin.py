"""Channels and their content in Django's admin."""

from django.contrib import admin

from channels_app.models import AudioProject, AudioSection, Channel, Note, Script, Take


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every channel."""

    list_display = ("name", "slug", "owner", "niche", "created_at")
    list_filter = ("niche",)
    list_select_related = ("owner",)
    search_fields = ("name", "slug")


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every note."""

    list_display = ("title", "channel", "origin", "created_at", "deleted_at")
    list_filter = ("origin",)
    list_select_related = ("channel",)
    search_fields = ("title",)


@admin.register(Script)
class ScriptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every script."""

    list_display = ("title", "channel", "type", "status", "updated_at", "deleted_at")
    list_filter = ("status", "type")
    list_select_related = ("channel",)
    search_fields = ("title",)


class SectionInline(admin.TabularInline):  # type: ignore[type-arg]
    """The sections of a project."""

    model = AudioSection
    extra = 0
    fields = ("position", "heading", "speaker", "pause_ms")


@admin.register(AudioProject)
class AudioProjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every audio project with its sections."""

    list_display = ("script", "channel", "updated_at")
    list_select_related = ("script", "channel")
    inlines = (SectionInline,)


@admin.register(Take)
class TakeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every take."""

    list_display = ("section", "source", "voice", "chosen", "created_at")
    list_filter = ("source", "chosen")
    list_select_related = ("section",)
    readonly_fields = ("sound", "sha256", "frames", "sample_rate", "speech_key", "words")
