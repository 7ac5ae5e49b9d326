"""Judge published rows by rules that could not be evaluated when they were published."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sluice.domain import Recheck, Run
from sluice.ports import Rechecker, RecheckStore


def recheck(dataset: str, rules: Collection[str], store: RecheckStore, worker: Rechecker) -> Iterator[Run]:
    """Judge the published rows of each run by those rules that were not evaluated then, such as before the rows came that they refer to.

    Rows that fail a rule that holds rows move to the quarantine. The run that published them gets a revision.

    Args:
        dataset: Name of the dataset.
        rules: Ids of rules that may be evaluated now.
        store: Where the rows are published.
        worker: Judges them.
    """
    if not store.unevaluated(dataset, rules):  # a lease is not taken for nothing
        return
    with store.lease(dataset) as lease:
        for run, (at, waiting) in store.unevaluated(dataset, rules).items():
            basis = store.snapshot().id
            staged = worker.recheck(Recheck(dataset, f"recheck-{run}-{basis}", run, waiting, at), basis)
            if staged is None:  # nothing to compare with, for none of the runs
                return
            yield store.publish(lease, staged)
