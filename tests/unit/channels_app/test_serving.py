"""Files are served as players ask for them, and never as a page of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from channels_app import serving
from channels_app.serving import serve_file

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def name() -> str:
    """A stored file of 1024 bytes."""
    return default_storage.save("files/one", ContentFile(CONTENT))


def get(name: str, media_type: str = "audio/wav", *, inline: bool = True, method: str = "get", **headers: str) -> Any:
    request = getattr(RequestFactory(), method)("/sound", headers=headers)
    return serve_file(request, name, media_type, "sound.wav", inline=inline)


def content(answer: HttpResponseBase) -> bytes:
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return getattr(answer, "content", b"")


def test_the_whole_file(name: str) -> None:
    answer = get(name)
    assert (answer.status_code, content(answer)) == (200, CONTENT)
    assert answer.headers["Content-Length"] == "1024"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "audio/wav"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, 1024),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=1000-99999", 1000, 1024),
        ("bytes=-24", 1000, 1024),
        ("bytes=-99999", 0, 1024),
    ],
)
def test_one_range(name: str, asked: str, start: int, end: int) -> None:
    answer = get(name, range=asked)
    assert (answer.status_code, content(answer)) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/1024"
    assert answer.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9999-10000", "bytes=-0"])
def test_a_range_outside_the_file(name: str, asked: str) -> None:
    answer = get(name, range=asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=-", "bytes=5-2", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 5000 + "-", "bytes=٣-"],
)
def test_anything_else_gets_the_whole_file(name: str, asked: str) -> None:
    request = RequestFactory().get("/sound", HTTP_RANGE=asked)
    assert content(serve_file(request, name, "audio/wav", "sound.wav")) == CONTENT


def test_a_range_of_a_file_that_has_changed_gets_the_whole_file(name: str) -> None:
    known = get(name)
    assert get(name, range="bytes=0-9", **{"if-range": known.headers["ETag"]}).status_code == 206
    assert get(name, range="bytes=0-9", **{"if-range": known.headers["Last-Modified"]}).status_code == 206
    assert get(name, range="bytes=0-9", **{"if-range": '"other"'}).status_code == 200


def test_a_file_that_is_known_is_not_sent_again(name: str) -> None:
    etag = get(name).headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = get(name, **{"if-none-match": known})
        assert (answer.status_code, content(answer)) == (304, b""), known
    assert get(name, **{"if-none-match": '"other"'}).status_code == 200


def test_head_tells_all_but_the_content(name: str) -> None:
    answer = get(name, method="head")
    assert (answer.status_code, content(answer), answer.headers["Content-Length"]) == (200, b"", "1024")
    part = get(name, method="head", range="bytes=0-9")
    assert (part.status_code, part.headers["Content-Length"]) == (206, "10")


def test_nothing_of_it_runs_in_the_browser(name: str) -> None:
    for status, answer in (
        (200, get(name)),
        (206, get(name, range="bytes=0-1")),
        (416, get(name, range="bytes=2000-")),
    ):
        assert answer.status_code == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [
        ("audio/wav", True),
        ("video/mp4", True),
        ("image/png", True),
        ("text/plain; charset=utf-8", True),
        ("image/svg+xml", False),
        ("Image/SVG+XML; charset=utf-8", False),
        ("text/html", False),
        ("application/xhtml+xml", False),
        ("text/javascript", False),
        ("application/octet-stream", False),
    ],
)
def test_what_browsers_run_is_only_for_saving(name: str, media_type: str, shown: bool) -> None:
    disposition = get(name, media_type).headers["Content-Disposition"]
    assert disposition.startswith("inline" if shown else "attachment")


def test_saving_is_offered_when_asked(name: str) -> None:
    assert get(name, inline=False).headers["Content-Disposition"] == 'attachment; filename="sound.wav"'


def test_a_file_that_is_gone_is_not_found() -> None:
    with pytest.raises(Http404, match="no longer here"):
        get("files/none")


def test_an_empty_file() -> None:
    name = default_storage.save("files/empty", ContentFile(b""))
    assert content(get(name)) == b""
    assert get(name, range="bytes=0-").status_code == 416


class CountingFile(ContentFile):  # type: ignore[type-arg]
    """Counts those that are open."""

    open_now = 0

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        type(self).open_now += 1

    def close(self) -> None:
        type(self).open_now -= 1


async def test_under_asgi_it_comes_piece_by_piece(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CHUNK", 100)
    answer = serve_file(AsyncRequestFactory().get("/sound"), name, "audio/wav", "sound.wav")
    assert isinstance(answer, StreamingHttpResponse)
    assert answer.is_async
    parts = [part async for part in answer]
    assert b"".join(parts) == CONTENT
    assert len(parts) == 11


async def test_a_listener_who_leaves_does_not_keep_the_file_open(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CHUNK", 100)
    monkeypatch.setattr(default_storage._wrapped, "open", lambda name: CountingFile(CONTENT))  # type: ignore[attr-defined]
    sound = serving.pieces_async(name, serving.Span(0, 1024, partial=False))
    assert await anext(sound) == CONTENT[:100]
    assert CountingFile.open_now == 1
    await sound.aclose()
    assert CountingFile.open_now == 0
