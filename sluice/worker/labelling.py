"""Choose the rows of a dataset that people are asked to label."""

from __future__ import annotations

from collections.abc import Sequence

from cleaning.cell_errors.asking import report_rows, rows_to_label
from cleaning.cell_errors.labelling import Labelling
from sluice.config.label_settings import label_path
from sluice.domain import RowToLabel
from sluice.store.label_file import read_label_file
from sluice.wiring.label_rows import rows_with_labels
from sluice.worker.progress import report_progress
from sluice.worker.session import open_session


def choose_rows(path: str, dataset: str, count: int, snapshot_id: str) -> Sequence[RowToLabel]:
    """Return the rows to label next, in their order, each as if those before it were labelled.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of a configured dataset.
        count: Number of rows, at most.
        snapshot_id: Id of the snapshot whose rows are labelled.

    Raises:
        UsageError: Nothing is published, or the file of the labels cannot be read.
    """
    config, store = open_session(path)
    lines = read_label_file(label_path(config, dataset))
    ids, table = rows_with_labels(config, store.snapshot(snapshot_id), dataset, lines)
    present = set(lines["row"].drop_nulls())
    labelled = [place for place, row in enumerate(ids) if row in present]
    return report_rows(rows_to_label(Labelling.of(table), ids, labelled, count), count, report_progress)
