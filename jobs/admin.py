"""Jobs in Django's admin: to read, with the acts that people may do. The engine alone writes rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from jobs import actions, doors
from jobs.models import Artifact, Attempt, Job, StageRun


class ReadOnly:
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Jobs are made by submitting."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the engine writes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """`manage.py prune` removes old jobs."""
        return False


class AttemptInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """Every attempt with its error."""

    model = Attempt
    extra = 0
    fields = ("number", "stage", "try_number", "worker", "started_at", "ended_at", "outcome", "error")


class StageInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """Stages and phases."""

    model = StageRun
    extra = 0
    fields = ("position", "label", "state", "score", "started_at", "ended_at")


class ArtifactInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """What the job left."""

    model = Artifact
    extra = 0
    fields = ("name", "media_type", "size", "sha256")


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Jobs of every channel, with cancel and retry."""

    list_display = ("title", "kind", "state", "stage", "channel", "user", "created_at", "ended_at", "on_page")
    list_filter = ("state", "kind", "queue")
    search_fields = ("title", "id", "error")
    list_select_related = ("channel", "user")
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = (StageInline, AttemptInline, ArtifactInline)
    actions = ("cancel_jobs", "force_stop_jobs", "retry_jobs")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins read everything."""
        return bool(request.user.is_staff)

    @admin.display(description="Page")
    def on_page(self, job: Job) -> str:
        """A link to the job as people see it."""
        return format_html('<a href="{}">open</a>', reverse("job", args=[job.channel.slug, job.pk]))

    @admin.action(description="Cancel the selected jobs")
    def cancel_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        """Waiting ones at once, running ones as soon as their work allows."""
        self._each(request, jobs, lambda job: actions.cancel(job), "cancelled")

    @admin.action(description="Force stop the selected jobs")
    def force_stop_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        """End them now."""
        self._each(request, jobs, lambda job: actions.cancel(job, force=True), "stopped")

    @admin.action(description="Retry the selected jobs")
    def retry_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        """Queue failed and cancelled ones again."""
        self._each(request, jobs, lambda job: actions.retry(job, request.user), "queued again")  # type: ignore[arg-type]

    def _each(self, request: HttpRequest, jobs: QuerySet[Job], act: Callable[[Job], Any], done: str) -> None:
        count = 0
        for job in jobs:
            _, refusal = doors.attempt_action(lambda job=job: act(job))  # type: ignore[misc]
            if refusal:
                self.message_user(request, f"{job.title}: {refusal.message}", messages.WARNING)
            else:
                count += 1
        if count:
            self.message_user(request, f"{count} job(s) {done}.", messages.SUCCESS)
