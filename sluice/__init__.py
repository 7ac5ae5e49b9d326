"""Keep a shop's data fit to learn from: check, clean, score and gate every batch.

```python
import sluice

decision = sluice.gate("events")
if decision.open:
    rows = sluice.published_rows("events", decision).collect()

with sluice.recommender() as shop:
    answer = shop.recommend("u00042", 10)
```
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from recommender.serving.answer import Answer
    from sluice.app.frame_check import Report, Suite
    from sluice.domain import Decision, Message, Run, Verdict
    from sluice.errors import ConfigError, GateClosed, ModelError, SluiceError, SourceError, StoreError, UsageError
    from sluice.messages import render
    from sluice.serving.service import RecommenderService

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "ConfigError",
    "Decision",
    "GateClosed",
    "Message",
    "ModelError",
    "RecommenderService",
    "Report",
    "Run",
    "SluiceError",
    "SourceError",
    "StoreError",
    "UsageError",
    "Verdict",
    "check",
    "gate",
    "published_rows",
    "recommender",
    "render",
    "run",
]

_LAZY = {
    "Answer": "recommender.serving.answer",
    "Decision": "sluice.domain",
    "Message": "sluice.domain",
    "RecommenderService": "sluice.serving.service",
    "Report": "sluice.app.frame_check",
    "Run": "sluice.domain",
    "Verdict": "sluice.domain",
    "render": "sluice.messages",
    **dict.fromkeys(("ConfigError", "GateClosed", "ModelError", "SluiceError", "SourceError", "StoreError", "UsageError"), "sluice.errors"),
}


def __getattr__(name: str) -> object:
    """Import an exported type when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module 'sluice' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def check(frame: pl.DataFrame, suite: Suite) -> Report:
    """Check the rows of a frame by a suite of expectations; needs no store, no folder and no configuration.

    Args:
        frame: Rows to check.
        suite: Expectations as in sluice.yaml (`name`, or `{name: settings}`), or the path of a Great Expectations suite in JSON.

    Raises:
        UsageError: An expectation is unknown, or its settings do not fit.

    Example:
        >>> import polars as pl
        >>> report = check(pl.DataFrame({"price": [9.5, -1.0]}), [{"expect_column_values_to_be_between": {"column": "price", "min_value": 0}}])
        >>> report.good["price"].to_list(), report.bad["price"].to_list()
        ([9.5], [-1.0])
    """
    from sluice.app.frame_check import check as check_frame

    return check_frame(frame, suite)


def gate(dataset: str, config: str | Path = "sluice.yaml") -> Decision:
    r"""Decide whether a dataset may be learned from now, why, and from exactly which rows; the decision is logged.

    Args:
        dataset: Name of the dataset.
        config: Path of sluice.yaml.

    Raises:
        UsageError: There is no such dataset, or no such file.
        ConfigError: The configuration is wrong.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("orders.csv").write_text("id,price\n1,9.5\n2,7.0\n")
        >>> _ = Path("sluice.yaml").write_text("datasets: {orders: {source: {files: '*.csv'}, columns: {id: {}, price: {type: number}}}}")
        >>> import sluice
        >>> _ = sluice.run()
        >>> sluice.gate("orders").state
        'open'
    """
    from sluice.app import build

    with build(config) as app:
        decision = app.gate(dataset)
        app.store.decisions.record(decision, by="python")
    return decision


def published_rows(dataset: str, decision: Decision, config: str | Path = "sluice.yaml") -> pl.LazyFrame:
    r"""Return the rows that an open decision pins: the same rows for the same decision, whatever is published later.

    Args:
        dataset: The decision's dataset, or another one as it was at the decision's snapshot.
        decision: A decision of `gate`.
        config: Path of sluice.yaml.

    Raises:
        GateClosed: The decision is not open.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("orders.csv").write_text("id,price\n1,9.5\n2,7.0\n")
        >>> _ = Path("sluice.yaml").write_text("datasets: {orders: {source: {files: '*.csv'}, columns: {id: {}, price: {type: number}}}}")
        >>> import sluice
        >>> _ = sluice.run()
        >>> sluice.published_rows("orders", sluice.gate("orders")).collect()["price"].to_list()
        [9.5, 7.0]
    """
    from sluice.app import build

    with build(config) as app:
        return app.published_rows(dataset, decision)


def run(config: str | Path = "sluice.yaml") -> list[Run]:
    r"""Publish every batch that arrived; return the runs in the order in which they were published.

    Args:
        config: Path of sluice.yaml.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: Database or lake do not answer.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("orders.csv").write_text("id,price\n1,9.5\n2,7.0\n")
        >>> _ = Path("sluice.yaml").write_text("datasets: {orders: {source: {files: '*.csv'}, columns: {id: {}, price: {type: number}}}}")
        >>> import sluice
        >>> [(run.dataset, run.good, run.bad) for run in sluice.run()]
        [('orders', 2, 0)]
    """
    from sluice.app import build

    with build(config) as app:
        return list(app.run(app.pending_arrivals()))


def recommender(config: str | Path = "sluice.yaml") -> RecommenderService:
    r"""Open the serving recommender in memory, for many answers; close it when done.

    Args:
        config: Path of sluice.yaml.

    Raises:
        ConfigError: The configuration is wrong.
        UsageError: It configures no recommender.

    Example:
        >>> from pathlib import Path
        >>> events = "events: {source: {files: 'e*.csv'}, columns: {user: {}, item: {}, at: {type: timestamp}}}"
        >>> items = "items: {source: {files: 'i*.csv'}, columns: {item: {}}}"
        >>> settings = "recommender: {events: events, items: items, user: user, item: item, time: at}"
        >>> _ = Path("sluice.yaml").write_text(f"datasets:\n  {events}\n  {items}\n{settings}\n")
        >>> import sluice
        >>> with sluice.recommender() as service:
        ...     service.recommend("u1")
        Traceback (most recent call last):
        ...
        sluice.errors.UsageError: no recommender serves yet: ...
    """
    from sluice.app import build

    return build(config).recommender()
