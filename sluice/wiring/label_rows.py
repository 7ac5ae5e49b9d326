"""Read the rows of a dataset that people label."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaning.cell_errors.stored_labels import read_rows, with_former_rows
from cleaning.cell_errors.table import Table
from sluice.config import Config
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.wiring.label_columns import columns_to_label


def rows_with_labels(config: Config, snapshot: Snapshot, dataset: str, lines: pl.DataFrame) -> tuple[Sequence[str], Table]:
    """Return ids and cells of published rows, and of rows that have labels and are published no longer.

    Args:
        config: The configuration.
        snapshot: What is published.
        dataset: Name of the dataset.
        lines: Labels: `row`, `column` and `value`.

    Raises:
        UsageError: Nothing is published, or the cleaner names columns that cannot be labelled.
    """
    ids, table = read_rows(snapshot, dataset, columns_to_label(config, dataset), lines["row"].drop_nulls().unique().to_list())
    if not ids:
        raise make_error(UsageError, "labels_no_row", dataset=dataset)
    return with_former_rows(ids, table, lines)
