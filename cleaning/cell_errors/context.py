"""Show a row in its context: the rows that a suspect is compared with, and those that have most in common with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from cleaning.cell_errors.evidence import Evidence, Reference
from cleaning.cell_errors.table import Places
from sluice.domain import Suspect, ValueGroup

_BY_DEPENDENCY = frozenset({"dependency", "determined"})
_VALUES = 4  # most frequent values of a group
_LONGEST = 200  # characters of a value of another row
NEAR = 3


class Context:
    """Compare rows of a table with the others.

    Example:
        >>> from cleaning.cell_errors.evidence import gather
        >>> from cleaning.cell_errors.table import Table
        >>> reference = Reference.of(Table(("city", "zip"), (("Kiel", "Kiel", "Bonn"), ("1", "2", "3"))))
        >>> Context(reference, gather(reference)).near(0)
        [1]
    """

    def __init__(self, reference: Reference, evidence: Evidence) -> None:
        """Keep what is usual in the table, and the evidence on its cells."""
        self._reference, self._evidence, self._table = reference, evidence, reference.table

    @cached_property
    def _codes(self) -> Places:
        """Return the number of each value within its column (rows x columns)."""
        numbers = [np.unique(np.array(column, dtype=object), return_inverse=True)[1] for column in self._table.columns]
        return np.stack(numbers, 1)

    def near(self, row: int, count: int = NEAR) -> list[int]:
        """Return the rows that share most cells with a row; a value that few rows have counts more."""
        scores = np.zeros(self._table.height)
        for place in np.flatnonzero(~self._table.missing[row]):
            equal = self._codes[:, place] == self._codes[row, place]
            scores += equal * np.log(self._table.height / equal.sum())
        scores[row] = 0
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(other) for other in best if scores[other] > 0]

    def suspect(self, row: int, place: int) -> Suspect:
        """Say why a cell looks wrong, beside the values of the rows that it is compared with."""
        signs = self._evidence.names_of_signs(row, place)
        return Suspect(signs, self._group(row, place, self._common_column(row, place, frozenset(signs))))

    def cells(self, row: int) -> Mapping[str, str]:
        """Return the cells of a row by column, long ones cut."""
        return {name: self._table.cell(row, place)[:_LONGEST] for place, name in enumerate(self._table.names)}

    def _common_column(self, row: int, place: int, signs: frozenset[str]) -> int | None:
        """Return the column that a cell is compared by: the one that determines it, or that names the thing; None where it is compared with all rows."""
        if signs & _BY_DEPENDENCY:
            strengths = {rule.determinant: rule.strength for rule in self._reference.dependencies if rule.dependent == place}
            apart = {other: strength * self._share_of_others(row, other, place) for other, strength in strengths.items()}
            return max(apart, key=apart.__getitem__, default=None)
        return self._reference.reports.thing if "sources" in signs and self._reference.reports else None

    def _share_of_others(self, row: int, common: int, place: int) -> float:
        """Return the share of the rows with an equal cell in one column that have another value in a second one."""
        alike = self._codes[:, common] == self._codes[row, common]
        return float((self._codes[alike, place] != self._codes[row, place]).mean())

    def _group(self, row: int, place: int, common: int | None) -> ValueGroup:
        rows = np.arange(self._table.height) if common is None else np.flatnonzero(self._codes[:, common] == self._codes[row, common])
        column = self._table.columns[place]
        values = self._table.counts[place] if common is None else Counter(column[other] for other in rows)
        most = sorted(values.items(), key=lambda entry: (-entry[1], entry[0]))[:_VALUES]
        where = {} if common is None else {self._table.names[common]: self._table.cell(row, common)[:_LONGEST]}
        return ValueGroup(where, [(value[:_LONGEST], count) for value, count in most], len(rows))
