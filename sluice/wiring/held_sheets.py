"""Make sheets of the rows that a store holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import polars as pl

from sluice.config import Config
from sluice.domain import Message
from sluice.rules.corrections import describe_left_out
from sluice.rules.masking import mask_rows
from sluice.sheets.changed_cells import changed_cells
from sluice.sheets.corrections import SheetCorrections, read_corrections
from sluice.sheets.held import HeldSheet, held_sheet
from sluice.store import SqlStore
from sluice.store.dashboard_queries import QuarantineFilter, all_quarantined


def sheet_of(config: Config, store: SqlStore, dataset: str, rule: str | None = None, language: str = "en") -> HeldSheet:
    """Return the held rows of a dataset as a sheet, personal columns masked.

    Args:
        config: The configuration.
        store: Its records and rows.
        dataset: Name of the dataset.
        rule: Leave out the rows that this rule does not hold; None means all.
        language: Language of names and reasons.
    """
    return _sheet(config, store, dataset, all_quarantined(store, QuarantineFilter(dataset, "held", rule)), language)


def corrections_of(config: Config, dataset: str, content: bytes) -> SheetCorrections:
    """Read the right values of a sheet of held rows; see `sluice.sheets.corrections`.

    Args:
        config: The configuration.
        dataset: Name of the dataset.
        content: Content of the file.
    """
    return read_corrections(content, config.datasets[dataset].schema_of(dataset), config.limits)


def notes_of(config: Config, store: SqlStore, dataset: str, read: SheetCorrections, language: str = "en") -> Iterator[Message]:
    """Yield what a person should know of a sheet before its right values are taken over: what was read, what was not, and why.

    Args:
        config: The configuration.
        store: Its records and rows.
        dataset: Name of the dataset.
        read: What the sheet says.
        language: Language of the names of columns.
    """
    yield from read.notes
    yield from map(describe_left_out, read.left)
    held = store.quarantine.held(dataset, rows=read.arrived["row"].drop_nulls().to_list())
    if not held.is_empty():
        yield from changed_cells(read.arrived, _sheet(config, store, dataset, held, language))


def _sheet(config: Config, store: SqlStore, dataset: str, rows: pl.DataFrame, language: str) -> HeldSheet:
    schema = config.datasets[dataset].schema_of(dataset)
    files = {run.id: PurePosixPath(run.uri).name for run in store.runs.of(dataset) if run.uri}
    return held_sheet(mask_rows(rows, schema), schema, files, language)
