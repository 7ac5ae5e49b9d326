"""Gather what speaks against each cell of a table, and what could stand there instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cleaning.cell_errors import column, dependencies, truth
from cleaning.cell_errors.claims import Reports, find_reports
from cleaning.cell_errors.column import ColumnProfile
from cleaning.cell_errors.dependencies import Dependency
from cleaning.cell_errors.exchanged import Homes, exchanged, homes_of
from cleaning.cell_errors.misplaced import Domain, domains_of, moved
from cleaning.cell_errors.signs import SIGNS, signs_of
from cleaning.cell_errors.table import Floats, Masks, Table
from cleaning.cell_errors.truth import Truth, discover_truth

FEATURES = (*column.FEATURES, *dependencies.FEATURES, "source_doubt", "sources_state", "source_accuracy")


@dataclass(frozen=True, eq=False)
class Reference:
    """Hold what is usual in a table; rows are compared with it.

    Attributes:
        table: The table.
        profiles: What is usual in each column.
        dependencies: Which columns nearly determine others.
        reports: Which columns name things and sources; None without any.
        domains: What may stand in each column.
        homes: Where texts belong that are foreign to their column.
    """

    table: Table
    profiles: Sequence[ColumnProfile]
    dependencies: Sequence[Dependency]
    reports: Reports | None
    domains: Sequence[Domain]
    homes: Homes

    @classmethod
    def of(cls, table: Table) -> Reference:
        """Learn what is usual in a table."""
        profiles = [ColumnProfile.of(counts) for counts in table.counts]
        return cls(table, profiles, dependencies.discover(table), find_reports(table), domains_of(table), homes_of(table.counts))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Hold what speaks against the cells of some rows.

    Attributes:
        table: The rows.
        cells: Features, in the order of `FEATURES` (rows x columns x features).
        signs: Signs of an error, in the order of `SIGNS` (rows x columns x signs).
        determined: Value that the strongest dependency gives each cell, by column, then row.
        moved: Value of cells between which values moved, by row and column.
        reports: Columns of things and sources; None without any.
        truths: What is believed of the things, by column.
        counts: Rows of each value in the reference, by column.
    """

    table: Table
    cells: Floats
    signs: Masks
    determined: Sequence[Sequence[str | None]]
    moved: Mapping[tuple[int, int], str]
    reports: Reports | None
    truths: Mapping[int, Truth]
    counts: Sequence[Mapping[str, int]]

    @property
    def suspicion(self) -> Floats:
        """Return 1 for each cell with a sign of an error, else 0 (rows x columns)."""
        return np.asarray(self.signs.any(2), dtype=np.float64)

    def winner(self, row: int, place: int) -> str | None:
        """Return what the sources say of a cell; None where no sources do."""
        if self.reports is None or place not in self.truths:
            return None
        return self.truths[place].winners.get(self.table.cell(row, self.reports.thing))

    def names_of_signs(self, row: int, place: int) -> list[str]:
        """Return the names of the signs that a cell shows."""
        return [name for name, present in zip(SIGNS, self.signs[row, place], strict=True) if present]

    def believing(self, right_values: Mapping[int, Mapping[str, str]]) -> Evidence:
        """Return the evidence once the values of some things are known, by column: it changes what is believed of their sources."""
        if self.reports is None:
            return self
        return _with_truth(self, discover_truth(self.table, self.reports, right_values))


def gather(reference: Reference, rows: Table | None = None) -> Evidence:
    """Gather the evidence against the cells of the reference itself, or of other rows.

    Args:
        reference: What is usual.
        rows: Rows that are not part of the reference, in the same columns.
    """
    table, new = (reference.table, False) if rows is None else (rows, True)
    by_column = [_value_features(profile, values, new=new) for profile, values in zip(reference.profiles, table.columns, strict=True)]
    determined, best = dependencies.features(table, reference.dependencies, new=new)
    counts = reference.table.counts
    values = {**exchanged(table, counts, reference.homes), **moved(table, reference.domains)}
    own = np.stack(by_column, 1) if by_column else np.zeros((table.height, 0, len(column.FEATURES)))
    cells = np.concatenate([own, determined, np.zeros((table.height, table.width, 3))], 2)
    empty = np.zeros((table.height, table.width, len(SIGNS)), dtype=bool)
    evidence = Evidence(table, cells, empty, best, values, reference.reports, {}, counts)
    return _with_truth(evidence, discover_truth(reference.table, reference.reports, {}) if reference.reports else {})


def _with_truth(evidence: Evidence, truths: Mapping[int, Truth]) -> Evidence:
    table = evidence.table
    cells = evidence.cells.copy()
    cells[:, :, -3:] = truth.features(table, evidence.reports, truths)
    misplaced = np.zeros((table.height, table.width), dtype=bool)
    for row, place in evidence.moved:
        misplaced[row, place] = True
    named = {name: cells[:, :, number] for number, name in enumerate(FEATURES)}
    signs = signs_of(table, evidence.counts, named, misplaced)
    return replace(evidence, cells=cells, signs=signs, truths=truths)


def _value_features(profile: ColumnProfile, values: Sequence[str], *, new: bool) -> Floats:
    """Return the features of each cell of a column (rows x features); each distinct value is described once."""
    described = {value: profile.features(value, new=new) for value in dict.fromkeys(values)}
    return np.array([described[value] for value in values], dtype=np.float64).reshape(len(values), len(column.FEATURES))
