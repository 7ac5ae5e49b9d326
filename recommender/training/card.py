"""The card of a trained recommender: what it learned from, how it was chosen, and how well it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from recommender.data.published import keep_trusted_runs
from recommender.evaluation.holdout import Holdout
from sluice.config import Recommender
from sluice.domain import RUN, Run
from sluice.ports import Snapshot

PROTOCOL = "the newest item that a user first met since then, ranked among all items but those he had met"


def sources(snapshot: Snapshot, config: Recommender, runs: Sequence[str]) -> dict[str, object]:
    """The snapshot, and the batches of which it holds rows that were read.

    Args:
        snapshot: What was learned from.
        config: Names the datasets.
        runs: The open runs.
    """
    published = [run for dataset in config.reads for run in _read(snapshot, config, dataset, runs)]
    return {"basis": snapshot.id, "runs": [_source(run) for run in published], "read": list(runs)}


def _read(snapshot: Snapshot, config: Recommender, dataset: str, runs: Sequence[str]) -> list[Run]:
    """An older catalog has no rows any more once a newer one has come, and what it has may be older than the training window."""
    rows = snapshot.published(dataset)
    if RUN not in rows.collect_schema().names():
        return []
    read = rows.filter(pl.col(RUN).is_in(list(runs))) if dataset == config.events else keep_trusted_runs(rows, snapshot, dataset, runs)
    there = set(read.select(pl.col(RUN).unique()).collect()[RUN])
    return [run for run in snapshot.runs(dataset) if run.id in there]


def counts(held: Holdout, items: int) -> dict[str, object]:
    """How much there was to learn from, and what the hold-out asks.

    Args:
        held: The interactions, parted.
        items: How many items the model knows.
    """
    own = held.train.filter(pl.col("weight") > 0)
    return {
        "rows": own.height,
        "counts": {"users": own["user"].n_unique(), "items": items, "holdout_users": held.targets.height},
        "holdout": {"from": held.cut.isoformat(), "protocol": PROTOCOL},
    }


def results(kind: str, metrics: Mapping[str, Mapping[str, float]]) -> dict[str, object]:
    """What serves, and the metrics of all that competed on the hold-out."""
    return {"kind": kind, "metrics": {name: dict(each) for name, each in metrics.items()}, "serving": dict(metrics[kind])}


def _source(run: Run) -> dict[str, object]:
    """A batch as the card names it."""
    score, worst = run.published.value, run.published.worst
    batch = run.uri.rsplit("/", 1)[-1]
    told = {"id": run.id, "dataset": run.dataset, "batch": batch, "at": run.at.isoformat()}
    return told | {"score": score, "worst": worst, "version": run.versions.get("clean"), "rules": run.fingerprint}
