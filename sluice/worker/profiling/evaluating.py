"""Add the summary of its rows to the outcome of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sluice.config import Config
from sluice.domain import Batch, Outcome
from sluice.worker.profiling.rows import RowsSummary


def profiled(evaluate: Callable[[Batch], Outcome], config: Config, dataset: str) -> Callable[[Batch], Outcome]:
    """Return a function that evaluates a batch and summarises the rows that were judged: good and bad ones as they were cleaned, no copies.

    Args:
        evaluate: Evaluates a batch, or a part of one.
        config: The configuration; `profile: off` of the dataset leaves the summary out.
        dataset: Name of the dataset.
    """
    settings = config.datasets[dataset]
    columns = settings.schema_of(dataset).columns

    def evaluate_and_summarise(batch: Batch) -> Outcome:
        outcome = evaluate(batch)
        profile = RowsSummary.of(outcome.split.good.rows, columns)
        if outcome.split.bad.rows.height:  # the summary of no rows costs as much as that of a thousand
            profile = profile.merge(RowsSummary.of(outcome.split.bad.rows, columns))
        return replace(outcome, profile=profile)

    return evaluate_and_summarise if settings.profile else evaluate
