"""Run the peer for odd traffic: PyOD's isolation forest on what each user does in a day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

FALSE = 0.01  # share of the rows of a clean day that its threshold flags


class Forest:
    """Score users and days by an isolation forest."""

    def __init__(self, days: Sequence[pl.DataFrame]) -> None:
        """Fit it on all days but the last, which sets its threshold."""
        from pyod.models.iforest import IForest

        self._model = IForest(random_state=0)
        self._model.fit(np.concatenate([_features(day)[1] for day in days[:-1]]))
        self._threshold = float(np.quantile(self._scores(days[-1]), 1 - FALSE))

    def flag(self, rows: pl.DataFrame) -> pl.Series:
        """Flag all rows of the users that are beyond it."""
        return pl.Series(self._scores(rows) > self._threshold)

    def _scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        users, features = _features(rows)
        scored = users.to_frame().with_columns(score=pl.Series(self._model.decision_function(features)))
        return rows.select("user_id").join(scored, on="user_id", how="left", maintain_order="left")["score"].to_numpy()


def _features(rows: pl.DataFrame) -> tuple[pl.Series, NDArray[np.float64]]:
    gap = pl.col("ts").sort().diff().dt.total_seconds()
    delay = (pl.col("received_at") - pl.col("ts")).dt.total_seconds()
    by_user = rows.group_by("user_id", maintain_order=True).agg(
        *((pl.col("event_type") == kind).sum().alias(kind) for kind in ("view", "cart", "purchase")),
        events=pl.len(),
        items=pl.col("item_id").n_unique(),
        sessions=pl.col("session_id").n_unique(),
        pace=gap.median(),
        spread=gap.std(),
        hour=pl.col("ts").dt.hour().mean(),
        price=pl.col("price").mean(),
        delay=delay.abs().max(),
    )
    return by_user["user_id"], by_user.drop("user_id").cast(pl.Float64).fill_null(0.0).to_numpy()
