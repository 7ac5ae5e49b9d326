"""Writes the figures that the benchmarks keep into the README, between two markers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks import BENCHMARKS
from benchmarks.figures import Figure, number
from benchmarks.results import HERE, about, figures_of

README = HERE.parent / "README.md"
START, END = "<!-- figures -->", "<!-- /figures -->"


def put(text: str, block: str) -> str:
    """A text with what stands between the markers replaced.

    Raises:
        ValueError: The markers are not there.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"the text lacks the markers {START} and {END}")
    return f"{before}{START}\n{block}\n{END}{after}"


def block() -> str:
    """All tables, and on which machine and with which versions they were measured."""
    measured = {name: figures_of(name) for name in BENCHMARKS}
    machines = sorted({each.machine for figures in measured.values() for each in figures})
    versions = sorted({f"{name} {version}" for figures in measured.values() for each in figures for name, version in each.versions.items()})
    parts = [f"Measured on {' and on '.join(machines)} ({', '.join(versions)}); mean ± standard deviation of *n* repeats or seeds."]
    for name, figures in measured.items():
        parts += [f"### `python -m benchmarks.{name}`", *about(name), *tables(figures)]
    return "\n\n".join(parts)


def tables(figures: Sequence[Figure]) -> Iterator[str]:
    """Figures named `what: measure` as one row for each what, a table for all that have the same measures; the others as one row each."""
    plain = [each for each in figures if ": " not in each.figure]
    if plain:
        yield table(("figure", "value", "against", "ratio", "n"), map(_row, plain))
    alike: dict[tuple[str, ...], list[Figure]] = {}
    for what in dict.fromkeys(each.figure.partition(": ")[0] for each in figures if ": " in each.figure):
        measured = [each for each in figures if each.figure.startswith(f"{what}: ")]
        alike.setdefault(tuple(each.figure.partition(": ")[2] for each in measured), []).extend(measured)
    yield from map(_wide, alike.values())


def _row(each: Figure) -> Sequence[str]:
    return each.figure, f"{value(each)} {each.unit}".strip(), each.against, "" if each.ratio is None else f"{each.ratio:.2f}", str(each.n)


def _wide(figures: Sequence[Figure]) -> str:
    named = {tuple(each.figure.split(": ", 1)): each for each in figures}
    measures = list(dict.fromkeys(measure for _, measure in named))
    against = {each.figure.partition(": ")[0]: each.against for each in figures}
    rows = ([what, *(value(named[what, measure]) if (what, measure) in named else "" for measure in measures), told] for what, told in against.items())
    return table(("", *measures, "against"), rows)


def value(each: Figure) -> str:
    """The value with its deviation."""
    return number(each.value) + ("" if each.sd is None else f" ± {number(float(f'{each.sd:.2g}'))}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its numbers flush right."""
    rule = ["---" if name in ("", "figure", "against") else "---:" for name in head]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


if __name__ == "__main__":
    README.write_text(put(README.read_text(encoding="utf-8"), block()), encoding="utf-8")
