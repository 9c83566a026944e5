"""`make bench`: the figures of docs/benchmarks.md, one after another. Ratios count, not seconds."""

from bench import alignment, engine, live, mastering, memory


def main() -> None:
    """Run them all."""
    for figure in (engine, live, alignment, mastering, memory):
        print(f"\n== {figure.__name__.removeprefix('bench.')} ==", flush=True)
        figure.main()


if __name__ == "__main__":
    main()
