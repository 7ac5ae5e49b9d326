"""What a benchmark says: a table on stdout, and the same as JSON."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import mean, stdev
from typing import Self

from rich.console import Console
from rich.table import Table

PACKAGES = ("sluice", "polars", "torch", "great-expectations", "pyod", "deltalake")


def machine() -> str:
    """The machine in one line: processor, cores."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = f"{named[0]}, {len(named)} cores" if named else model
    return model


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        figure: What was measured.
        value: Ours.
        unit: Of the value.
        against: Who or what it is compared with, and the other's value.
        ratio: Ours to theirs.
        n: How often it was measured.
        sd: Over those.
    """

    figure: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    n: int = 1
    sd: float | None = None
    machine: str = field(default_factory=machine)
    versions: dict[str, str] = field(default_factory=lambda: {name: version(name) for name in PACKAGES})

    @classmethod
    def over(cls, figure: str, values: Sequence[float], unit: str, against: str = "", peer: float | None = None) -> Self:
        """The mean of what was measured several times.

        Args:
            figure: What was measured.
            values: Each time.
            unit: Of the values.
            against: What they are compared with.
            peer: Its value, in the same unit.
        """
        value = mean(values)
        told = against if peer is None else f"{against}: {number(peer)}"
        return cls(figure, value, unit, told, value / peer if peer else None, len(values), stdev(values) if len(values) > 1 else None)


def arguments(doc: str) -> argparse.Namespace:
    """The options that every benchmark takes."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller, to see that it runs")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, or repeats")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    return parser.parse_args()


def tell(figures: Sequence[Figure], path: Path | None) -> None:
    """Print the figures, and write them as JSON where asked."""
    table = Table(box=None, pad_edge=False, title=machine())
    for name in ("figure", "value", "sd", "unit", "against", "ratio", "n"):
        table.add_column(name, justify="right" if name in ("value", "sd", "ratio", "n") else "left")
    for each in figures:
        table.add_row(
            each.figure,
            number(each.value),
            "" if each.sd is None else number(each.sd),
            each.unit,
            each.against,
            "" if each.ratio is None else f"{each.ratio:.2f}",
            str(each.n),
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(each) for each in figures], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def number(value: float) -> str:
    """A figure as people read it: four digits that count."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def main(doc: str, measure: Callable[[argparse.Namespace], Sequence[Figure]]) -> None:
    """Run a benchmark from the command line."""
    options = arguments(doc)
    tell(measure(options), options.json)
