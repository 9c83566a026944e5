"""A real studio and a real Chromium for the tests of this folder; both are started once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.visiting import RunningStudio, Visitor, running_browser, running_studio, sign_in
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import Reply, openai_server
from tests.fakes.source_world import SourceWorld, source_world
from tests.fakes.youtube_world import YouTubeWorld, youtube_world
from tests.servers import MissingProgram


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """A language model on this machine; a test says what it answers."""
    with openai_server(Reply("Twice a day.")) as server:
        yield server


@pytest.fixture(scope="session")
def made_up_youtube() -> Iterator[YouTubeWorld]:
    """A YouTube on this machine, whose pictures are here as well; a test may let something be wrong."""
    with youtube_world(channels=80, thumbnails="here") as world:
        yield world


@pytest.fixture(scope="session")
def world_of_sources() -> Iterator[SourceWorld]:
    """All sources of resources on this machine."""
    with source_world(apart=True) as world:
        yield world


@pytest.fixture(scope="session")
def live_studio(
    model_server: ModelServer, made_up_youtube: YouTubeWorld, world_of_sources: SourceWorld
) -> Iterator[RunningStudio]:
    """A studio with the demo channel, a model, and the made-up outside world, which also knows the kinds of tests."""
    with running_studio(
        JOB_KIND_PACKAGES="jobs.kinds,tests.kinds",
        OPENAI_BASE_URL=model_server.url,
        **made_up_youtube.environment,
        YOUTUBE_PICTURES=made_up_youtube.proxy,
        YOUTUBE_PER_SECOND="4",
        SOURCE_URLS=json.dumps({**world_of_sources.urls, "wikipedia": "", "arxiv": ""}),
        DOWNLOAD_ALLOW_HOSTS=",".join(world_of_sources.allowed),
        PEXELS_API_KEY="the-servers-own-key",
    ) as studio:
        yield studio


# Not for the session: while Playwright is open its event loop holds this thread, and asynchronous tests need their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    try:
        with running_browser() as browser:
            yield browser
    except MissingProgram as missing:
        pytest.skip(str(missing))


@pytest.fixture
def demo(browser: Browser, live_studio: RunningStudio) -> Iterator[Visitor]:
    """The premium demo user in a fresh browser context."""
    visitor = sign_in(browser, live_studio)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []
