"""Measure the CPU time of short commands against that of importing Polars and SQLAlchemy, which every command but `--help` needs.

A shop of one dataset with one published file; each command runs in a process of its own, and its CPU seconds (user and system, of all its processes) are
those that the operating system counts. The floor, `python -c "import polars, sqlalchemy"`, runs in turn with the commands, so that other work on the
machine slows both. The median of the repeats counts.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, stdev

from benchmarks.figures import Figure, main, number

REPEATS = 5  # for each of the `--seeds`
FLOOR = [sys.executable, "-c", "import polars, sqlalchemy"]
FLOOR_NAME = "import polars, sqlalchemy"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "sluice --help": ("--help",),
    "sluice --version": ("--version",),
    "sluice gate": ("gate", "events"),
    "sluice quarantine list": ("quarantine", "list", "events"),
    "sluice models list": ("models", "list"),
    "sluice run, nothing new": ("run",),
}
CONFIG = """\
shop: Startup
clock: 2026-03-02
datasets:
  events:
    source: {files: landing/events-*.csv}
    key: [id]
    columns: {id: {type: string}, quantity: {type: integer}}
    suite: [expect_column_values_to_not_be_null: {column: quantity}]
    clean: [parse]
    detect: [autoencoder]
recommender: {events: events, items: events, user: id, item: id, time: id}
"""


def command(*arguments: str) -> list[str]:
    """Return the command line of `sluice` with these arguments."""
    return [str(Path(sys.executable).with_name("sluice")), *arguments]


def cpu_seconds(line: Sequence[str]) -> float:
    """Run a command line and return the CPU seconds of its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(line, capture_output=True, check=False)  # a closed gate exits with 1
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_shop(folder: Path) -> Path:
    """Write a shop of one file and publish it; return its configuration."""
    (folder / "landing").mkdir()
    (folder / "landing" / "events-2026-03-01.csv").write_text("id,quantity\na,1\nb,2\nc,\n", encoding="utf-8")
    config = folder / "sluice.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    subprocess.run(command("run", "--config", str(config)), capture_output=True, check=True)
    return config


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Run the floor and every command in turn."""
    repeats = 1 if options.quick else REPEATS * options.seeds
    with tempfile.TemporaryDirectory() as folder:
        config = write_shop(Path(folder))
        lines = {name: command(*words, *(() if words[0].startswith("-") else ("--config", str(config)))) for name, words in COMMANDS.items()}
        seconds: dict[str, list[float]] = {name: [] for name in (FLOOR_NAME, *lines)}
        for _ in range(repeats):
            for name, line in {FLOOR_NAME: FLOOR, **lines}.items():
                seconds[name].append(cpu_seconds(line))
    floor = median(seconds[FLOOR_NAME])
    return [_figure(name, values, floor) for name, values in seconds.items()]


def _figure(name: str, values: Sequence[float], floor: float) -> Figure:
    spread = stdev(values) if len(values) > 1 else None
    if name == FLOOR_NAME:
        return Figure(name, median(values), "CPU s", n=len(values), sd=spread)
    return Figure(name, median(values), "CPU s", f"{FLOOR_NAME}: {number(floor)}", median(values) / floor, len(values), spread)


if __name__ == "__main__":
    main(str(__doc__), measure)
