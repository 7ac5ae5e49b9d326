"""Scan tables of many small files: one that a process scans again and again is held in memory, since opening its files costs more than their rows."""

from __future__ import annotations

from collections import Counter

import polars as pl

from sluice.store.delta_scan import PinnedTable
from sluice.store.extracts import Extracts

_SCANS = 8  # before them, a table is read from its files: a short command scans it less often
_MIN_FILES = 8
_MAX_BYTES = 16 * 2**20  # of its files, which take several times as much in memory


class SmallFiles:
    """Decide how a table is scanned."""

    def __init__(self, extracts: Extracts) -> None:
        """Hold no table yet.

        Args:
            extracts: Hold the rows, of which each file is read once.
        """
        self._extracts = extracts
        self._scans: Counter[str] = Counter()

    def scan(self, address: str, table: PinnedTable) -> pl.LazyFrame:
        """Scan one version of a table, with the same rows in the same order whether they are in memory or in files."""
        self._scans[address] += 1
        if self._scans[address] <= _SCANS or len(table.files) < _MIN_FILES or not 0 < table.size <= _MAX_BYTES:
            return table.scan()
        return self._extracts.of(table, (address, "rows"), lambda rows: rows).lazy()
