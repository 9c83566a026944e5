"""What may be done to a channel and its content."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from channels_app import actions, queries, quota
from channels_app.actions import SectionText
from channels_app.models import AudioProject, AudioSection, Channel, Note, Script, Take
from channels_app.models.audio import USUAL_PAUSE_MS
from channels_app.niches import USUAL_RPM, Niche
from jobs import actions as jobs
from tests import factories
from tests.unit.channels_app.conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
State = AudioSection.State


class TestCreateChannel:
    def test_takes_its_address_from_its_name(self, ana: User) -> None:
        assert actions.create_channel(ana, name="Tidal Pools!").slug == "tidal-pools"

    def test_finds_another_address_when_that_is_taken(self, ana: User) -> None:
        slugs = [actions.create_channel(ana, name="Tidal").slug for _ in range(3)]
        assert slugs == ["tidal", "tidal-2", "tidal-3"]

    def test_never_takes_an_address_that_means_something_else(self, ana: User) -> None:
        assert actions.create_channel(ana, name="New").slug == "new-2"
        with pytest.raises(ValidationError) as refusal:
            actions.create_channel(ana, name="New", slug="new")
        assert list(refusal.value.message_dict) == ["slug"]

    def test_gives_one_to_a_name_without_latin_letters(self, ana: User) -> None:
        slug = actions.create_channel(ana, name="潮汐").slug
        assert slug.startswith("channel-")
        assert len(slug) > len("channel-")

    def test_refuses_an_address_that_is_taken(self, ana: User) -> None:
        factories.channel(ana, "tidal")
        with pytest.raises(ValidationError) as refusal:
            actions.create_channel(ana, name="Other", slug="tidal")
        assert refusal.value.message_dict == {"slug": ["Address: “tidal” is taken. Choose another."]}

    def test_takes_the_usual_rpm_of_its_niche(self, ana: User) -> None:
        assert actions.create_channel(ana, name="Money", niche=Niche.FINANCE).rpm == USUAL_RPM[Niche.FINANCE]

    def test_refuses_a_custom_niche_without_a_name(self, ana: User) -> None:
        with pytest.raises(ValidationError) as refusal:
            actions.create_channel(ana, name="Odd", niche=Niche.CUSTOM)
        assert "custom_niche" in refusal.value.message_dict
        assert not Channel.objects.exists()


class TestConstraints:
    """The database repeats what must never be."""

    @pytest.mark.parametrize(
        "change",
        [{"voice_speed": 0.1}, {"voice_speed": 2.5}, {"rpm": -1}, {"niche": "custom", "custom_niche": ""}],
        ids=str,
    )
    def test_of_a_channel(self, channel: Channel, change: dict[str, object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Channel.objects.filter(pk=channel.pk).update(**change)

    def test_two_chosen_takes(self, world: World) -> None:
        other = factories.take(world.section, choose=False, content=factories.wav(level=2))
        with pytest.raises(IntegrityError), transaction.atomic():
            Take.objects.filter(pk=other.pk).update(chosen=True)

    def test_two_takes_of_one_delivery(self, world: World) -> None:
        job = uuid4()
        factories.take(world.section, made_by_job=job, job_position=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.take(world.section, made_by_job=job, job_position=1)

    def test_a_job_without_position(self, world: World) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.take(world.section, made_by_job=uuid4())

    @pytest.mark.parametrize("field", ["frames", "sample_rate", "size"])
    def test_a_take_without_sound(self, world: World, field: str) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Take.objects.filter(pk=world.take.pk).update(**{field: 0})

    def test_a_pause_that_is_too_long(self, world: World) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            AudioSection.objects.filter(pk=world.section.pk).update(pause_ms=30_001)

    def test_two_sections_in_one_place(self, world: World) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            AudioSection.objects.create(project=world.project, position=0, text="x", content_hash="x")


def texts(*lines: str) -> list[SectionText]:
    return [SectionText("", "", line) for line in lines]


class TestSections:
    @pytest.fixture
    def project(self, channel: Channel) -> AudioProject:
        """A, B and C, each with a take that is chosen, and a pause of its own."""
        project = actions.audio_project_for(factories.script(channel))
        for number, section in enumerate(actions.sync_sections(project, texts("A", "B", "C"))):
            factories.take(section, content=factories.wav(level=number + 1))
            actions.set_pause(section, 100 * (number + 1))
        return project

    def shown(self, project: AudioProject) -> list[tuple[str, State, int]]:
        sections = queries.sections_of(project)
        assert [section.position for section in sections] == list(range(len(sections)))
        return [(section.text, section.state, section.pause_ms) for section in sections]

    def test_the_same_text_changes_nothing(self, project: AudioProject) -> None:
        before = list(Take.objects.order_by("pk").values())
        actions.sync_sections(project, texts("A", "B", "C"))
        assert list(Take.objects.order_by("pk").values()) == before

    def test_one_that_moves_keeps_its_take_and_pause(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("C", "A", "B"))
        assert self.shown(project) == [("C", State.READY, 300), ("A", State.READY, 100), ("B", State.READY, 200)]

    def test_one_that_is_edited_keeps_its_takes_but_none_is_chosen(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("A", "B, edited", "C"))
        assert self.shown(project) == [
            ("A", State.READY, 100),
            ("B, edited", State.CHANGED, 200),
            ("C", State.READY, 300),
        ]

    def test_an_edit_that_is_taken_back_brings_its_take_back(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("A", "B, edited", "C"))
        actions.sync_sections(project, texts("A", "B", "C"))
        assert self.shown(project)[1] == ("B", State.READY, 200)

    def test_one_that_is_new_pushes_the_others_along(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("New", "A", "B", "C"))
        assert self.shown(project) == [
            ("New", State.UNSPOKEN, USUAL_PAUSE_MS),
            ("A", State.READY, 100),
            ("B", State.READY, 200),
            ("C", State.READY, 300),
        ]

    def test_an_edit_beside_a_new_one_is_still_known(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("New", "A", "B", "C, edited"))
        assert self.shown(project)[3] == ("C, edited", State.CHANGED, 300)

    def test_the_first_of_all_is_known_when_it_is_edited(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("A, edited", "B", "C"))
        assert self.shown(project)[0] == ("A, edited", State.CHANGED, 100)

    def test_one_that_is_gone_goes_with_its_takes(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("A", "C"))
        assert self.shown(project) == [("A", State.READY, 100), ("C", State.READY, 300)]
        assert Take.objects.count() == 2

    def test_repeated_words_keep_a_take_each(self, project: AudioProject) -> None:
        actions.sync_sections(project, texts("A", "A", "B"))
        assert [state for _, state, _ in self.shown(project)].count(State.READY) == 2

    def test_a_change_of_speaker_is_a_change(self, project: AudioProject) -> None:
        actions.sync_sections(project, [SectionText("", "Mara", "A"), *texts("B", "C")])
        assert self.shown(project)[0] == ("A", State.CHANGED, 100)

    def test_a_new_heading_is_not(self, project: AudioProject) -> None:
        actions.sync_sections(project, [SectionText("Beginning", "", "A"), *texts("B", "C")])
        assert queries.sections_of(project)[0].heading == "Beginning"
        assert self.shown(project)[0] == ("A", State.READY, 100)

    def test_a_pause_that_a_person_sets_meanwhile_stays(self, project: AudioProject) -> None:
        stale = queries.sections_of(project)
        actions.set_pause(AudioSection.objects.get(pk=stale[0].pk), 777)
        actions.sync_sections(project, texts("B", "A", "C"))
        assert self.shown(project)[1] == ("A", State.READY, 777)

    def test_nothing_left_to_speak(self, project: AudioProject) -> None:
        assert actions.sync_sections(project, []) == []
        assert not Take.objects.exists()

    def test_it_is_known_whether_they_are_those_of_the_text(self, project: AudioProject) -> None:
        assert AudioProject.objects.get().is_up_to_date
        script = Script.objects.get()
        script.body = "Something else"
        script.save()
        assert not AudioProject.objects.get().is_up_to_date

    def test_a_project_is_made_once(self, project: AudioProject) -> None:
        assert actions.audio_project_for(Script.objects.get()) == project


class TestTakes:
    def test_a_new_take_is_the_chosen_one(self, world: World) -> None:
        new = factories.take(world.section, content=factories.wav(level=2))
        assert list(world.section.takes.filter(chosen=True)) == [new]

    def test_unless_it_is_not_to_be(self, world: World) -> None:
        factories.take(world.section, choose=False, content=factories.wav(level=2))
        assert list(world.section.takes.filter(chosen=True)) == [world.take]

    def test_a_take_for_words_that_have_changed_meanwhile_is_kept_but_not_chosen(self, world: World) -> None:
        stale = AudioSection.objects.get(pk=world.section.pk)
        actions.sync_sections(world.project, texts("Edited meanwhile.", "The Moon pulls on everything."))
        late = factories.take(stale, content=factories.wav(level=2))
        assert not late.chosen
        assert AudioSection.objects.get(pk=world.section.pk).state == State.CHANGED

    def test_a_take_for_a_section_that_is_gone_is_refused(self, world: World) -> None:
        actions.sync_sections(world.project, [])
        with pytest.raises(AudioSection.DoesNotExist):
            factories.take(world.section)

    def test_choosing_gives_up_the_other(self, world: World) -> None:
        factories.take(world.section, content=factories.wav(level=2))
        actions.choose_take(world.take)
        assert list(world.section.takes.filter(chosen=True)) == [world.take]

    @pytest.mark.parametrize("pause", [-1, 30_001])
    def test_a_pause_out_of_bounds_is_refused(self, world: World, pause: int) -> None:
        with pytest.raises(ValidationError):
            actions.set_pause(world.section, pause)

    def test_storage_counts_a_shared_file_once(self, world: World, ana: User) -> None:
        assert quota.used(ana) == world.take.size
        factories.take(world.section)
        assert quota.used(ana) == world.take.size
        factories.take(world.section, content=factories.wav(960))
        assert quota.used(ana) == world.take.size + len(factories.wav(960))
        assert quota.used(factories.stranger()) == 0

    def test_sounds_in_use_are_named_even_from_the_bin(self, world: World) -> None:
        actions.bin_row(world.script)
        assert queries.files_in_use() == {world.take.sound}


class TestBin:
    def test_what_is_binned_is_out_of_sight_and_comes_back(self, world: World) -> None:
        for row in (world.note, world.script):
            model = type(row)
            actions.bin_row(row)
            assert not model.objects.exists()
            assert model.with_binned.get() == row
            actions.restore_row(row)
            assert model.objects.get() == row

    def test_a_channel_goes_with_what_is_in_its_bin(self, world: World) -> None:
        actions.bin_row(world.script)
        actions.delete_channel(world.channel)
        assert not Script.with_binned.exists()
        assert not Take.objects.exists()

    def test_only_what_has_lain_there_long_is_purged(self, world: World) -> None:
        actions.bin_row(world.note)
        actions.bin_row(world.script)
        Note.with_binned.update(deleted_at=timezone.now() - timedelta(days=31))
        assert actions.purge_binned(timezone.now() - timedelta(days=30)) == 1
        assert not Note.with_binned.exists()
        assert Script.with_binned.exists()


class TestWhileAJobIsAtWork:
    @pytest.fixture
    def busy(self, world: World) -> World:
        """A job of the channel waits; its inputs name the script."""
        jobs.submit(world.channel, world.ana, "drill", {"order": "ok", "subject": str(world.script.pk)})
        return world

    def test_neither_script_nor_audio_nor_channel_can_be_deleted(self, busy: World) -> None:
        for delete in (
            lambda: actions.bin_row(busy.script),
            lambda: actions.delete_audio_project(busy.project),
            lambda: actions.delete_channel(busy.channel),
        ):
            with pytest.raises(ProtectedError, match="a job is still at work"), transaction.atomic():
                delete()
        assert Script.objects.exists()
        assert Take.objects.exists()

    def test_what_no_job_names_can_be(self, busy: World) -> None:
        actions.bin_row(busy.note)
        assert not Note.objects.exists()

    def test_a_purge_leaves_it_for_the_next_time(self, busy: World) -> None:
        Script.objects.update(deleted_at=timezone.now() - timedelta(days=31))
        assert actions.purge_binned(timezone.now()) == 0
        assert Script.with_binned.exists()


def test_words_are_counted_whenever_the_body_is_written(channel: Channel) -> None:
    script = factories.script(channel, body="one two three")
    assert script.words == 3
    script.body = "one"
    script.save(update_fields=["body"])
    assert Script.objects.get().words == 1
    Script.objects.update_or_create(pk=script.pk, defaults={"body": "one two"})
    assert Script.objects.get().words == 2
