"""Write the figures that the benchmarks recorded into docs/benchmarks.md, and the headline figures into README.md and README.zh.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from benchmarks import BENCHMARKS
from benchmarks.chinese_figures import in_chinese
from benchmarks.figures import Figure, number
from benchmarks.results import ROOT, describe, read_figures

PAGE, README, CHINESE_README = ROOT / "docs" / "benchmarks.md", ROOT / "README.md", ROOT / "README.zh.md"
START, END = "<!-- figures -->", "<!-- /figures -->"
_NAME = re.compile(r"(?P<subject>(?:`[^`]*`|[^`:]|:(?! ))+): (?P<measure>.+)")  # a colon in code is part of the code

HEADLINES: Sequence[tuple[str, str, str, str]] = (
    ("pipeline", "`sluice run`, 5,000,000 events", "Polars by hand", "check, clean, split and publish 5 M events, CPU time"),
    ("checks", "18 expectations, 5,000,000 rows, timestamps of us", "its pandas engine", "18 Great Expectations checks on 5 M rows"),
    ("detectors", "AUC, 20 tables, ensemble", "PyOD KNN", "anomaly detection, 20 ADBench tables, mean AUC"),
    ("detectors", "shop table, recall at 1 % false positives", "PyOD", "injected cell errors found at 1 % false positives"),
    ("detectors", "all cells, raw columns to scores", "PyOD AutoEncoder", "autoencoder, raw columns to scores"),
    ("recommender", "Beauty, blend, recall@20", "implicit's ALS", "next item, Amazon Beauty, Recall@20"),
    ("recommender", "Office, blend, recall@20", "co-occurrence", "next item, Amazon Office, Recall@20"),
    ("recommender", "search, one word mistyped, MRR", "bm25s", "search with one misspelt word, MRR"),
)
"""Benchmark, figure, beginning of the peer's name, and plain title of each row of the README's table."""


def replace_block(text: str, block: str) -> str:
    """Replace what stands between the markers of a text.

    Raises:
        ValueError: The text has no markers.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"the text lacks the markers {START} and {END}")
    return f"{before}{START}\n{block}\n{END}{after}"


def headlines(say: Callable[[str], str] = str) -> str:
    """Render the README's table: one row for each headline figure.

    Args:
        say: Returns a title, or a value with its unit, in the language of the README.
    """
    rows = []
    for benchmark, name, peer, title in HEADLINES:
        figure = next(figure for figure in read_figures(benchmark) if figure.figure == name and figure.against.startswith(peer))
        rows.append((title, f"{format_value(figure)} {figure.unit}".strip(), figure.against, "" if figure.ratio is None else f"{figure.ratio:.2f}"))
    return table(("figure", "Sluice", "against", "ratio"), ([say(cell) for cell in row] for row in rows), say)


def all_figures() -> str:
    """Render every table, with the machines and package versions that the figures were measured on."""
    figures = {name: read_figures(name) for name in BENCHMARKS}
    machines = sorted({figure.machine for group in figures.values() for figure in group})
    versions = sorted({f"{name} {version}" for group in figures.values() for figure in group for name, version in figure.versions.items()})
    parts = [f"Measured on {' and on '.join(machines)} ({', '.join(versions)}). Values are mean ± standard deviation of *n* repeats or seeds."]
    for name, group in figures.items():
        parts += [f"## `python -m benchmarks.{name}`", *describe(name), *tables(group)]
    return "\n\n".join(parts)


def tables(figures: Sequence[Figure]) -> Iterator[str]:
    """Render figures; those named `subject: measure` share a row per subject, and a table where subjects have the same measures."""
    named = [(_split(figure.figure), figure) for figure in figures]
    if plain := [figure for name, figure in named if name is None]:
        yield table(("figure", "value", "against", "ratio", "n", "commit"), map(_row, plain))
    subjects: dict[str, dict[str, Figure]] = {}
    for name, figure in named:
        if name is not None:
            subjects.setdefault(name[0], {})[name[1]] = figure
    for measures in dict.fromkeys(map(tuple, subjects.values())):
        yield _wide_table(measures, {subject: group for subject, group in subjects.items() if tuple(group) == measures})


def _split(name: str) -> tuple[str, str] | None:
    """Return subject and measure of a figure's name; None for one without a subject."""
    match = _NAME.fullmatch(name)
    return None if match is None else (match["subject"], match["measure"])


def _row(figure: Figure) -> Sequence[str]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return figure.figure, f"{format_value(figure)} {figure.unit}".strip(), figure.against, ratio, str(figure.n), figure.commit


def _wide_table(measures: Sequence[str], subjects: Mapping[str, Mapping[str, Figure]]) -> str:
    rows = []
    for subject, figures in subjects.items():
        last = figures[measures[-1]]
        rows.append([subject, *(format_value(figures[measure]) for measure in measures), last.against, last.commit])
    return table(("", *measures, "against", "commit"), rows)


def format_value(figure: Figure) -> str:
    """Format a figure's value with its standard deviation."""
    return number(figure.value) + ("" if figure.sd is None else f" ± {number(float(f'{figure.sd:.2g}'))}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], say: Callable[[str], str] = str) -> str:
    """Render a Markdown table, its numbers aligned to the right; `say` returns a title in the language of the page."""
    rule = ["---" if name in ("", "figure", "against", "commit") else "---:" for name in head]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (list(map(say, head)), rule, *rows))


def main() -> None:
    """Bring the files up to date."""
    for path, block in ((PAGE, all_figures()), (README, headlines()), (CHINESE_README, headlines(in_chinese))):
        path.write_text(replace_block(path.read_text(encoding="utf-8"), block), encoding="utf-8")


if __name__ == "__main__":
    main()
