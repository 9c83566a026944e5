"""How much memory an idle studio holds, by its proportional set size: what is shared counts once (Linux).

Run: python -m bench.memory
"""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from tests.e2e.visiting import running_studio

SETTLED_SECONDS = 20


def main() -> None:
    """Start a studio on an empty folder, let it settle, and print what each of its processes holds."""
    with running_studio() as studio:
        time.sleep(SETTLED_SECONDS)
        held = {pid: proportional_megabytes(pid) for pid in family(studio.process.pid)}
    for pid, (name, megabytes) in held.items():
        print(f"  {megabytes:6.1f} MB  {name} ({pid})")
    total = sum(megabytes for _, megabytes in held.values())
    print(f"idle studio: {total:.0f} MB in {len(held)} processes")


def family(root: int) -> list[int]:
    """A process and its descendants."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children[int(stat.read_text().rsplit(")", 1)[1].split()[1])].append(int(stat.parent.name))
        except FileNotFoundError:
            continue  # it has ended since it was listed
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop(0))
        waiting += children[found[-1]]
    return found


def proportional_megabytes(pid: int) -> tuple[str, float]:
    """The process's command, and its share of the memory it maps."""
    folder = Path(f"/proc/{pid}")
    words = folder.joinpath("cmdline").read_text().split("\0")
    name = " ".join(Path(word).name for word in words[:6] if word)
    rollup = folder.joinpath("smaps_rollup").read_text()
    return name, next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
