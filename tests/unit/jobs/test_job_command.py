"""`manage.py job …`: what is printed while a job is followed, who may ask, and how much a list shows."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from jobs.management.commands import job as job_command
from jobs.models import Job
from tests import factories
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> list[str]:
    """The lines that the command prints; a followed job that does not complete makes it exit with 1."""
    out = io.StringIO()
    try:
        call_command("job", *words, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        assert end.code == 1
    return out.getvalue().splitlines()


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what workers do each time the command pauses between two looks."""

    def do(*steps: Callable[[], Any]) -> None:
        waiting = iter(steps)
        monkeypatch.setattr(job_command.time, "sleep", lambda seconds: next(waiting)())

    return do


class TestFollow:
    def test_every_attempt_is_printed_even_when_several_passed_between_two_looks(
        self, engine: Engine, between: Callable[..., None]
    ) -> None:
        job = engine.submit("crash", say="so I said")
        between(lambda: [engine.run() for _ in range(4)])
        assert run("follow", str(job.pk)).count("so I said") == 4

    def test_a_pipeline_s_last_lines_before_the_next_stage_are_printed(
        self, engine: Engine, between: Callable[..., None]
    ) -> None:
        job = engine.relay()
        between(lambda: [engine.run(queue) for queue in ("pipeline", "ai", "render")])
        assert "the first runner starts" in run("follow", str(job.pk))

    def test_what_was_printed_is_not_printed_again(self, engine: Engine, between: Callable[..., None]) -> None:
        job = engine.submit("crash_once", say="hello")
        between(engine.run, lambda: None, engine.run)
        assert run("follow", str(job.pk)).count("hello") == 2

    def test_a_retry_is_followed_from_its_new_attempt_on(self, engine: Engine, between: Callable[..., None]) -> None:
        job = engine.submit("user_error", say="hello")
        engine.run()
        between(engine.run)
        assert run("retry", str(job.pk), "--follow").count("hello") == 1

    def test_json_ends_with_the_whole_picture(self, engine: Engine, between: Callable[..., None]) -> None:
        between(engine.run)
        words = ("--channel", "tidal", "--inputs", '{"order": "artifact"}', "--follow", "--json")
        lines = [json.loads(line) for line in run("submit", "drill", *words)]
        last = lines[-1]
        assert (last["state"], last["inputs"]["order"], len(last["attempts"])) == ("completed", "artifact", 1)
        (artifact,) = last["artifacts"]
        assert artifact["address"] == f"http://127.0.0.1:8000{artifact['url']}"
        assert {"attempt": 1, "n": 1, "text": "order: artifact"}.items() <= lines[1].items()


class TestWhoAsks:
    @pytest.mark.parametrize("name", ["cy", "ed"])
    def test_who_may_not_change_the_channel_submits_nothing(self, engine: Engine, name: str) -> None:
        factories.user("cy", Role.PREMIUM)
        factories.user("ed", Role.EDITOR, Role.PREMIUM)
        with pytest.raises(CommandError, match=f"--user: {name} may not change the channel tidal"):
            run("submit", "drill", "--channel", "tidal", "--inputs", '{"order": "ok"}', "--user", name)
        assert not Job.objects.exists()

    def test_nor_retries(self, engine: Engine) -> None:
        factories.stranger("cy")
        engine.submit("user_error")
        job = engine.run()
        with pytest.raises(CommandError, match="--user: cy"):
            run("retry", str(job.pk), "--user", "cy")

    def test_an_admin_may(self, engine: Engine) -> None:
        root = factories.admin()
        run("submit", "drill", "--channel", "tidal", "--inputs", '{"order": "ok"}', "--user", "root")
        assert Job.objects.get().user == root


class TestInputs:
    def test_an_input_that_does_not_exist_is_named(self, engine: Engine) -> None:
        with pytest.raises(CommandError, match=r"cuont: There is no such input. The inputs are: order, count"):
            run("submit", "drill", "--channel", "tidal", "--inputs", '{"order": "ok", "cuont": 3}')
        assert not Job.objects.exists()


class TestList:
    @pytest.fixture(autouse=True)
    def _five(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(job_command, "READ_AT_ONCE", 2)
        self.made = [str(engine.submit().pk) for _ in range(5)][::-1]

    @pytest.mark.parametrize(("words", "shown"), [(("--limit", "3"), 3), (("--all",), 5), ((), 5)])
    def test_as_many_as_asked_for_newest_first(self, words: tuple[str, ...], shown: int) -> None:
        lines = run("list", "--channel", "tidal", "--json", *words)
        assert [json.loads(line)["id"] for line in lines] == self.made[:shown]

    def test_a_limit_below_one_is_refused(self) -> None:
        with pytest.raises(CommandError, match="--limit"):
            run("list", "--channel", "tidal", "--limit", "0")
