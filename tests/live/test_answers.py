"""One question to each source and to YouTube: whatever our made-up answers hold, the real ones hold too.

A key that is only in ours is one that an adapter may read in vain. Sources whose key is not in the environment are
skipped. Each is asked with its own pause, as the studio does.
"""

from __future__ import annotations

import pytest
from django.conf import settings

from jobs.tools.sources import registry
from jobs.tools.youtube.door import YouTube
from tests.fakes.source_world import source_world
from tests.fakes.youtube_world import youtube_world
from tests.live.shapes import Recorder, said, searched

QUESTION = "harbour"
VIDEOS = 20


@pytest.mark.parametrize("slug", sorted(registry.sources()))
def test_a_source_answers_as_our_world_does(slug: str) -> None:
    source = registry.sources()[slug]
    key = settings.SERVER_KEYS.get(source.key) or "" if source.key else ""
    if source.key and not key:
        pytest.skip(f"{source.label} wants a key, and the environment has none.")
    if not (settings.SOURCE_URLS.get(slug) or source.addresses[slug]):
        pytest.skip(source.off)
    real = searched(Recorder(source, settings.SOURCE_URLS, key, settings.OPERATOR_CONTACT), QUESTION)
    with source_world() as world:
        ours = searched(Recorder(source, world.urls, "any", pace=lambda host, interval: 0.0), QUESTION)
    assert not sorted(ours - real), f"{source.label} does not (any more) say what our made-up answers say"


def test_youtube_answers_as_our_world_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(options: dict[str, object]) -> set[str]:
        with YouTube(options, check=lambda: None) as door:
            return said([video for video, _ in zip(door.search("tides"), range(VIDEOS), strict=False)])

    real = ask(settings.YTDLP_OPTIONS)
    with youtube_world() as world:
        monkeypatch.setenv("SSL_CERT_FILE", str(world.ca_file))
        ours = ask(world.options)
    assert not sorted(ours - real), "YouTube does not (any more) say what our made-up answers say"
