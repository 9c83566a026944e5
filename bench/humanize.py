"""How long judging a script of 20 000 words takes by the rules, with the database, and how much memory it needs.

Run: python -m bench.humanize
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from pathlib import Path

from bench import scratch_studio

WORDS = 20_000
RUNS = 3
DATA = scratch_studio.ROOT / "tests" / "data"


def main() -> None:
    """Measure in a process that has a studio of its own."""
    scratch_studio.run_inside("bench.humanize")


def measure(folder: Path) -> None:
    """The measurement itself, in the studio's environment."""
    with scratch_studio.opened(folder):
        from jobs.steps import restyle  # noqa: F401  (workers preload it)

        runs = [seconds() for _ in range(RUNS)]
        print(
            f"humanize, {WORDS:,} words, by the rules: {statistics.median(runs):.1f} s (bar 5 s), "
            f"peak memory {most_memory():.0f} MB (bar 300 MB)"
        )


def seconds() -> float:
    """What one run takes, from its claim to its result."""
    from accounts.models import User
    from channels_app.models import Channel, Script
    from jobs import actions, lifecycle, worker
    from jobs.models import Job, State

    user, _ = User.objects.get_or_create(username="bench", defaults={"admin_role": True, "active_jobs_limit": None})
    channel, _ = Channel.objects.get_or_create(slug="bench", defaults={"owner": user, "name": "Bench"})
    script, is_new = Script.objects.get_or_create(channel=channel, title="Long", defaults={"status": "final"})
    if is_new:
        script.body = long_text()
        script.save()
        Script.objects.create(channel=channel, title="Other", body=long_text(), status="final")
    job = actions.submit(channel, user, "humanize", {"script": str(script.pk), "model": "offline"}).job
    claim = lifecycle.claim("ai", "bench")
    assert claim is not None
    began = time.perf_counter()
    worker.run(claim, end_process=lambda: None)
    took = time.perf_counter() - began
    done = Job.objects.get(pk=job.pk)
    assert done.state == State.COMPLETED, done.error
    assert script.passages.count() == (done.result or {})["flagged"] > 50
    return took


def long_text() -> str:
    """Paragraphs of people and of chat models by turns, until the words are enough."""
    people, models = (
        [part for part in (DATA / name).read_text(encoding="utf-8").split("\n\n") if not part.startswith("#")]
        for name in ("human_prose.txt", "model_like.txt")
    )
    parts: list[str] = []
    for one, other in zip(itertools.cycle(people), itertools.cycle(models), strict=False):
        parts += [one, other]
        if sum(len(part.split()) for part in parts) >= WORDS:
            break
    return "\n\n".join(parts)


def most_memory() -> float:
    """The megabytes that this process needed at most."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    else:
        main()
