"""Compare the repairs of a dirty table with the clean one, cell by cell."""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from cleaning.repair import unparsed_cells
from sluice.domain import ROW, Cleaned


@dataclass(frozen=True)
class RepairedCells:
    """Count what repairs did to the cells of one table.

    Attributes:
        errors: Cells that differ from the clean table.
        mended: Those among them that are right in the cleaned table.
        right: Applied repairs that are right, by cleaner.
        wrong: Applied repairs that are wrong, by cleaner.
    """

    errors: int
    mended: int
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """Return the share of the errors that were mended."""
        return self.mended / self.errors if self.errors else 1.0


def compare_repairs(dirty: pl.DataFrame, clean: pl.DataFrame, cleaned: Cleaned) -> RepairedCells:
    """Judge the last applied repair of each cell; one that changes only blanks or entities of a cell counts as neither.

    Args:
        dirty: Table as text, in the order of its file.
        clean: The same table without errors.
        cleaned: Rows and repairs of the cleaners; the position in the row ids is that of the file.
    """
    cells = {name: list(zip(map(plain, dirty[name]), map(plain, clean[name]), strict=True)) for name in dirty.columns}
    result = RepairedCells(sum(old != truth for pairs in cells.values() for old, truth in pairs), _count_mended(cells, cleaned.batch.rows))
    last = cleaned.repairs.filter("applied").unique([ROW, "column"], keep="last", maintain_order=True)
    for row in last.filter(pl.col("column").is_in(list(cells))).iter_rows(named=True):
        old, truth = cells[row["column"]][_position(row[ROW])]
        new = plain(row["new"])
        is_right = is_same(new, truth)
        if new != old and not (is_right and is_same(old, truth)):
            (result.right if is_right else result.wrong)[row["cleaner"]] += 1
    return result


def _count_mended(cells: Mapping[str, list[tuple[str, str]]], rows: pl.DataFrame) -> int:
    """Count the cells in error that are right in the cleaned rows, by a repair or since the declared type reads them."""
    positions = [_position(row_id) for row_id in rows[ROW]]
    uncast = {(row_id, column) for row_id, column in unparsed_cells(rows).select(ROW, "column").iter_rows()}
    mended = 0
    for name in cells.keys() & set(rows.columns):
        for row_id, position, new in zip(rows[ROW], positions, rows[name].cast(pl.String), strict=True):
            old, truth = cells[name][position]
            mended += old != truth and (row_id, name) not in uncast and is_same(plain(new), truth)
    return mended


def _position(row_id: str) -> int:
    return int(row_id.rpartition(".")[2])


def plain(text: str | None) -> str:
    """Return a text without entities and with single blanks, as the authors of the public tables compare cells."""
    return " ".join(html.unescape(text or "").split())


def is_same(first: str, second: str) -> bool:
    """Return True where two texts are equal, or the same number."""
    try:
        return first == second or float(first) == float(second)
    except ValueError:
        return False


def wilson_bound(right: int, total: int, z: float = 1.96) -> float:
    """Compute the lower bound of Wilson's 95 % interval of a share; 0 where there is nothing.

    Example:
        >>> round(wilson_bound(98, 100), 3)
        0.93
    """
    if total == 0:
        return 0.0
    share, square = right / total, z * z / total
    return (share + square / 2 - z * math.sqrt((share * (1 - share) + square / 4) / total)) / (1 + square)


def add_up(tables: Mapping[str, RepairedCells]) -> tuple[Counter[str], Counter[str]]:
    """Add up right and wrong repairs of all tables, by cleaner."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for cells in tables.values():
        right.update(cells.right)
        wrong.update(cells.wrong)
    return right, wrong
