"""How much code a kind of job is: lines of its file and of its test.

Run: python -m bench.size
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print a line per kind, and the median."""
    sizes = []
    for path in sorted((ROOT / "jobs" / "kinds").glob("[a-z]*.py")):
        size = lines_of(path)
        sizes.append(size)
        test = lines_of(ROOT / "tests" / "unit" / "jobs" / "kinds" / f"test_{path.name}")
        print(f"{path.stem}: {size} lines, its test {test}")
    print(f"median of {len(sizes)} kinds: {sorted(sizes)[len(sizes) // 2]} lines")


def lines_of(path: Path) -> int:
    """Lines that say something: neither empty nor only a comment."""
    if not path.exists():
        return 0
    lines = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


if __name__ == "__main__":
    main()
