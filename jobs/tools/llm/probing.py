"""The smallest call of a model: whether it answers, how fast, and what that costs.

`probe` makes it in this process. `probe_aside` has another process make it, for those that must not load the clients
of language models, such as the web server: `python -m jobs.tools.llm.probing` reads a call and writes what became of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jobs.tools import web
from jobs.tools.llm import calling
from jobs.tools.llm.hearing import Call, Watcher
from jobs.tools.llm.model import Endpoint, LlmConfig, ModelFailed, ModelUnavailable, Spent

ROOT = Path(__file__).resolve().parents[3]
# Room for a model that thinks before it says its one word.
MOST_TOKENS = 1024
STARTING_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a model said to the smallest call, after how many milliseconds, and what it used."""

    said: str
    ms: int
    spent: Spent


def probe(endpoint: Endpoint, name: str, system: str, user: str, seconds: float) -> Probed:
    """Make the call; it may take so many seconds. Raises ModelRefused, ModelUnavailable."""
    used: list[Spent] = []
    config = LlmConfig(first_seconds=seconds, stall_seconds=seconds, call_seconds=seconds, patience=2.0)
    call = Call(endpoint=endpoint, name=name, system=system, user=user, most_tokens=MOST_TOKENS)
    began = time.monotonic()
    written = calling.write(call, config, Watcher(spent=used.append))
    ms = round(1000 * (time.monotonic() - began))
    return Probed(said=web.readable(written.text, endpoint.key)[:40], ms=ms, spent=used[-1])


def probe_aside(endpoint: Endpoint, name: str, system: str, user: str, seconds: float) -> Probed:
    """The same in a process of its own. Its key goes there by a pipe, where no list of processes shows it."""
    order = {"endpoint": asdict(endpoint), "name": name, "system": system, "user": user, "seconds": seconds}
    command = [sys.executable, "-m", "jobs.tools.llm.probing"]
    try:
        answer = subprocess.run(  # noqa: S603  (our own module)
            command,
            input=json.dumps(order),
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=seconds + STARTING_SECONDS,
        )
        told = json.loads(answer.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise ModelUnavailable(f"“{name}” could not be tried: the call did not end.") from None
    if "failed" in told:
        raise ModelFailed(told["failed"])
    return Probed(said=told["said"], ms=told["ms"], spent=Spent(**told["spent"]))


def main() -> None:
    """Read a call, make it, write what became of it."""
    order = json.load(sys.stdin)
    order["endpoint"] = Endpoint(**order["endpoint"])
    told: dict[str, Any]
    try:
        told = asdict(probe(**order))
    except ModelFailed as error:
        told = {"failed": str(error)}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
