"""What yt-dlp says, as records."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobs.tools.youtube import feed, reading
from jobs.tools.youtube.records import Captions
from tests.unit.tools.youtube.test_walker import CHANNEL, NOW

ENTRY = {
    "ie_key": "Youtube",
    "id": "abcdefghijk",
    "title": "Tides",
    "url": "https://www.youtube.com/watch?v=abcdefghijk",
}


def track(name: str) -> list[dict[str, str]]:
    return [{"ext": "vtt", "url": f"{name}.vtt"}, {"ext": "json3", "url": name}]


@pytest.mark.parametrize(
    "entry", [None, {}, {"ie_key": "YoutubeTab", "id": "UC"}, {**ENTRY, "title": None}, {**ENTRY, "id": ""}]
)
def test_other_entries_are_no_videos(entry: dict[str, Any] | None) -> None:
    assert reading.listed(entry) is None


def test_a_bare_entry_is_a_video() -> None:
    video = reading.listed(ENTRY)
    assert video
    assert (video.format, video.views, video.seconds, video.published, video.channel_id) == (
        "long",
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"live_status": "is_live"}, "live"),
        ({"live_status": "is_upcoming"}, "live"),
        ({"live_status": "was_live"}, "live"),
        ({"url": "https://www.youtube.com/shorts/abcdefghijk"}, "short"),
        ({"live_status": "not_live"}, "long"),
    ],
)
def test_formats(more: dict[str, str], expected: str) -> None:
    video = reading.listed({**ENTRY, **more})
    assert video
    assert video.format == expected


@pytest.mark.parametrize(
    ("written", "made", "wanted", "address"),
    [
        ({"en": "A"}, {"en": "B"}, "en", "A"),
        ({"de": "A"}, {"en-orig": "B", "en": "C", "de": "D"}, "en", "B"),
        ({"en-GB": "A"}, {}, "en", "A"),
        ({"fr": "A"}, {"ja-orig": "B", "en": "C", "de": "D"}, "en", "A"),
        ({}, {"ja-orig": "B", "en": "C", "de": "D"}, "en", "B"),
        ({}, {"en": "C"}, "pt-BR", "C"),
        ({"live_chat": "A"}, {}, "en", None),
        ({}, {}, "en", None),
    ],
)
def test_the_best_captions(written: dict[str, str], made: dict[str, str], wanted: str, address: str | None) -> None:
    """Written by people before made, and never what a machine translated."""
    info = {
        "subtitles": {code: track(name) for code, name in written.items()},
        "automatic_captions": {code: track(name) for code, name in made.items()},
    }
    assert reading.captions_address(info, wanted) == address


def test_captions_are_named_once() -> None:
    info = {**ENTRY, "subtitles": {"en": [], "live_chat": []}, "automatic_captions": {"en-orig": [], "en": []}}
    assert reading.details(info).captions == (Captions(language="en"), Captions(language="en", is_made=True))


def test_lines_of_captions() -> None:
    body = {
        "events": [
            {"tStartMs": 0, "dDurationMs": 5, "segs": [{"utf8": "\n"}]},
            {"tStartMs": 1500, "dDurationMs": 2000, "segs": [{"utf8": "Tides "}, {"utf8": "rise.\n"}, {}]},
            {"tStartMs": 4000, "segs": [{"utf8": "And fall."}]},
            {"id": 1},
        ]
    }
    lines = reading.transcript(json.dumps(body).encode())
    assert [(line.start, line.seconds, line.text) for line in lines] == [
        (1.5, 2.0, "Tides rise."),
        (4.0, 0.0, "And fall."),
    ]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"x"'])
def test_what_is_no_captions(body: bytes) -> None:
    with pytest.raises(ValueError):
        reading.transcript(body)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'<!DOCTYPE x [<!ENTITY a "b">]><feed/>', b"\xff\xfe", b'{"items": []}']
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(ValueError):
        feed.channel(body, CHANNEL.id, NOW)


def test_a_feed_with_little_in_it() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"><title>N</title>'
        b"<entry><yt:videoId>abcdefghijk</yt:videoId></entry><entry><title>none</title></entry></feed>"
    )
    facts = feed.channel(body, CHANNEL.id, NOW)
    (video,) = facts.recent
    assert (facts.title, video.id, video.views, video.published) == ("N", "abcdefghijk", None, None)
    assert video.channel == "N"
