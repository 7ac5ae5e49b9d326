"""Represent measured figures, print them as a table and write them as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
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
    """Describe the machine in one line: processor model and number of cores."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = f"{models[0]}, {len(models)} cores" if models else model
    return model


def commit() -> str:
    """Return the short hash of the commit that is measured, with `+` where other files than recorded figures differ from it; empty outside of git."""
    head = _git("rev-parse", "--short=7", "HEAD")
    return f"{head}+" if head and _git("status", "--porcelain", "--untracked-files=no", "--", ":/", ":(exclude,top)benchmarks/results") else head


def _git(*words: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


@dataclass(frozen=True, slots=True)
class Figure:
    """Represent one measured figure.

    Attributes:
        figure: Name of the measure.
        value: Our value.
        unit: Unit of the value.
        against: Name and value of the peer or floor that it is compared with.
        ratio: Our value divided by the peer's.
        n: Number of repeats or seeds.
        sd: Standard deviation over the repeats.
        machine: Machine that it was measured on.
        versions: Versions of the packages that matter.
        commit: Short hash of the commit that it was measured on.
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
    commit: str = field(default_factory=commit)

    @classmethod
    def over(cls, figure: str, values: Sequence[float], unit: str, against: str = "", peer: float | None = None) -> Self:
        """Summarise repeated measurements as their mean and standard deviation.

        Args:
            figure: Name of the measure.
            values: Value of each repeat.
            unit: Unit of the values.
            against: Name of the peer or floor.
            peer: Value of the peer, in the same unit.
        """
        value = mean(values)
        comparison = against if peer is None else f"{against}: {number(peer)}"
        return cls(figure, value, unit, comparison, value / peer if peer else None, len(values), stdev(values) if len(values) > 1 else None)


def arguments(doc: str, add: Callable[[argparse.ArgumentParser], object] = lambda _: None) -> argparse.Namespace:
    """Parse the options that every benchmark takes, and those that `add` adds."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="run a smaller version, to see that it works")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds or repeats")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    add(parser)
    return parser.parse_args()


def report(figures: Sequence[Figure], path: Path | None) -> None:
    """Print the figures as a table, and write them as JSON to `path` unless it is None."""
    table = Table(box=None, pad_edge=False, title=machine())
    for name in ("figure", "value", "sd", "unit", "against", "ratio", "n"):
        table.add_column(name, justify="right" if name in ("value", "sd", "ratio", "n") else "left")
    for figure in figures:
        deviation, ratio = "" if figure.sd is None else number(figure.sd), "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(figure.figure, number(figure.value), deviation, figure.unit, figure.against, ratio, str(figure.n))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(figure) for figure in figures], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def number(value: float) -> str:
    """Format a value with four significant digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def main(doc: str, measure: Callable[[argparse.Namespace], Sequence[Figure]], add: Callable[[argparse.ArgumentParser], object] = lambda _: None) -> None:
    """Run a benchmark from the command line, with options of its own that `add` adds."""
    options = arguments(doc, add)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # timed processes load compiled modules, as on the machine of a user
    report(measure(options), options.json)
