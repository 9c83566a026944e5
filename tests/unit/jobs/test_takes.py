"""A person's own recording for a section: what is taken, what is refused, and what is heard afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from channels_app.forms import audio as forms
from channels_app.models import AudioSection, Channel, Take
from jobs import takes
from jobs.tools.audio import ffmpeg
from tests import factories

pytestmark = pytest.mark.django_db
SOUND = factories.wav(9600)
FORMATS = ("mp3", "m4a", "ogg", "flac", "webm")


@pytest.fixture
def section(channel: Channel) -> AudioSection:
    """A section that has been spoken once."""
    first, _ = factories.sections(factories.script(channel))
    factories.take(first)
    return first


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same second of sound in every format that the form promises."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "one.wav").write_bytes(factories.wav(48_000))
    made = [folder / f"one.{suffix}" for suffix in FORMATS]
    outputs = [part for path in made for part in ("-map", "0:a", f"file:{path}")]
    ffmpeg.call(["-y", "-i", f"file:{folder / 'one.wav'}", *outputs], time_limit=60)
    return {path.suffix[1:]: path.read_bytes() for path in made}


def send(user: User | None, section: AudioSection, content: bytes | None = SOUND, **names: str) -> Any:
    client = Client()
    if user:
        client.force_login(user)
    slug = names.get("slug", "tidal")
    upload = SimpleUploadedFile(names.get("name", "take.wav"), content) if content is not None else ""
    return client.post(reverse("take-upload", args=[slug, section.pk]), {"sound": upload})


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def heard(section: AudioSection) -> Take:
    return Take.objects.get(section=section, chosen=True)


@pytest.mark.ffmpeg
class TestTaken:
    def test_a_recording_is_kept_beside_the_spoken_take_and_chosen(self, ana: User, section: AudioSection) -> None:
        answer = send(ana, section)
        assert answer.headers["Location"] == reverse("audio-room", args=["tidal", section.project.script_id])
        assert "Your recording is chosen" in told(answer)
        take = heard(section)
        assert (take.source, take.frames, take.sample_rate) == (Take.Source.UPLOADED, 9600, ffmpeg.RATE)
        assert section.takes.count() == 2
        assert ffmpeg.frames_of(Path(default_storage.path(take.sound))) == 9600

    def test_its_words_are_found_in_it(self, ana: User, section: AudioSection) -> None:
        send(ana, section, factories.wav(96_000))
        words = heard(section).words
        assert [word["text"] for word in words] == ["The", "sea", "rises", "twice", "a", "day."]
        assert all(0 <= word["start"] <= word["end"] <= 2 for word in words)

    @pytest.mark.parametrize("suffix", FORMATS)
    def test_it_may_have_any_of_the_promised_formats_and_any_name(
        self, ana: User, section: AudioSection, sounds: dict[str, bytes], suffix: str
    ) -> None:
        send(ana, section, sounds[suffix], name="../pass wd;.exe")
        take = heard(section)
        assert take.source == Take.Source.UPLOADED
        assert take.frames == pytest.approx(48_000, rel=0.1)

    def test_the_spoken_take_can_be_chosen_again(self, ana: User, section: AudioSection) -> None:
        spoken = heard(section)
        send(ana, section)
        client = Client()
        client.force_login(ana)
        client.post(reverse("take-choose", args=["tidal", spoken.pk]))
        assert heard(section) == spoken
        assert section.takes.count() == 2

    def test_nothing_is_left_in_the_work_folder(self, ana: User, section: AudioSection, settings: Any) -> None:
        send(ana, section)
        send(ana, section, b"ID3\x04" + b"\x00" * 300)
        assert [path for path in Path(settings.WORK_DIR).rglob("*") if path.is_file()] == []


class TestRefused:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (None, "This field is required."),
            (b"", "The submitted file is empty."),
            (b"\x89PNG\r\n\x1a\n" + b"\x00" * 300, "this is no sound file"),
            pytest.param(b"ID3\x04" + b"\x00" * 300, ffmpeg.UNREADABLE, marks=pytest.mark.ffmpeg),
            pytest.param(factories.wav(0), "zero seconds long", marks=pytest.mark.ffmpeg),
        ],
        ids=["nothing", "empty", "image", "broken mp3", "silence of no length"],
    )
    def test_what_is_no_sound_says_so_and_changes_nothing(
        self, ana: User, section: AudioSection, content: bytes | None, reason: str
    ) -> None:
        before = heard(section)
        answer = send(ana, section, content)
        assert answer.status_code == 302
        assert reason in told(answer)
        assert list(Take.objects.all()) == [before]

    def test_what_is_too_large_says_how_large_it_may_be(
        self, ana: User, section: AudioSection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forms, "SOUND_BYTES", len(SOUND) - 1)
        assert "larger than 50 MB" in told(send(ana, section))
        assert section.takes.count() == 1

    def test_the_storage_limit_is_the_owners_whoever_uploads(self, ana: User, section: AudioSection) -> None:
        ana.storage_limit_bytes = 1
        ana.save()
        assert "Your storage limit is reached" in told(send(factories.admin(), section))
        assert section.takes.count() == 1

    @pytest.mark.ffmpeg
    def test_a_section_that_goes_while_its_recording_is_read_is_404(
        self, ana: User, section: AudioSection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep = takes.keep_upload

        def keep_late(section: AudioSection, upload: Any) -> None:
            AudioSection.objects.filter(pk=section.pk).delete()
            keep(section, upload)

        monkeypatch.setattr(takes, "keep_upload", keep_late)
        assert send(ana, section).status_code == 404


class TestAccess:
    @pytest.mark.ffmpeg
    @pytest.mark.parametrize(
        ("who", "status", "kept"),
        [
            (lambda: None, 302, 1),
            (factories.stranger, 404, 1),
            (factories.editor, 403, 1),
            (factories.admin, 302, 2),
        ],
        ids=["nobody", "stranger", "editor", "admin"],
    )
    def test_only_who_may_change_the_channel_uploads(
        self, section: AudioSection, who: Any, status: int, kept: int
    ) -> None:
        answer = send(who(), section)
        assert answer.status_code == status
        assert section.takes.count() == kept

    @pytest.mark.ffmpeg
    def test_a_standard_owner_needs_no_premium(self, section: AudioSection) -> None:
        sam = factories.user("sam")
        Channel.objects.update(owner=sam)
        send(sam, section)
        assert heard(section).source == Take.Source.UPLOADED

    def test_a_section_is_reached_through_its_own_channel_only(self, ana: User, section: AudioSection) -> None:
        factories.channel(ana, "reef")
        assert send(ana, section, slug="reef").status_code == 404
        assert send(ana, AudioSection(pk=uuid4())).status_code == 404

    def test_a_script_in_the_bin_takes_none(self, ana: User, section: AudioSection) -> None:
        script = section.project.script
        script.deleted_at = timezone.now()
        script.save()
        assert send(ana, section).status_code == 404
        assert section.takes.count() == 1
