"""Read attributes of users, and the context of events: side columns, which say who asks, where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from recommender.data.published import has_columns, keep_trusted_runs
from sluice.config import Recommender
from sluice.config.recommender import DERIVED
from sluice.ports import Snapshot

USER, CONTEXT = "user.", "context."  # before the names of columns, which tell them from those of INTERACTIONS
MAX_LENGTH = 200  # letters of a value that count


def context_columns(schema: pl.Schema, config: Recommender) -> Mapping[str, pl.Expr]:
    """Return an expression for each side column of published events, by its prefixed name.

    Args:
        schema: Of the published events.
        config: Names the columns; `hour` and `weekday` follow from the time where there is no such column.
    """
    return {CONTEXT + name: _value(pl.col(name), schema[name]) if name in schema else _derived(name, config.time) for name in config.context}


def required_columns(config: Recommender) -> tuple[str, ...]:
    """Return the columns of context that events must have."""
    return tuple(name for name in config.context if name not in DERIVED)


def load_users(snapshot: Snapshot, config: Recommender, runs: Sequence[str] | None = None, *, user: str | None = None) -> pl.DataFrame | None:
    """Load the attributes of users: `user`, and a prefixed column for each; the newest row of a user counts. None where none is configured or published.

    Args:
        snapshot: Snapshot to read.
        config: Names of the dataset and its columns.
        runs: Runs that are trusted whatever their own decision was, beside those that were open; None trusts every run.
        user: Only this user; None: all users.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    users = config.users
    rows = snapshot.published(users.dataset) if users else pl.LazyFrame()
    if users is None or not has_columns(rows, users.dataset, [config.users_key, *users.columns], "recommender.users"):
        return None
    schema, named = rows.collect_schema(), pl.col(config.users_key).cast(pl.String)
    trusted = keep_trusted_runs(rows, snapshot, users.dataset, runs)
    chosen = trusted if user is None else trusted.filter(named == user)
    attributes = {USER + name: _value(pl.col(name), schema[name]) for name in users.columns}
    return chosen.select(user=named, **attributes).drop_nulls("user").unique("user", keep="last", maintain_order=True).collect()


def context_values(context: Mapping[str, object], config: Recommender, at: datetime, region: str | None = None) -> dict[str, object]:
    """Return the side columns of a request, by their prefixed names; hour and weekday follow from the clock unless the request names them.

    Args:
        context: What the request says, by names of `context`.
        config: Names the columns.
        at: The current time.
        region: Where the user is; the value of the column `region` names, unless the request says it.

    Example:
        >>> from datetime import UTC
        >>> settings = Recommender(events="e", items="i", user="u", item="i", time="t", context=("device", "hour"))
        >>> context_values({"device": " Mobile"}, settings, datetime(2026, 3, 1, 9, tzinfo=UTC))
        {'context.device': 'mobile', 'context.hour': 9.0}
    """
    clock = {"hour": at.hour, "weekday": at.isoweekday()}
    implied = {config.region: region} if config.region is not None and region is not None else {}
    values = {**clock, **implied, **context}
    return {CONTEXT + name: normalize(values[name]) for name in config.context if values.get(name) is not None}


def normalize(value: object) -> str | float:
    """Return a value as side columns hold it: a number, or text in lower case, without blanks around it, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    return float(value) if isinstance(value, int | float) else str(value).strip().lower()[:MAX_LENGTH]


def is_side_column(name: str) -> bool:
    """Return whether a column of a frame holds attributes of users or context."""
    return name.startswith((USER, CONTEXT))


def side_columns(frame: pl.DataFrame) -> list[str]:
    """Return the names of the side columns of a frame."""
    return [name for name in frame.columns if is_side_column(name)]


def _value(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_numeric():
        return column.cast(pl.Float64).fill_nan(None)
    return column.cast(pl.String).str.strip_chars().str.to_lowercase().str.slice(0, MAX_LENGTH)


def _derived(name: str, time: str) -> pl.Expr:
    at = pl.col(time).cast(pl.Datetime("us", "UTC"))
    return (at.dt.hour() if name == "hour" else at.dt.weekday()).cast(pl.Float64)
