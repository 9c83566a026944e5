"""`make bench`: the figures of docs/benchmarks.md, one after another. Ratios count, not seconds."""

from bench import alignment, engine, live, llm, mastering, memory


def main() -> None:
    """Run them all."""
    for figure in (engine, live, llm, alignment, mastering, memory):
        print(f"\n== {figure.__name__.removeprefix('bench.')} ==", flush=True)
        figure.main()


if __name__ == "__main__":
    main()
