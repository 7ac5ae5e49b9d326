"""Sluice keeps a shop's data fit to learn from: it checks, cleans, scores and gates every batch.

import sluice

decision = sluice.gate("events")
if decision.open:
    rows = sluice.published("events", decision).collect()

with sluice.open() as shop:
    answer = shop.recommend("u00042", 10)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from sluice.domain import Decision, Run
    from sluice.serving.service import RecommenderService

__version__ = "0.1.0"
__all__ = ["gate", "open", "published", "run"]


def gate(dataset: str, config: str | Path = "sluice.yaml") -> Decision:
    """Whether a dataset may be learned from now, why, and from exactly which rows; the answer is logged.

    Args:
        dataset: Its name.
        config: Where sluice.yaml is.

    Raises:
        UsageError: No dataset is called so, or there is no such file.
        ConfigError: The configuration is wrong.
    """
    from sluice.app import build

    with build(config) as app:
        decision = app.gate(dataset)
        app.store.decisions.record(decision, by="python")
    return decision


def published(dataset: str, decision: Decision, config: str | Path = "sluice.yaml") -> pl.LazyFrame:
    """The rows that an open decision pins: the same rows for the same decision, whatever is published later.

    Args:
        dataset: The decision's, or another one as it was at the decision's snapshot.
        decision: What `gate` gave.
        config: Where sluice.yaml is.

    Raises:
        GateClosed: The decision is not open.
    """
    from sluice.app import build

    with build(config) as app:
        return app.published(dataset, decision)


def run(config: str | Path = "sluice.yaml") -> list[Run]:
    """Publish every batch that arrived; the runs, in the order in which they were published.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: Database or lake do not answer.
    """
    from sluice.app import build

    with build(config) as app:
        return list(app.run(app.waiting()))


def open(config: str | Path = "sluice.yaml") -> RecommenderService:  # noqa: A001  # what Python says of a thing that is to be closed
    """The serving recommender in memory, to be asked many times, told of events, and closed.

    Args:
        config: Where sluice.yaml is.

    Raises:
        ConfigError: The configuration is wrong.
        UsageError: It configures no recommender.
    """
    from sluice.app import build

    return build(config).server()
