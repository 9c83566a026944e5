"""Every rule, in the order in which pages list them."""

from __future__ import annotations

from jobs.tools.style import english, shape
from jobs.tools.style.phrases import finder
from jobs.tools.style.rule import Rule, Strength

RULES = (
    Rule(
        id="chat-leftover",
        label="Left over from a chat",
        why="An assistant says this to the person who asked, not to your viewers.",
        strength=Strength.LEFTOVER,
        find=finder(english.LEFTOVERS, any_case=True),
    ),
    Rule(
        id="importance",
        label="Inflated importance",
        why="It says that something matters instead of showing why.",
        strength=Strength.TELL,
        find=finder(english.IMPORTANCE),
    ),
    Rule(
        id="promotional",
        label="Brochure adjective",
        why="Praise that fits everything says nothing about this one; a detail would.",
        strength=Strength.TELL,
        find=finder(english.PROMOTIONAL),
    ),
    Rule(
        id="vocabulary",
        label="Model vocabulary",
        why="Chat models use this word far more often than people do, and viewers have begun to notice.",
        strength=Strength.TELL,
        find=finder(english.VOCABULARY),
    ),
    Rule(
        id="overworked",
        label="Overworked word",
        why="A plainer word says the same, and is easier to say aloud.",
        strength=Strength.HINT,
        find=finder(english.OVERWORKED),
    ),
    Rule(
        id="contrast",
        label="Not just X but Y",
        why="Denying what nobody claimed, to make the next half sound bigger, wears out after one use.",
        strength=Strength.TELL,
        find=shape.contrast,
        encloses=True,
    ),
    Rule(
        id="opener",
        label="Stock opener",
        why="A thousand videos begin like this; the sentence after it is often the better beginning.",
        strength=Strength.TELL,
        find=finder(english.OPENERS),
    ),
    Rule(
        id="closer",
        label="Stock closer",
        why="It announces an ending instead of making one.",
        strength=Strength.TELL,
        find=finder(english.CLOSERS),
    ),
    Rule(
        id="hedge",
        label="Hedge or signpost",
        why="It talks about what will be said; saying it is shorter.",
        strength=Strength.TELL,
        find=finder(english.HEDGES),
    ),
    Rule(
        id="attribution",
        label="Vague source",
        why="Viewers cannot check “experts”: name one, or say it yourself.",
        strength=Strength.TELL,
        find=finder(english.ATTRIBUTION),
    ),
    Rule(
        id="participle-tail",
        label="Tacked-on meaning",
        why="The -ing tail explains what the sentence has just shown.",
        strength=Strength.TELL,
        find=shape.tail,
    ),
    Rule(
        id="transition",
        label="Essay transition",
        why="Essays link sentences with words like this; a speaker just goes on.",
        strength=Strength.HINT,
        find=finder(english.TRANSITIONS),
    ),
    Rule(
        id="small-question",
        label="Question to itself",
        why="A question that is answered at once is a drum roll; one in a script is enough.",
        strength=Strength.HINT,
        find=shape.small_question,
    ),
    Rule(
        id="triads",
        label="Lists of three",
        why="One list of three has rhythm; several in a row sound like a pattern.",
        strength=Strength.HINT,
        find=shape.triads,
        counts_once=True,
    ),
    Rule(
        id="dashes",
        label="Many long dashes",
        why="Long dashes this close together give every sentence the same turn, and are hard to hear.",
        strength=Strength.HINT,
        find=shape.dashes,
        counts_once=True,
        any_language=True,
    ),
    Rule(
        id="even-sentences",
        label="Even sentences",
        why="All sentences here are about as long as each other; spoken text lives from short ones beside long ones.",
        strength=Strength.TELL,
        find=shape.even_sentences,
        counts_once=True,
        any_language=True,
    ),
    Rule(
        id="bold",
        label="Much in bold",
        why="Where everything stands out nothing does, and nobody hears bold.",
        strength=Strength.TELL,
        find=shape.bold,
        counts_once=True,
        any_language=True,
    ),
    Rule(
        id="emoji-bullet",
        label="Emoji as list mark",
        why="Lists with an emoji before each point are a habit of chat answers.",
        strength=Strength.HINT,
        find=shape.emoji_bullet,
        counts_once=True,
        any_language=True,
    ),
)


def rules_for(language: str) -> tuple[Rule, ...]:
    """The rules that can judge a text in this language (a code of `language.guess`)."""
    return RULES if language == "en" else tuple(rule for rule in RULES if rule.any_language)
