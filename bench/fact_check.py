"""How long a fact-check of a 20 000-word script takes without a model or the network, and how much memory.

Run: python -m bench.fact_check
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

from bench.scratch_studio import opened, run_inside

WORDS = 20_000
NOTES, NOTE_SENTENCES = 200, 40
SUBJECTS = (
    "The Moon", "The harbour of Bristol", "A blue whale", "The Great Barrier Reef", "Marie Curie", "The lighthouse",
    "Every tide table", "The engineer Joseph Bazalgette", "A spring tide", "The North Sea", "The cable to Ireland",
    "The oldest pier in Kent", "A sailing ship", "The research vessel Meteor",
)  # fmt: skip
VERBS = (
    "weighs", "pulls on", "crossed", "measured", "lost", "reached", "carries", "was built from", "discovered",
    "stands above", "rose by", "contains", "sank near", "is longer than",
)  # fmt: skip
OBJECTS = (
    "tonnes of granite", "metres of water", "kilometres of coast", "ships in one winter", "people from the island",
    "percent of the catch", "hours of daylight", "miles of copper wire", "litres of oil", "pieces of amber",
)  # fmt: skip
ASIDES = (
    "because the Sun helps", "as the charts of 1840 show", "though nobody noticed", "on most days of the year",
    "before the war ended", "while the wind came from the west", "and the fishermen knew it", "in the deep channel",
)  # fmt: skip
CHATTER = (
    "Now look at this.",
    "Have you ever seen anything like it?",
    "I love this part of the story.",
    "Stay with me.",
)
BAR_SECONDS, BAR_MEGABYTES = 5, 300


def sentence(chance: random.Random) -> str:
    """A sentence that claims something, or none."""
    if chance.random() < 0.25:
        return chance.choice(CHATTER)
    number = f"{chance.randint(2, 9000):,}"
    return (
        f"{chance.choice(SUBJECTS)} {chance.choice(VERBS)} {number} {chance.choice(OBJECTS)}, {chance.choice(ASIDES)}."
    )


def text(chance: random.Random, words: int) -> str:
    """Paragraphs of so many words."""
    written, count = list[str](), 0
    while count < words:
        paragraph = " ".join(sentence(chance) for _ in range(6))
        written.append(paragraph)
        count += len(paragraph.split())
    return "\n\n".join(written)


def main() -> None:
    """Run it in a studio of its own."""
    run_inside("bench.fact_check")


def measure(folder: Path) -> None:
    """Check one script as a worker does, and print what it took."""
    with opened(folder):
        from accounts.models import User
        from accounts.roles import Role
        from channels_app.models import Channel, Claim, Note, Script
        from jobs import actions, lifecycle, worker
        from jobs.models import light

        chance = random.Random(7)  # noqa: S311  (the same text every time)
        owner = User.objects.create_user("ana", None, roles=frozenset({Role.PREMIUM}))
        channel = Channel.objects.create(owner=owner, slug="tidal", name="Tidal")
        for number in range(NOTES):
            body = " ".join(sentence(chance) for _ in range(NOTE_SENTENCES))
            Note.objects.create(channel=channel, title=f"Note {number}", text=body)
        script = Script.objects.create(channel=channel, title="Tides", body=text(chance, WORDS))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        job = actions.submit(channel, owner, "fact-check", {"script": str(script.pk)}).job
        claim = lifecycle.claim("ai", "bench")
        assert claim is not None
        started, worked = time.monotonic(), time.process_time()
        worker.run(claim, end_process=lambda: None)
        took, busy = time.monotonic() - started, time.process_time() - worked
        done = light().get(pk=job.pk)
        assert done.state == "completed", done.error
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        claims = Claim.objects.filter(script=script).count()
        print(f"{len(script.body.split()):,} words, {claims:,} claims, {NOTES} notes of {NOTE_SENTENCES} sentences")
        print(f"took {took:.2f} s (bar {BAR_SECONDS} s), {busy:.2f} s of the processor's time")
        print(f"peak memory {peak:.0f} MB (bar {BAR_MEGABYTES} MB), before the job {before:.0f} MB")


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
