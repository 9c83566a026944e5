"""Changing a script without a language model: shorter, longer from the notes, a section less, a section more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs.tools.author import phrases, picking, rank
from jobs.tools.author.beats import CannotDo, beat, nothing_about
from jobs.tools.author.sources import Sentence, Source, count_words, leans_on_the_one_before, usable
from jobs.tools.text import prose, screenplay

WHAT_IT_CAN = (
    "Without a language model a script can be made shorter (“at most 120 words”), longer from your notes, lose a "
    "section (“remove the section The pull”) or gain one from your notes (“add a section about spring tides”). "
    "For anything else choose a language model."
)
SECTION_WORDS = 120

_NUMBER = re.compile(r"(\d[\d,. ]{0,8})\s*words?\b", re.I)
_REMOVE = re.compile(
    r"\b(?:remove|delete|drop|cut|take out|leave out)\s+(?:the\s+)?(?:section|part|beat|heading)?\s*"
    r"(?:called|named|about|on|titled)?\s*[\"“'‘]?(?P<what>[^\"”'’.\n]{1,200}?)[\"”'’]?\s*(?:section|part|beat)?\s*[.!]*$",
    re.I,
)
_ADD = re.compile(
    r"\b(?:add|include|insert|write)\s+(?:(?:a|another|one more|some)\s+)?(?:more\s+)?(?:new\s+)?"
    r"(?:section|part|beat|paragraph|something|facts?|detail|bit|more)?\s*(?:about|on|regarding|covering)\s+"
    r"[\"“'‘]?(?P<what>[^\"”\n]{1,200}?)[\"”'’]?\s*[.!]*$",
    re.I,
)
_SHORTER = re.compile(
    r"\b(?:short(?:er|en)|trim|condense|tighten|tighter|brief(?:er)?|less words|fewer words|cut)\b", re.I
)
_LONGER = re.compile(r"\b(?:longer|lengthen|expand|extend|more (?:detail|facts|words)|flesh (?:it )?out)\b", re.I)
_ABOUT_LENGTH = re.compile(r"<!-- Your notes about this fill \d+ of \d+ words\.[^\n]*-->\n")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$")


def revised(body: str, instruction: str, sources: Sequence[Source], *, words: int) -> list[str]:
    """The changed script in pieces. Raises CannotDo for an instruction that is not understood, or cannot be met."""
    asked = " ".join(instruction.split())
    now = screenplay.spoken_words(body)
    if added := _ADD.search(asked):
        return _pieces(_with_section(body, added["what"], sources))
    number = _NUMBER.search(asked)
    if number and (wanted := int(re.sub(r"\D", "", number[1]) or 0)) > 0:
        if wanted < now:
            return _pieces(_shortened(body, wanted))
        return _pieces(_lengthened(body, wanted, sources))
    if (removed := _REMOVE.search(asked)) and (heading := _heading_named(body, removed["what"])):
        return _pieces(_without_section(body, heading))
    if removed and not _SHORTER.search(re.sub(r"\bcut\b", "", asked, flags=re.I)):
        raise CannotDo(_no_such_section(body, removed["what"]))
    if _SHORTER.search(asked):
        return _pieces(_shortened(body, min(words, now * 2 // 3) if now > words else now * 2 // 3))
    if _LONGER.search(asked):
        return _pieces(_lengthened(body, max(words, now * 3 // 2), sources))
    raise CannotDo(WHAT_IT_CAN)


def _pieces(body: str) -> list[str]:
    """The text in paragraphs, for showing it as it comes. What was said about its length is no longer true."""
    body = _ABOUT_LENGTH.sub("", body, count=1)
    return re.findall(r".+?(?:\n\n+|$)", body, re.S)


# --- shorter ---
def _shortened(body: str, wanted: int) -> str:
    """The body without the sentences that matter least; its first and last stay, so that it opens and ends as before."""
    sentences = prose.sentences(body)
    ranks = rank.rank([sentence.text for sentence in sentences])
    leaning = {at for at, sentence in enumerate(sentences) if leans_on_the_one_before(sentence.text)}
    order = sorted(range(1, len(sentences) - 1), key=lambda at: (ranks[at], -at))
    gone: set[int] = set()
    left = screenplay.spoken_words(body)
    for at in order:
        if left <= wanted:
            break
        # What leans on a sentence goes with it.
        chain = [at]
        while chain[-1] + 1 < len(sentences) - 1 and chain[-1] + 1 in leaning and chain[-1] + 1 not in gone:
            chain.append(chain[-1] + 1)
        for one in set(chain) - gone:
            gone.add(one)
            left -= count_words(sentences[one].text)
    if left > wanted:
        raise CannotDo(f"It cannot be cut to {wanted} words and keep its first and last sentence. Ask for more words.")
    kept, at = [], 0
    for index in sorted(gone):
        kept.append(body[at : sentences[index].start])
        at = sentences[index].end
    return _tidy("".join([*kept, body[at:]]))


def _tidy(body: str) -> str:
    """The text without what cutting leaves: empty speakers, citations of nothing, headings over nothing."""
    blocks: list[str] = []
    for block in re.split(r"\n[ \t]*\n", body):
        lines = [line.rstrip() for line in block.split("\n")]
        text = "\n".join(
            re.sub(r"(?<=\S) {2,}", " ", line) for line in lines if line.strip() and not _EMPTY.match(line)
        )
        if text and not (text.startswith("<!-- source:") and not _follows_text(blocks)):
            blocks.append(text.strip())
    kept = []
    for at, block in enumerate(blocks):
        alone = _HEADING.fullmatch(block) and (at + 1 == len(blocks) or _HEADING.match(blocks[at + 1]))
        if not alone and not re.fullmatch(r"(?:<!-- source:[^\n]*-->\n?)+", block):
            kept.append(block)
    return "\n\n".join(kept) + "\n"


_EMPTY = re.compile(r"[ \t]*(?:[-*+>]|\d{1,3}[.)]|(?:\*\*|__)[^*_:\n]{1,60}(?::(?:\*\*|__)|(?:\*\*|__):))[ \t]*$")


def _follows_text(blocks: Sequence[str]) -> bool:
    return bool(blocks) and not _HEADING.fullmatch(blocks[-1])


# --- longer ---
def _lengthened(body: str, wanted: int, sources: Sequence[Source]) -> str:
    """The body with sections of what the notes say and it does not say yet."""
    sentences = [sentence for sentence in usable(sources) if sentence.text not in body]
    title = " ".join(heading for _, heading in _headings(body))
    ranks = rank.rank([sentence.text for sentence in sentences], f"{title} {body[:2000]}")
    picked = picking.pick(sentences, ranks, wanted - screenplay.spoken_words(body))
    if not picked:
        raise CannotDo("Your notes hold nothing more that fits. Add notes, or choose a language model.")
    sections: dict[str, list[Sentence]] = {}
    for at in picked:
        sections.setdefault(sentences[at].source.id, []).append(sentences[at])
    return _before_the_end(body, [_section(group[0].source.title, group) for group in sections.values()])


def _with_section(body: str, topic: str, sources: Sequence[Source]) -> str:
    """The body with a section about a topic, before its end."""
    known = usable(picking.about(sources, topic))
    sentences = [sentence for sentence in known if sentence.text not in body]
    if known and not sentences:
        raise CannotDo(
            f"The script says all that your notes hold about “{topic.strip()[:80]}” already. Add notes about it."
        )
    scores = rank.relevance([sentence.text for sentence in sentences], topic)
    near = [at for at, score in enumerate(scores) if score > 0]
    if not near:
        raise CannotDo(nothing_about(topic, 0))
    picked = picking.pick(sentences, scores, SECTION_WORDS)
    spoken = [sentences[at] for at in picked if scores[at] > 0 or sentences[at].leans_on is not None]
    heading = topic.strip()[:1].upper() + topic.strip()[1:]
    return _before_the_end(body, [_section(heading, spoken)])


def _section(heading: str, sentences: Sequence[Sentence]) -> str:
    return "".join(beat(heading.replace("#", "").strip(), sentences)).strip("\n")


def _before_the_end(body: str, sections: Sequence[str]) -> str:
    """The sections put before the closing one; behind everything in a script without one."""
    added = "\n\n".join(sections)
    headings = _headings(body)
    if len(headings) > 1 and headings[-1][1] in (phrases.LOOP, phrases.CLOSING):
        place = headings[-1][0]
        return f"{body[:place].rstrip()}\n\n{added}\n\n{body[place:]}"
    return f"{body.rstrip()}\n\n{added}\n".lstrip("\n")


# --- sections ---
def _headings(body: str) -> list[tuple[int, str]]:
    """Where headings stand, and what they say."""
    found, at = [], 0
    for line in body.splitlines(keepends=True):
        if heading := _HEADING.match(line.rstrip("\r\n")):
            found.append((at, heading[1].strip()))
        at += len(line)
    return found


def _heading_named(body: str, what: str) -> str:
    """The heading that is meant; empty for none."""
    wanted = " ".join(what.split()).casefold()
    named = [heading for _, heading in _headings(body)]
    exact = [heading for heading in named if heading.casefold() in (wanted, wanted.removeprefix("the "))]
    near = [heading for heading in named if wanted.removeprefix("the ") in heading.casefold()]
    return next(iter([*exact, *near]), "")


def _without_section(body: str, heading: str) -> str:
    headings = _headings(body)
    at = next(index for index, (_, name) in enumerate(headings) if name == heading)
    start = headings[at][0]
    end = headings[at + 1][0] if at + 1 < len(headings) else len(body)
    left = (body[:start].rstrip() + "\n\n" + body[end:]).strip("\n") + "\n"
    if not screenplay.sections(left):
        raise CannotDo("Nothing would be left to speak without this section. Add another first.")
    return left


def _no_such_section(body: str, what: str) -> str:
    named = [f"“{heading}”" for _, heading in _headings(body)][:12]
    has = f"It has {', '.join(named)}." if named else "It has no headings."
    return f"There is no section “{what.strip()[:80]}” in the script. {has}"
