"""Preview what the cleaners of a dataset change in a batch. Writes nothing."""

from __future__ import annotations

from pathlib import Path

from sluice.domain import Arrival, CleaningPreview, Run
from sluice.rules.cleaning_previews import sum_up_changes
from sluice.worker.backtesting import evaluate_again
from sluice.worker.session import open_session
from sluice.worker.tasks import evaluate_unstaged


def preview_cleaning(path: str, batch: Arrival | Run, snapshot_id: str, samples: int) -> CleaningPreview:
    """Evaluate a batch by the present configuration, and return what the cleaners change in it.

    Args:
        path: Path of sluice.yaml.
        batch: What waits to be read, or the published run of an arrival, whose rows are cleaned as they arrived.
        snapshot_id: Snapshot that what waits is judged against.
        samples: Number of changes shown for each cleaner and column.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration.
        SourceError: The arrival cannot be read.
        BatchFailed: A step fails on it.
    """
    outcome = evaluate_again(path, batch).outcome if isinstance(batch, Run) else evaluate_unstaged(path, batch, snapshot_id)
    config, _store = open_session(path)
    personal = {column.name for column in config.datasets[batch.dataset].schema_of(batch.dataset).columns if column.personal}
    held = {verdict.rule: verdict.failed for verdict in outcome.phases["cleaned"] if verdict.nature == "cleaner" and verdict.failed}
    rows = outcome.split.good.rows.height + outcome.split.bad.rows.height
    return CleaningPreview(Path(batch.uri).name, rows, sum_up_changes(outcome.repairs, personal, samples), held)
