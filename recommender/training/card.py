"""Describe a trained recommender on its card: what it learned from, how it was chosen, and its metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from recommender.data.published import keep_trusted_runs
from recommender.evaluation.holdout import Holdout
from sluice.config import Recommender
from sluice.domain import RUN, Message, Run
from sluice.ports import Snapshot

PROTOCOL = Message.of("holdout_protocol")


def describe_sources(snapshot: Snapshot, config: Recommender, runs: Sequence[str]) -> dict[str, object]:
    """Return the snapshot, and the batches whose rows were read.

    Args:
        snapshot: Snapshot that was learned from.
        config: Names of the datasets.
        runs: The open runs.
    """
    published = [run for dataset in config.reads for run in _runs_read(snapshot, config, dataset, runs)]
    return {"basis": snapshot.id, "runs": [_describe_run(run) for run in published], "read": list(runs)}


def _runs_read(snapshot: Snapshot, config: Recommender, dataset: str, runs: Sequence[str]) -> list[Run]:
    """Return the runs with rows that were read: an older catalog has none once a newer one came, and its rows may be older than the training window."""
    rows = snapshot.published(dataset)
    if RUN not in rows.collect_schema().names():
        return []
    read = rows.filter(pl.col(RUN).is_in(list(runs))) if dataset == config.events else keep_trusted_runs(rows, snapshot, dataset, runs)
    present = set(read.select(pl.col(RUN).unique()).collect()[RUN])
    return [run for run in snapshot.runs(dataset) if run.id in present]


def describe_data(holdout: Holdout, items: int) -> dict[str, object]:
    """Return the sizes of the training data and of the hold-out.

    Args:
        holdout: Interactions, split.
        items: Number of items that the model knows.
    """
    own = holdout.train.filter(pl.col("weight") > 0)
    return {
        "rows": own.height,
        "counts": {"users": own["user"].n_unique(), "items": items, "holdout_users": holdout.targets.height},
        "holdout": {"from": holdout.cutoff.isoformat(), "protocol": PROTOCOL.to_json()},
    }


def describe_results(kind: str, metrics: Mapping[str, Mapping[str, float]]) -> dict[str, object]:
    """Return the chosen model, and the metrics of all candidates on the hold-out."""
    return {"kind": kind, "metrics": {name: dict(values) for name, values in metrics.items()}, "serving": dict(metrics[kind])}


def _describe_run(run: Run) -> dict[str, object]:
    score, worst = run.published.value, run.published.worst
    entry = {"id": run.id, "dataset": run.dataset, "batch": run.uri.rsplit("/", 1)[-1], "at": run.at.isoformat()}
    return entry | {"score": score, "worst": worst, "version": run.versions.get("clean"), "rules": run.fingerprint}
