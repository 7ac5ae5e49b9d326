"""Read a batch of events as visits: who did what to which item, when, from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW

TEXTS = ("user", "item", "session", "ip", "agent", "country", "kind")
TIMES = ("time", "received", "since")
NUMBERS = ("price", "quantity")


@dataclass(frozen=True, slots=True, eq=False)
class TrafficEvents:
    """Events, sorted by user and time.

    Attributes:
        rows: `_row_id`, and of `user`, `item`, `session`, `ip`, `agent`, `country`, `kind` (text), `time`, `received`, `since` (UTC), `price` and
            `quantity` (numbers) those that there are; cells are null where unknown.
    """

    rows: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame, columns: Mapping[str, str]) -> TrafficEvents:
        """Read them off a batch.

        Args:
            rows: The batch's rows.
            columns: By role (such as `user`), the column's name; empty or not in the rows: unknown. A column of another nature than
                its role asks for has unknown cells only.
        """
        present = {role: name for role, name in columns.items() if name and name in rows.columns}
        events = rows.select(pl.col(ROW) if ROW in rows.columns else pl.lit(None).alias(ROW), *(_cells(role, rows[name]) for role, name in present.items()))
        return cls(events.sort([name for name in ("user", "time", "item", ROW) if name in events.columns]))


def _cells(role: str, column: pl.Series) -> pl.Series:
    if role in TEXTS:
        texts = column.cast(pl.String, strict=False) if not column.dtype.is_nested() else pl.Series([None] * len(column), dtype=pl.String)
    elif role in TIMES:
        timed = isinstance(column.dtype, pl.Datetime) or (role == "since" and column.dtype == pl.Date)  # a visitor's first day is often no more than a date
        texts = column.cast(pl.Datetime("us", "UTC")) if timed else pl.Series([None] * len(column), dtype=pl.Datetime("us", "UTC"))
    else:
        texts = column.cast(pl.Float64) if column.dtype.is_numeric() else pl.Series([None] * len(column), dtype=pl.Float64)
    return texts.alias(role)
