"""`make bench`: the figures of docs/benchmarks.md, one after another. Ratios count, not seconds."""

from bench import (
    alignment,
    discover,
    discover_page,
    download,
    drawn,
    engine,
    fact_check,
    humanize,
    live,
    llm,
    mastering,
    memory,
    proposals,
    size,
    sources,
)


def main() -> None:
    """Run them all."""
    for figure in (
        engine, live, llm, drawn, fact_check, humanize, alignment, mastering, discover, discover_page, download, sources,
        proposals, memory, size,
    ):  # fmt: skip
        print(f"\n== {figure.__name__.removeprefix('bench.')} ==", flush=True)
        figure.main()


if __name__ == "__main__":
    main()
