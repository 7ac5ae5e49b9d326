"""Repair public tables with the configuration that `sluice init` writes for them, without a label, and compare with the truth.

*Recall*: of the cells in error, the share that is right in the cleaned table. *Precision*: of the applied repairs, the share that is right; repairs
that change blanks alone count as neither. Over all tables, the lower bound of Wilson's 95 % interval. *Changed right cells*: repairs of
the clean tables themselves, all of which are wrong. hospital, beers and rayyan were looked at while the cleaners were written,
and flights for `source_vote`; walmart_amazon_cells was not. Set SLUICE_CELLS to a folder of further tables (`dirty.csv`, `clean.csv`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from benchmarks.figures import Figure, main
from benchmarks.first_contact.repaired_cells import RepairedCells, add_up, compare_repairs, wilson_bound
from sluice.app.config_scaffold import scaffold_config
from sluice.config import load
from sluice.domain import Cleaned
from sluice.testing import MemorySnapshot
from sluice.wiring.sources import source_of
from sluice.wiring.steps import build_steps

FOLDERS = [Path(folder) for folder in os.environ.get("SLUICE_CELLS", str(Path(__file__).parents[3] / "shared/data/cells")).split(os.pathsep)]


def repair(file: Path) -> Cleaned:
    """Write the configuration of a folder that holds one file, and return what its cleaners make of it."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / "landing").mkdir()
        shutil.copy(file, root / "landing" / "items.csv")
        (root / "sluice.yaml").write_text(scaffold_config(root / "landing", root, lambda _: None)[1], encoding="utf-8")
        config = load(root / "sluice.yaml", quiet=True)
        (dataset,) = config.datasets
        source = source_of(config, dataset)
        batch = source.read(next(iter(source.arrivals())))
        return build_steps(config, root / "sluice.yaml", dataset).steps.cleaner.clean(batch, [], MemorySnapshot())


def judge(dirty: Path, clean: Path) -> RepairedCells:
    """Repair a file and compare its repairs with the file without errors."""
    truth, table = (pl.read_csv(path, infer_schema=False) for path in (clean, dirty))
    return compare_repairs(table, truth.rename(dict(zip(truth.columns, table.columns, strict=True))), repair(dirty))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Repair every table, dirty and clean."""
    folders = [path for folder in FOLDERS if folder.is_dir() for path in sorted(folder.iterdir()) if (path / "clean.csv").exists()]
    if not folders:
        raise SystemExit(f"there is no table in {', '.join(map(str, FOLDERS))}")
    tables = {path.name: judge(path / "dirty.csv", path / "clean.csv") for path in (folders[:1] if options.quick else folders)}
    unharmed = {path.name: judge(path / "clean.csv", path / "clean.csv") for path in (folders[:1] if options.quick else folders)}
    return [*_figures_of_tables(tables), *_figures_of_all(tables), Figure("changed right cells, clean tables", add_up(unharmed)[1].total(), "cells")]


def _figures_of_tables(tables: dict[str, RepairedCells]) -> Iterator[Figure]:
    for name, cells in tables.items():
        applied = cells.right.total() + cells.wrong.total()
        yield Figure(f"{name}: errors", cells.errors, "cells")
        yield Figure(f"{name}: recall", cells.recall, "")
        yield Figure(f"{name}: precision", cells.right.total() / applied if applied else 1.0, "")
        yield Figure(f"{name}: wrong repairs", cells.wrong.total(), "cells")


def _figures_of_all(tables: dict[str, RepairedCells]) -> Iterator[Figure]:
    right, wrong = add_up(tables)
    for cleaner in sorted(right | wrong):
        yield Figure(f"{cleaner}: right repairs", right[cleaner], "cells")
        yield Figure(f"{cleaner}: wrong", wrong[cleaner], "cells")
    total = right.total() + wrong.total()
    yield Figure("precision over all tables", right.total() / total if total else 1.0, "")
    yield Figure("precision over all tables, lower 95 % bound", wilson_bound(right.total(), total), "")


if __name__ == "__main__":
    main(__doc__ or "", measure)
