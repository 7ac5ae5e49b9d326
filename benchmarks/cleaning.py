"""Wrong cells that a model finds and mends from a few labelled rows: five public tables with the truth for every cell.

The tables (hospital, flights, beers and rayyan of the Raha paper, SIGMOD 2019; Walmart-Amazon of DeepMatcher with values moved into the title) are not
part of this repository; another folder of them is named with SLUICE_CELLS. Both sides are read as text, without HTML entities and repeated blanks. The
tool chooses the rows, the truth labels them. Detection: F1 over all cells. Repair: F1 end to end, so that a detected cell with a wrong value counts
against precision, and a missed one against recall. The labelled rows are part of the table, as in the paper. *Written at 0.9*: repairs that would be
applied, and how many of them are wrong.

All tables had been looked at while the method was made; no number in it was chosen by table. *No labels*, which is the floor of the others as well: a cell
is called wrong where it shows any sign.
"""

from __future__ import annotations

import argparse
import csv
import html
import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.figures import Figure, main
from cleaning.cell_errors.evidence import Evidence, Reference, gather
from cleaning.cell_errors.labels import LabelledRow
from cleaning.cell_errors.model import CellModel
from cleaning.cell_errors.patterns import groups_of, patterns_of
from cleaning.cell_errors.repairing import Candidate
from cleaning.cell_errors.selection import choose_rows
from cleaning.cell_errors.table import Masks, Table

FOLDER = Path(os.environ.get("SLUICE_CELLS", Path(__file__).parents[2] / "shared/data/cells"))
TABLES = ("hospital", "flights", "beers", "rayyan", "walmart_amazon_cells")
BUDGETS = (20, 10, 5)  # labelled rows
QUICK = ("rayyan",)
CURVE_SEEDS = 3  # draws of the smaller budgets at most


class Labelled(NamedTuple):
    """Hold a table, its truth, and what is known of it without labels."""

    dirty: Table
    right: Table
    wrong: Masks
    reference: Reference
    evidence: Evidence


class Scores(NamedTuple):
    """Hold the scores of one draw of labelled rows."""

    detection: float
    repair: float
    written: float
    wrongly: float


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure detection and repair on every table that is there."""
    names = [name for name in TABLES if (FOLDER / name / "dirty.csv").exists()]
    if not names:
        raise SystemExit(f"no table of cells lies in {FOLDER}; name a folder of them with SLUICE_CELLS")
    chosen = [options.table] if options.table else QUICK if options.quick else names
    return [figure for name in chosen for figure in _figures(name, options.seeds, quick=options.quick)]


def _figures(name: str, seeds: int, *, quick: bool) -> Iterator[Figure]:
    labelled = load(name)
    floor = f1(labelled.evidence.suspicion > 0, labelled.wrong)
    yield Figure(f"{name}, no labels: detection", floor, "F1")
    for budget in BUDGETS[:1] if quick else BUDGETS:
        draws = [scores(labelled, budget, seed) for seed in range(seeds if budget == BUDGETS[0] else min(seeds, CURVE_SEEDS))]
        yield Figure.over(f"{name}, {budget} rows: detection", [draw.detection for draw in draws], "F1", "any sign, no labels", floor)
        yield Figure.over(f"{name}, {budget} rows: repair", [draw.repair for draw in draws], "F1")
        if budget == BUDGETS[0]:
            yield Figure.over(f"{name}, {budget} rows: written at 0.9", [draw.written for draw in draws], "cells")
            yield Figure.over(f"{name}, {budget} rows: wrongly written at 0.9", [draw.wrongly for draw in draws], "cells")


def fit(labelled: Labelled, budget: int, seed: int) -> CellModel:
    """Label some rows, and learn from them."""
    evidence, right = labelled.evidence, labelled.right
    rows = islice(choose_rows(evidence, groups_of(evidence, patterns_of(labelled.dirty)), [], seed), budget)
    labels = [LabelledRow(row, tuple(right.cell(row, place) for place in range(right.width))) for row in rows]
    return CellModel.fit(labelled.reference, evidence, labels, seed)


def scores(labelled: Labelled, budget: int, seed: int) -> Scores:
    """Label some rows, learn from them, and score all cells."""
    model = fit(labelled, budget, seed)
    probabilities = model.probabilities()
    wrong = probabilities > 0.5
    repairs = model.repairs(wrong)
    hits = sum(is_right(labelled, repair) for repair in repairs)
    sure = [repair for repair in repairs if repair.generator != "label" and probabilities[repair.row, repair.column] * repair.confidence >= 0.9]
    return Scores(
        f1(wrong, labelled.wrong),
        2 * hits / (len(repairs) + int(labelled.wrong.sum())),
        len(sure),
        len(sure) - sum(is_right(labelled, repair) for repair in sure),
    )


def f1(suspects: Masks, wrong: Masks) -> float:
    """Return the harmonic mean of precision and recall over cells."""
    return 2 * float((suspects & wrong).sum()) / max(1, int(suspects.sum()) + int(wrong.sum()))


def load(name: str | Path) -> Labelled:
    """Read a table and its truth, from the folder of tables or from a folder of its own."""
    dirty, right = _read(FOLDER / name / "dirty.csv"), _read(FOLDER / name / "clean.csv")
    wrong = np.array([[a != b for a, b in zip(*pair, strict=True)] for pair in zip(dirty.columns, right.columns, strict=True)]).T
    reference = Reference.of(dirty)
    return Labelled(dirty, right, wrong, reference, gather(reference))


def is_right(labelled: Labelled, repair: Candidate) -> bool:
    """Return True where a repair gives a wrong cell its right value."""
    return bool(labelled.wrong[repair.row, repair.column]) and repair.value == labelled.right.cell(repair.row, repair.column)


def _read(path: Path) -> Table:
    csv.field_size_limit(10**9)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Table(tuple(header), tuple(tuple(re.sub(r"\s+", " ", html.unescape(cell)).strip() for cell in column) for column in zip(*rows, strict=True)))


if __name__ == "__main__":
    main(__doc__ or "", measure, lambda parser: parser.add_argument("--table", choices=TABLES, help="measure one table"))
