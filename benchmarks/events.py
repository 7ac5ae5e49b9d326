"""Write a log of events as large as one likes, a known share of which breaks each rule."""

from __future__ import annotations

import numpy as np
import polars as pl

ITEMS, USERS, SHARE = 50_000, 500_000, 0.001
SPOILT = {
    "event_id": pl.col("event_id").shift(1),
    "user_id": pl.lit(None),
    "item_id": pl.lit("x"),
    "event_type": pl.lit("veiw"),
    "received_at": pl.col("ts") - pl.duration(hours=1),
    "price": pl.lit(-1.0),
    "quantity": pl.lit(0),
}


def events(rows: int, seed: int) -> pl.DataFrame:
    """Draw one day's events; in each column, one row in a thousand is spoilt.

    Args:
        rows: How many.
        seed: Another seed is another log.
    """
    rng = np.random.default_rng(seed)
    at = np.datetime64("2026-03-01T00:00:00", "us") + rng.integers(0, 86_400_000_000, rows).astype("timedelta64[us]")
    frame = pl.DataFrame(
        {
            "event_id": pl.Series(rng.integers(0, 2**62, rows)).cast(pl.String),
            "user_id": "u" + pl.Series(rng.integers(0, USERS, rows)).cast(pl.String).str.zfill(7),
            "item_id": "i" + pl.Series(rng.integers(0, ITEMS, rows)).cast(pl.String).str.zfill(6),
            "event_type": pl.Series(rng.choice(3, rows, p=[0.9, 0.07, 0.03])).replace_strict({0: "view", 1: "cart", 2: "purchase"}),
            "ts": at,
            "received_at": at + rng.integers(1, 2_000_000, rows).astype("timedelta64[us]"),
            "price": np.exp(rng.normal(3, 1, rows)).round(2),
            "quantity": rng.integers(1, 5, rows),
        }
    )
    return frame.with_columns(pl.when(pl.Series(rng.random(rows) < SHARE)).then(bad).otherwise(pl.col(name)).alias(name) for name, bad in SPOILT.items())
