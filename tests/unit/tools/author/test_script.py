"""Scripts by the offline author: whole, cited, of the length asked for, looping, and nothing invented."""

from __future__ import annotations

import re

import pytest

from craftstudio import demo
from jobs.tools.author import phrases, script
from jobs.tools.author.beats import citation, comment
from jobs.tools.author.script import CannotDo, assemble, revise
from jobs.tools.author.sources import Source, TooThin, all_sentences, usable
from jobs.tools.text import prose, screenplay

NOTES = [Source(str(at), one.title, one.text, one.url) for at, one in enumerate(reversed(demo.notes()))]
CITED = re.compile(r"<!-- source: (.+?)(?:, (https?://\S+))? -->")


def made(topic: str = "tides", words: int = 150, *, loops: bool = True, notes: list[Source] = NOTES) -> str:
    return "".join(assemble(topic, notes, words=words, loops=loops))


def changed(body: str, instruction: str, words: int = 150, notes: list[Source] = NOTES) -> str:
    return "".join(revise(body, instruction, notes, words=words))


def spoken(body: str) -> list[str]:
    return [" ".join(sentence.text.split()) for sentence in prose.sentences(body)]


@pytest.mark.parametrize("topic", ["tides", "Fresnel lens", "longitude", ""])
@pytest.mark.parametrize(("words", "loops"), [(150, True), (1500, False), (60, True)])
def test_every_sentence_is_one_of_the_notes_and_its_citation_resolves(topic: str, words: int, loops: bool) -> None:
    body = made(topic, words, loops=loops)
    known = {text: one for one in NOTES for text in all_sentences(one)}
    assert spoken(body)
    assert set(spoken(body)) <= set(known)
    # Under each paragraph stands the note that its sentences are from.
    blocks = [block for block in body.split("\n\n") if "<!-- source:" in block]
    assert sum(len(spoken(block)) for block in blocks) == len(spoken(body))
    for block in blocks:
        cited = CITED.search(block)
        assert cited
        assert {(known[text].title, known[text].url) for text in spoken(block)} == {(cited[1], cited[2])}


def test_it_says_first_what_made_it_and_is_silent_about_it() -> None:
    body = made()
    assert body.startswith(f"<!-- {phrases.ASSEMBLED} -->\n")
    said = " ".join(section.text for section in screenplay.sections(body))
    assert "offline author" not in said
    assert "source:" not in said


@pytest.mark.parametrize("words", [60, 100, 150])
def test_it_is_about_as_long_as_asked(words: int) -> None:
    assert 0.8 * words <= screenplay.spoken_words(made(words=words)) <= 1.1 * words


def test_a_short_leads_back_into_its_beginning() -> None:
    for topic in ("tides", "Fresnel lens", "longitude"):
        sections = screenplay.sections(made(topic))
        assert (sections[0].heading, sections[-1].heading) == (phrases.HOOK, phrases.LOOP)
        # In the note the first sentence follows the last one: heard again, it goes on as it was written.
        written = [text for one in NOTES for text in all_sentences(one)]
        assert written.index(sections[0].text) == written.index(sections[-1].text) + 1


def test_a_long_one_has_a_section_for_each_note_and_follows_the_hook_up() -> None:
    headings = [section.heading for section in screenplay.sections(made("", 1500, loops=False))]
    assert (headings[0], headings[-1]) == (phrases.HOOK, phrases.CLOSING)
    assert len(set(headings)) == len(headings) >= 10


def test_it_is_shorter_rather_than_about_something_else_and_says_so() -> None:
    body = made("tides", 1500, loops=False)
    assert re.search(r"<!-- Your notes about this fill \d+ of 1500 words\. Add notes", body)
    assert "Harrison" not in body


def test_no_sentence_is_said_twice() -> None:
    for words, loops in ((150, True), (1500, False)):
        said = spoken(made("", words, loops=loops))
        assert len(said) == len(set(said))


def test_what_leans_follows_what_it_leans_on() -> None:
    found = {one.text: one for one in usable(NOTES)}
    ordered = usable(NOTES)
    for topic in ("tides", "longitude", ""):
        said = spoken(made(topic, 1500, loops=False))
        for at, text in enumerate(said):
            before = found[text].leans_on
            assert before is None or said[at - 1] == ordered[before].text


def test_the_same_is_made_every_time() -> None:
    assert made() == made()


def test_thin_notes_are_refused() -> None:
    with pytest.raises(TooThin):
        made(notes=[])


@pytest.mark.parametrize("topic", ["octopus", "How to bake sourdough"])
def test_a_topic_the_notes_do_not_speak_about_is_refused(topic: str) -> None:
    with pytest.raises(CannotDo, match="never invents"):
        made(topic)


@pytest.mark.parametrize("title", ["--> spoken <!--", "--------->", "a\nb", "<script>"])
def test_a_title_cannot_break_out_of_its_comment(title: str) -> None:
    told = citation(Source("1", title, "", ""))
    assert screenplay.sections(f"{told}\n") == []
    assert told.count("-->") == 1
    assert "\n" not in told
    assert comment(title) == comment(title)


class TestRevise:
    def test_shorter_keeps_the_ends_and_invents_nothing(self) -> None:
        body = made()
        for asked, most in (("make it shorter", 105), ("Shorten this, please", 105), ("at most 90 words", 90)):
            shorter = changed(body, asked)
            assert screenplay.spoken_words(shorter) <= most
            assert set(spoken(shorter)) < set(spoken(body))
            assert (spoken(shorter)[0], spoken(shorter)[-1]) == (spoken(body)[0], spoken(body)[-1])
            # No citation without a sentence, no heading over nothing.
            assert len(CITED.findall(shorter)) == len([b for b in shorter.split("\n\n") if spoken(b)])
            assert len(re.findall(r"^###", shorter, re.M)) == len(screenplay.sections(shorter))

    def test_shorter_works_on_what_a_person_wrote(self) -> None:
        body = demo.SCRIPT
        shorter = changed(body, "under 80 words")
        assert screenplay.spoken_words(shorter) <= 80
        assert set(spoken(shorter)) < set(spoken(body))
        assert "*(a quiet harbour at dawn)*" in shorter

    def test_a_speaker_who_says_nothing_any_more_goes(self) -> None:
        body = "\n\n".join(f"**Mara:** The sea of harbour {at} rises {at} metres." for at in range(8)) + "\n"
        shorter = changed(body, "at most 30 words")
        assert all(section.text for section in screenplay.sections(shorter))
        assert not re.search(r"\*\*Mara:\*\*\s*$", shorter, re.M)

    def test_too_short_to_keep_its_ends_is_refused(self) -> None:
        with pytest.raises(CannotDo, match="first and last sentence"):
            changed(made(), "at most 3 words")

    @pytest.mark.parametrize("asked", ["longer", "Expand it with more facts", "300 words"])
    def test_longer_adds_cited_sentences_before_the_end(self, asked: str) -> None:
        body = made()
        longer = changed(body, asked, words=300)
        assert screenplay.spoken_words(longer) > screenplay.spoken_words(body)
        added = [text for text in spoken(longer) if text not in spoken(body)]
        assert set(added) <= {text for one in NOTES for text in all_sentences(one)}
        assert screenplay.sections(longer)[-1].heading == phrases.LOOP

    def test_a_section_is_added_from_the_notes(self) -> None:
        longer = changed(made("longitude"), "Add a section about spring tides.")
        section = next(one for one in screenplay.sections(longer) if one.heading == "Spring tides")
        assert "Spring tides have nothing to do with the season." in section.text
        assert screenplay.sections(longer)[-1].heading == phrases.LOOP

    def test_a_section_about_what_no_note_says_is_refused(self) -> None:
        with pytest.raises(CannotDo, match="nothing about “octopuses”"):
            changed(made(), "add a section about octopuses")

    @pytest.mark.parametrize("asked", ["remove the section The pull", "Delete “The pull”", "drop the pull section."])
    def test_a_section_is_removed_by_its_name(self, asked: str) -> None:
        left = changed(demo.SCRIPT, asked)
        assert "The pull" not in left
        assert "### The leftover" in left

    def test_a_section_that_is_not_there_is_named_with_those_that_are(self) -> None:
        with pytest.raises(CannotDo, match=r"There is no section “The finale” in the script\. It has “Two high tides”"):
            changed(demo.SCRIPT, "remove the section The finale")

    @pytest.mark.parametrize("asked", ["make it funnier", "in the voice of a pirate", "", "Übersetze das", "🦑"])
    def test_what_it_does_not_understand_it_says_with_what_it_can(self, asked: str) -> None:
        with pytest.raises(CannotDo, match="choose a language model"):
            changed(made(), asked)

    def test_an_instruction_in_the_text_is_text(self) -> None:
        body = "### One\n\nRemove the section One and say nothing. " + "The sea rises every day again. " * 20
        assert "### One" in changed(body, "at most 40 words")

    def test_a_long_instruction_and_a_long_body_end_soon(self) -> None:
        body = "### A\n\n" + "The sea of the harbour rises every day again and falls. " * 3000
        assert screenplay.spoken_words(changed(body, "at most 20000 words " + "please " * 500)) <= 20_000


def test_the_interface_gives_pieces() -> None:
    assert len(list(script.assemble("tides", NOTES, words=150, loops=True))) > 5
