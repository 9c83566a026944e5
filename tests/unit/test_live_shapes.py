"""What the live tests compare is noticed when it differs; whether they may run is nobody's accident."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from jobs.tools.sources import registry
from jobs.tools.web import xml
from tests.fakes import source_answers
from tests.fakes.source_world import source_world
from tests.live.shapes import Recorder, paths, searched, tags


def asked(slug: str) -> set[str]:
    with source_world() as world:
        source = registry.sources()[slug]
        return searched(Recorder(source, world.urls, "any", pace=lambda host, interval: 0.0), "harbour")


def test_paths_go_into_lists_and_leave_values_out() -> None:
    answer = {"a": [{"b": 1}, {"c": {"d": None}}], "e": []}
    assert paths(answer) == {"a", "a.b", "a.c", "a.c.d", "e"}
    assert tags(xml(b"<a><b/><b><c/></b></a>")) == {"a", "b", "c"}


def test_a_key_that_a_source_gives_no_more_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = asked("nasa")
    answer = source_answers.ANSWERS["nasa"]

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(inner) for key, inner in value.items() if key != "center"}
        return [without(inner) for inner in value] if isinstance(value, list) else value

    monkeypatch.setitem(source_answers.ANSWERS, "nasa", lambda *asked: without(answer(*asked)))
    gone = before - asked("nasa")
    assert gone and all(path.endswith("center") for path in gone)


def test_arxiv_which_speaks_xml_is_compared_too() -> None:
    assert any(tag.endswith("}entry") for tag in asked("arxiv"))


@pytest.mark.parametrize(("wanted", "count"), [("", 0), ("1", 15)])
def test_they_are_collected_only_where_they_are_asked_for(wanted: str, count: int) -> None:
    environment = {**os.environ, "LIVE_TESTS": wanted}
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "tests/live", "-p", "no:cacheprovider"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.stdout.count("::test_") == count
