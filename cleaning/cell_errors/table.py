"""Hold the cells of a table as texts, and what its columns hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_MARKERS = frozenset({"", "empty", "n/a", "na", "null", "none", "nan", "-", "?", "unknown", "-1", "missing", "n.a.", "#n/a", "nil", "\\n"})


@dataclass(frozen=True, eq=False)
class Table:
    """Represent rows of texts; an empty text is an empty cell.

    Attributes:
        names: Names of the columns.
        columns: The cells of each column, all of the same number of rows.

    Example:
        >>> table = Table.of(pl.DataFrame({"city": ["Kiel", "Kiel", None]}))
        >>> table.columns, table.counts[0]["Kiel"]
        ((('Kiel', 'Kiel', ''),), 2)
    """

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Table:
        """Return the cells of a frame as texts."""
        texts = rows.select(pl.all().cast(pl.String).fill_null(""))
        return cls(tuple(texts.columns), tuple(tuple(texts[name].to_list()) for name in texts.columns))

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.names)

    @cached_property
    def counts(self) -> tuple[Counter[str], ...]:
        """Return how many rows hold each value of each column."""
        return tuple(Counter(column) for column in self.columns)

    @cached_property
    def missing(self) -> Masks:
        """Return True for each cell that is empty or holds a word for a missing value (rows x columns)."""
        return self.mask([is_missing] * self.width)

    def cell(self, row: int, column: int) -> str:
        """Return the text of a cell."""
        return self.columns[column][row]

    def mask(self, tests: Sequence[Callable[[str], float]]) -> Masks:
        """Return the answers of one test a column for each of its cells; each distinct value is tested once (rows x columns)."""
        cells = [by_value(self.columns[place], test) > 0 for place, test in enumerate(tests)]
        return np.stack(cells, 1) if cells else np.zeros((self.height, 0), dtype=bool)

    def take(self, rows: Sequence[int]) -> Table:
        """Return some of the rows, in that order."""
        return Table(self.names, tuple(tuple(column[row] for row in rows) for column in self.columns))


def by_value(column: Sequence[str], function: Callable[[str], float]) -> Floats:
    """Return a number for each cell of a column, computed once for each distinct value."""
    results: Mapping[str, float] = {value: float(function(value)) for value in set(column)}
    return np.array([results[value] for value in column], dtype=np.float64)


def is_missing(value: str) -> bool:
    """Return True for an empty text, and for a word that stands for a missing value.

    Example:
        >>> is_missing("N/A"), is_missing(" "), is_missing("0")
        (True, True, False)
    """
    return value.strip().lower() in _MARKERS
