"""`manage.py job submit|list|show|follow|cancel|retry|rerun`: jobs from the command line."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from accounts.models import User
from channels_app.access import changeable_channel_for
from channels_app.models import Channel
from jobs import actions, doors, panel, registry
from jobs.models import Job, State, light

FOLLOW_SECONDS = 0.2
READ_AT_ONCE = 50


class Command(BaseCommand):
    """Jobs on the command line. Exit code 1 when a followed job does not complete."""

    help = "Submits, lists, shows, follows, cancels and retries jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command per act; `--json` answers in JSON lines."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="submit|list|show|follow|cancel|retry|rerun")
        submit = acts.add_parser("submit", help="queue a job")
        submit.add_argument("kind", help="e.g. tts")
        submit.add_argument("--channel", required=True, help="the channel's slug")
        submit.add_argument("--inputs", default="{}", help="JSON, or @file.json")
        submit.add_argument("--user", default="", help="who asks; the channel's owner by default")
        submit.add_argument("--follow", action="store_true", help="print the output until it ends")
        listing = acts.add_parser("list", help="list a channel's jobs")
        listing.add_argument("--channel", required=True, help="the channel's slug")
        listing.add_argument("--state", default="", choices=["", *State.values])
        listing.add_argument("--kind", default="")
        listing.add_argument("--limit", type=int, default=panel.PAGE_SIZE, help="at most so many, newest first (30)")
        listing.add_argument("--all", action="store_true", help="every one, however many there are")
        for act, text in (("show", "show a job"), ("follow", "print a job's output until it ends")):
            acts.add_parser(act, help=text).add_argument("id")
        cancel = acts.add_parser("cancel", help="cancel a job")
        cancel.add_argument("id")
        cancel.add_argument("--force", action="store_true", help="end a running job now")
        retry = acts.add_parser("retry", help="queue a failed or cancelled job again")
        retry.add_argument("id")
        rerun = acts.add_parser("rerun", help="a new job with the same or changed inputs")
        rerun.add_argument("id")
        rerun.add_argument("--inputs", default="{}", help="what to change: JSON, or @file.json")
        for one in (retry, rerun):
            one.add_argument("--user", default="", help="who asks; the channel's owner by default")
            one.add_argument("--follow", action="store_true", help="print the output until it ends")
        for one in acts.choices.values():
            one.add_argument("--json", action="store_true", help="answer in JSON lines")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        """Do the act."""
        self.as_json = options["json"]
        getattr(self, f"do_{act}")(**options)

    # --- acts ---
    def do_submit(self, *, kind: str, channel: str, inputs: str, user: str, follow: bool, **_: Any) -> None:
        """Queue a job and, if asked, follow it."""
        owned = self._channel(channel)
        submitted = self._try(lambda: actions.submit(owned, self._user(user, owned), kind, read_inputs(inputs)))
        self._after(submitted.job, follow)

    def do_list(self, *, channel: str, state: str, kind: str, limit: int, all: bool, **_: Any) -> None:
        """The newest jobs of a channel, page by page."""
        if limit < 1:
            raise CommandError("--limit: give a number of 1 or more.")
        if kind:
            self._try(lambda: registry.kind(kind))
        owned, wanted = self._channel(channel), panel.Filter(state=state, kind=kind)
        left = sys.maxsize if all else limit
        cursor, shown = "", 0
        while left:
            page = panel.page_of(owned, wanted, cursor, size=min(left, READ_AT_ONCE))
            for job in page.jobs:
                self._show(job)
            shown += len(page.jobs)
            left -= len(page.jobs)
            cursor = page.next
            if not cursor:
                break
        if self.as_json:
            return
        if not shown:
            self.stdout.write("No jobs.")
        elif cursor:
            self.stderr.write(f"There are more than these {shown}: ask with --all, or a higher --limit.")

    def do_show(self, *, id: str, **_: Any) -> None:
        """One job with its attempts and artifacts."""
        job = self._job(id)
        if self.as_json:
            self._json(picture(job))
            return
        self._show(job)
        for label, value in panel.shown_inputs(job):
            self.stdout.write(f"  {label}: {value[:200]}")
        for attempt in panel.attempts(job):
            self.stdout.write(
                f"  attempt {attempt['number']} {attempt['outcome'] or 'running'} {attempt['error']}".rstrip()
            )
        self._artifacts(job)

    def do_follow(self, *, id: str, **_: Any) -> None:
        """Print the output until the job ends."""
        self._follow(self._job(id))

    def do_cancel(self, *, id: str, force: bool, **_: Any) -> None:
        """Cancel."""
        self._show(self._try(lambda: actions.cancel(self._job(id), force=force)))

    def do_retry(self, *, id: str, user: str, follow: bool, **_: Any) -> None:
        """Queue again."""
        job = self._job(id)
        self._after(self._try(lambda: actions.retry(job, self._user(user, job.channel))), follow)

    def do_rerun(self, *, id: str, user: str, inputs: str, follow: bool, **_: Any) -> None:
        """A new job."""
        job = self._job(id)
        asked_by = self._user(user, job.channel)
        self._after(self._try(lambda: actions.rerun(job, asked_by, read_inputs(inputs))), follow)

    # --- what they share ---
    def _after(self, job: Job, follow: bool) -> None:
        self._show(job)
        if follow:
            # What was said before it was queued (again) has been read.
            self._follow(job, attempt=job.attempt + 1)

    def _follow(self, job: Job, *, attempt: int = 1) -> None:
        """Print every line from the attempt `attempt` on, until the job ends."""
        start, told = 1, ""
        while True:
            # The row first: when it names a later attempt, or an end, everything before that has been written.
            job = self._job(str(job.pk))
            while attempt <= job.attempt:
                start = self._print_output(job, attempt, start)
                if attempt == job.attempt:
                    break
                attempt, start = attempt + 1, 1
            meta = panel.row(job)["meta"]
            if meta and meta != told and not self.as_json:
                self.stderr.write(f"  {meta}")
                told = meta
            if not job.is_active:
                break
            time.sleep(FOLLOW_SECONDS)
        if self.as_json:
            self._json(picture(job))
        else:
            self._show(job)
            self._artifacts(job)
        if job.state != State.COMPLETED:
            sys.exit(1)

    def _print_output(self, job: Job, attempt: int, start: int) -> int:
        """Print an attempt's lines from `start` on; returns where to go on."""
        while (found := panel.output(job, attempt=attempt, start=start))["lines"]:
            for line in found["lines"]:
                if self.as_json:
                    self._json({"attempt": attempt, **line})
                else:
                    self.stdout.write(line["text"])
            start = found["next"]
        return start

    def _artifacts(self, job: Job) -> None:
        for artifact in picture(job)["artifacts"]:
            self.stdout.write(f"  {artifact['name']} ({artifact['size']} bytes) {artifact['address']}")

    def _show(self, job: Job) -> None:
        if self.as_json:
            self._json(panel.row(job))
        else:
            error = f"  {job.error}" if job.error else ""
            self.stdout.write(f"{job.pk}  {job.kind}  {job.state}  {job.title}{error}")

    def _json(self, value: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))

    def _try(self, action: Any) -> Any:
        done, refusal = doors.attempt_action(action)
        if refusal:
            fields = "".join(f"\n  {name}: {' '.join(texts)}" for name, texts in refusal.fields.items())
            raise CommandError(refusal.message + fields if not fields else "The inputs were refused:" + fields)
        return done

    def _channel(self, slug: str) -> Channel:
        channel = Channel.objects.select_related("owner").filter(slug=slug).first()
        if channel is None:
            raise CommandError(f"--channel: there is no channel {slug!r}.")
        return channel

    def _user(self, username: str, channel: Channel) -> User:
        if not username:
            return channel.owner
        user = User.objects.filter(username__iexact=username, is_active=True).first()
        if user is None:
            raise CommandError(f"--user: there is no active user {username!r}.")
        try:
            changeable_channel_for(user, channel.slug)
        except (Http404, PermissionDenied) as error:
            raise CommandError(
                f"--user: {user.username} may not change the channel {channel.slug}. Name its owner or an admin."
            ) from error
        return user

    def _job(self, job_id: str) -> Job:
        try:
            return light().get(pk=UUID(job_id))
        except (ValueError, Job.DoesNotExist) as error:
            raise CommandError(f"There is no job {job_id!r}.") from error


def picture(job: Job) -> dict[str, Any]:
    """A job as the API answers it, with the whole address of each artifact."""
    whole = panel.as_api(job)
    return {**whole, "artifacts": [{**one, "address": f"{address()}{one['url']}"} for one in whole["artifacts"]]}


def read_inputs(text: str) -> dict[str, Any]:
    """JSON, or `@path` of a JSON file. Raises CommandError that says what is wrong."""
    try:
        content = Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
        value = json.loads(content)
    except OSError as error:
        raise CommandError(f"--inputs: {text[1:]} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise CommandError(f"--inputs: this is not JSON ({error}).") from error
    if not isinstance(value, dict):
        raise CommandError('--inputs: give a JSON object, e.g. {"script": "…"}.')
    return value


def address() -> str:
    """Where the studio of this machine answers."""
    return f"http://{settings.BIND}:{settings.PORT}"
