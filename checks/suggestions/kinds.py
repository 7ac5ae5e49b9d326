"""Learn which columns are filled for which kind of event: the tracking plan of a shop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from checks.suggestions import Suggestion, flag_step, severity_by
from checks.suggestions.nulls import least_filled
from sluice.domain import Message, Schema
from sluice.rules.naming.column_names import words

_KIND_WORDS = frozenset(["event", "type", "kind", "action", "behavior", "behaviour", "ereignis", "evento"])
_NOT_KINDS = frozenset(["id", "key", "ts", "time", "timestamp", "date", "user", "device", "currency", "payment", "value", "name_id"])
MAX_KINDS = 40
_MIN_ROWS = 10  # of one kind
_ALWAYS, _NEVER = 0.98, 0.02
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class TrackingPlan:
    """Hold the share of filled cells by kind of event and column.

    Attributes:
        column: Column that names the kind.
        rows: Number of rows by kind.
        filled: Share of filled cells by column, then by kind; columns that the kind explains alone.
    """

    column: str
    rows: Mapping[str, int]
    filled: Mapping[str, Mapping[str, float]]

    def required(self, column: str) -> tuple[str, ...]:
        """Return the kinds for which a column is always filled."""
        return tuple(kind for kind, share in self.filled[column].items() if share >= _ALWAYS)

    def table(self) -> list[Mapping[str, object]]:
        """Return one row per kind: `always` names the columns that must be filled, `never` those that stay empty."""
        return [
            {
                "kind": kind,
                "rows": count,
                "always": ", ".join(column for column, shares in self.filled.items() if shares.get(kind, 0.5) >= _ALWAYS),
                "never": ", ".join(column for column, shares in self.filled.items() if shares.get(kind, 0.5) <= _NEVER),
            }
            for kind, count in self.rows.items()
        ]


def tracking_plan(schema: Schema, rows: pl.DataFrame) -> TrackingPlan | None:
    """Learn the tracking plan; None where no column names a kind, or no column depends on it.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows.

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("events", columns=(Column("event_type"), Column("query")))
        >>> rows = pl.DataFrame({"event_type": ["search", "view"] * 40, "query": ["mug", None] * 40})
        >>> tracking_plan(schema, rows).required("query")
        ('search',)
    """
    column = kind_column(schema, rows)
    if column is None:
        return None
    others = [other.name for other in schema.columns if other.name in rows.columns and other.name != column]
    counts = rows.group_by(column).agg(pl.len().alias("_rows"), *(pl.col(other).is_not_null().mean() for other in others))
    kinds = counts.filter(pl.col("_rows") >= _MIN_ROWS).drop_nulls(column).sort("_rows", column, descending=[True, False])
    by_kind = dict(zip(kinds[column].to_list(), kinds["_rows"].to_list(), strict=True))
    filled = {other: dict(zip(by_kind, kinds[other].to_list(), strict=True)) for other in others}
    depending = {other: shares for other, shares in filled.items() if _depends(list(shares.values()))}
    return TrackingPlan(column, by_kind, depending) if depending else None


def kind_column(schema: Schema, rows: pl.DataFrame) -> str | None:
    """Return the text column that names the kind of a row: few frequent values, under a name that says so; None where there is none.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows.
    """
    names = (name for name in kind_names(schema) if name in rows.columns)
    return next((name for name in names if may_be_kinds(rows[name].n_unique(), rows.height)), None)


def kind_names(schema: Schema) -> Iterator[str]:
    """Yield the text columns whose name says that they may name the kind of a row.

    Args:
        schema: Schema of the dataset.
    """
    for column in schema.columns:
        parts = set(words(column.name))
        if column.type == "string" and not column.personal and parts & _KIND_WORDS and not parts & _NOT_KINDS:
            yield column.name


def may_be_kinds(distinct: int, rows: int) -> bool:
    """Return True where so many distinct values in so many rows are few and frequent."""
    return 2 <= distinct <= min(MAX_KINDS, rows // (2 * _MIN_ROWS))


def _depends(shares: Sequence[float]) -> bool:
    """Return True where a column is always filled for some kinds, and hardly ever for others."""
    return any(share >= _ALWAYS for share in shares) and any(share <= 0.5 for share in shares)


def suggest(plan: TrackingPlan | None, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest for each column that depends on the kind that it is filled for the kinds that always fill it.

    Args:
        plan: Tracking plan.
        rows: Rows from which it was learned.
    """
    if plan is None:
        return
    for column in plan.filled:
        kinds = [kind for kind in plan.required(column) if '"' not in kind]
        if kinds:
            count = sum(plan.rows[kind] for kind in kinds)
            filled = rows.filter(pl.col(plan.column).is_in(kinds))[column].count()
            yield flag_step(
                "expect_column_values_to_not_be_null",
                Message.of("suggested_kinds", kinds=tuple(kinds), filled=filled, rows=count),
                severity_by(count),
                column=column,
                row_condition=_condition(plan.column, kinds),
                mostly=least_filled(filled, count),
            )


def _condition(column: str, kinds: Sequence[str]) -> str:
    name = column if _IDENTIFIER.fullmatch(column) else f'col("{column}")'
    quoted = [f'"{kind}"' for kind in kinds]
    return f"{name} == {quoted[0]}" if len(quoted) == 1 else f"{name} in ({', '.join(quoted)})"
