"""Evaluate a batch of a dataset, and add the summary of its rows to the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from sluice.config import Config
from sluice.domain import Batch, Outcome, Split
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps, stage
from sluice.worker.profiling.rows import RowsSummary


def make_evaluator(config: Config, dataset: str, steps: Steps, snapshot: Snapshot, held_rows: Callable[[Split], pl.DataFrame]) -> Callable[[Batch], Outcome]:
    """Return a function that evaluates a batch, or a part of one, and summarises the rows that were judged: good and bad ones as they were cleaned, no copies.

    Args:
        config: The configuration; `profile: off` of the dataset leaves the summary out.
        dataset: Name of the dataset.
        steps: Its steps.
        snapshot: Everything that was published before.
        held_rows: Read the rows that are held now; see `evaluate`.
    """
    settings = config.datasets[dataset]
    columns = settings.schema_of(dataset).columns

    def evaluate_and_summarise(batch: Batch) -> Outcome:
        owned = [batch]
        del batch  # a batch that nobody else holds gives its memory back once its rows are split, before they are split again
        outcome = evaluate(owned.pop(), steps, snapshot, weights=settings.gate.weights, held_rows=held_rows, score_by=settings.score_by)
        if not settings.profile:
            return outcome
        with stage("profile"):
            profile = RowsSummary.of(outcome.split.good.rows, columns)
            if outcome.split.bad.rows.height:  # the summary of no rows costs as much as that of a thousand
                profile = profile.merge(RowsSummary.of(outcome.split.bad.rows, columns))
        return replace(outcome, profile=profile)

    return evaluate_and_summarise
