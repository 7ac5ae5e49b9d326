"""Wrong cells found and mended from 20 labelled rows, on public tables that no part of the method was developed on, with Raha beside.

Packages on PyPI carry the tables: orders, films, passengers, aircraft, flights, airports and postal codes, 600 rows of each. Each seed plants errors of five
of ten kinds into columns and at rates that it draws: typos, overwritten letters, lost values, words for nothing, other values of the column, exchanged
cells, values that moved, outliers, units and other conventions. Many of them cannot be found by anybody, such as a delay ten times as long. Detection and
repair are F1 over all cells. *Calibration error*: mean difference of the probability of repairs and the share of them that is right. *Written at 0.9*:
repairs that would be applied, and how many of them are wrong. Raha (`raha` 1.26, 20 labelled rows of its own choice) runs in an environment of its own; it
takes minutes a table.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import cleaning
from benchmarks.figures import Figure, main
from benchmarks.first_contact.peer_environment import FOLDER, ask_peer
from benchmarks.other_cells.planted_errors import plant
from benchmarks.other_cells.public_tables import PublicTable, read_public_tables
from benchmarks.other_cells.reliability import calibration_error, reliability

ROWS, BUDGET = 600, 20
RAHA = ("raha==1.26", "pandas==2.2.3", "numpy==1.26.4", "scikit-learn==1.5.2", "scipy==1.13.1", "setuptools==80.9.0")
QUICK = ("passengers",)
SCRIPT = r"""
import json, random, shutil, sys
import numpy, raha

question = json.load(sys.stdin)
random.seed(question["seed"]); numpy.random.seed(question["seed"])
paths = {"name": question["name"], "path": question["dirty"], "clean_path": question["clean"]}
found = raha.Detection()
found.LABELING_BUDGET = question["budget"]
cells = found.run(paths)
print(json.dumps(raha.dataset.Dataset(paths).get_data_cleaning_evaluation(cells)[2]))
"""


class Draw(NamedTuple):
    """Hold the scores of one table with one draw of errors."""

    detection: float
    repair: float
    calibration: float
    written: float
    wrongly: float
    raha: float | None


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure every table with every seed."""
    tables = read_public_tables(FOLDER / f"public_tables_{ROWS}.json", ROWS)
    if not tables:
        raise SystemExit("the packages that carry the tables cannot be installed here")
    chosen = [options.table] if options.table else QUICK if options.quick else sorted(tables)
    return [figure for name in chosen for figure in _figures(name, tables[name], options)]


def _figures(name: str, table: PublicTable, options: argparse.Namespace) -> Iterator[Figure]:
    draws = [measure_draw(name, table, seed, peer=not (options.without_peer or options.quick)) for seed in range(options.seeds)]
    peers = [draw.raha for draw in draws if draw.raha is not None]
    raha = sum(peers) / len(peers) if len(peers) == len(draws) else None
    yield Figure.over(f"{name}: detection", [draw.detection for draw in draws], "F1", "Raha" if raha is not None else "", raha)
    yield Figure.over(f"{name}: repair", [draw.repair for draw in draws], "F1")
    yield Figure.over(f"{name}: calibration error", [draw.calibration for draw in draws], "")
    yield Figure.over(f"{name}: written at 0.9", [draw.written for draw in draws], "cells")
    yield Figure.over(f"{name}: wrongly written at 0.9", [draw.wrongly for draw in draws], "cells")


def measure_draw(name: str, table: PublicTable, seed: int, *, peer: bool) -> Draw:
    """Plant errors into a table, learn from labelled rows, and score all cells.

    Args:
        name: Name of the table.
        table: The table.
        seed: Seed of the errors, of the labelled rows and of both models.
        peer: Whether Raha is asked as well.
    """
    faulty, _ = plant(table.rows, f"{name} {seed}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for file, rows in (("dirty.csv", faulty), ("clean.csv", table.rows)):
            with (folder / file).open("w", encoding="utf-8", newline="") as written:
                csv.writer(written).writerows([table.names, *rows])
        labelled = cleaning.load(folder)
        paths = {"dirty": str(folder / "dirty.csv"), "clean": str(folder / "clean.csv")}
        raha = ask_peer(RAHA, SCRIPT, {**paths, "name": f"{name}-{os.getpid()}-{seed}", "seed": seed, "budget": BUDGET}) if peer else None
    scores = cleaning.scores(labelled, BUDGET, seed)
    return Draw(scores.detection, scores.repair, _calibration(labelled, seed), scores.written, scores.wrongly, raha)


def _calibration(labelled: cleaning.Labelled, seed: int) -> float:
    model = cleaning.fit(labelled, BUDGET, seed)
    probabilities = model.probabilities()
    repairs = [repair for repair in model.repairs(probabilities > 0.5) if repair.generator != "label"]
    return calibration_error(
        reliability((float(probabilities[repair.row, repair.column]) * repair.confidence, cleaning.is_right(labelled, repair)) for repair in repairs)
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", help="measure one table")
    parser.add_argument("--without-peer", action="store_true", help="leave Raha out")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(__doc__ or "", measure, _add_options)
