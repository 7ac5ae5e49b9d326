"""Give published cells the spelling that a person decided on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sluice.domain import Request, Run
from sluice.ports import PublishingStore, ValueMapper


def mapping_run(request_id: str) -> str:
    """Return the id of the run that carries out a request to map values.

    Example:
        >>> mapping_run("q1")
        'map-q1'
    """
    return f"map-{request_id}"


def map_values(
    request: Request, column: str, values: Mapping[str, str], store: PublishingStore, worker: ValueMapper, *, now: datetime, before: Callable[[], object]
) -> Run | None:
    """Replace values of a column in all published rows by one run, and do something else with it: both, or neither.

    Rows that then fail a rule move to the quarantine.

    Args:
        request: The request, which names the dataset.
        column: Name of the column.
        values: The right value by each wrong one.
        store: Where the rows are published.
        worker: Replaces the values, and judges and stages the rows.
        now: Time of the run.
        before: Called once the rows are staged and before they are published; where it raises, no row changes. A worker that dies calls it again.

    Returns:
        The run, also of a worker that died before it answered; None where no published row holds such a value.
    """
    name = mapping_run(request.id)
    with store.lease(request.dataset) as lease:
        snapshot = store.snapshot()
        if earlier := next((run for run in snapshot.runs(request.dataset) if run.id == name), None):
            return earlier
        staged = worker.map_values(request.dataset, name, column, values, snapshot.id, now)
        before()
        return store.publish(lease, staged) if staged else None


def preview_mapping(request: Request, column: str, values: Mapping[str, str], store: PublishingStore, worker: ValueMapper, *, now: datetime) -> Run | None:
    """Replace values as `map_values` does, and publish nothing.

    Args:
        request: As in `map_values`, like the other arguments.
        column: Name of the column.
        values: The right value by each wrong one.
        store: Where the rows are published.
        worker: Replaces the values, and judges the rows.
        now: Time of the run.

    Returns:
        The run that would be published; None where no published row holds such a value.
    """
    with store.lease(request.dataset):
        staged = worker.map_values(request.dataset, mapping_run(request.id), column, values, store.snapshot().id, now)
        return worker.preview(staged) if staged else None
