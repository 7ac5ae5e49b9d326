"""Score the rows of a batch by the values of a column, from the verdicts on the whole batch and their masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from sluice.domain import VALUE, WEIGHTS, ColumnTally, Tally, ValueScore, ValueTallies, Verdict
from sluice.rules.scores import Count, count, score

TOP = 20
"""Number of values that are kept apart."""

_RULES = pl.Schema({VALUE: pl.String, "rule": pl.String, "judged": pl.Int64, "failed": pl.Int64})
_EVALUATED = ("passed", "failed")


def tally_values(
    arrived: pl.DataFrame, cleaned: pl.DataFrame, verdicts: Sequence[Verdict], columns: Sequence[str], weights: Mapping[str, float] | None = None
) -> ValueTallies:
    """Count rows by the values of some columns: all, failing ones, and by rule those that it judged and that failed it.

    Rules about rows count, those that the score counts; a rule about a whole table says nothing of a value.

    Args:
        arrived: Rows as they arrived.
        cleaned: The same rows in the same order, as they were cleaned: the values are theirs.
        verdicts: Verdicts on the rows as they arrived.
        columns: Names of the columns.
        weights: Weights of the dimensions.
    """
    counted = [verdict for verdict in verdicts if verdict.failing is not None and verdict.status in _EVALUATED and WEIGHTS[verdict.severity] > 0]
    masks = arrived.select(
        *(_judged(verdict).alias(f"judged {place}") for place, verdict in enumerate(counted)),
        *(_failing(verdict).alias(f"failed {place}") for place, verdict in enumerate(counted)),
    )
    failing = pl.any_horizontal(f"failed {place}" for place in range(len(counted))) if counted else pl.lit(value=False)
    rules = [verdict.rule for verdict in counted]
    return ValueTallies(tuple(_tally(column, pl.DataFrame([_text(cleaned, column), *masks]), failing, rules) for column in columns), dict(weights or {}))


def with_held(tallies: ValueTallies, held: pl.DataFrame) -> ValueTallies:
    """Return counts with the rows that are held.

    Args:
        tallies: Counts of the rows of a batch.
        held: Those that are held.
    """
    return ValueTallies(tuple(_with_held(tally, held) for tally in tallies.columns), tallies.weights)


def score_values(tallies: ValueTallies, verdicts: Sequence[Verdict], top: int = TOP) -> tuple[ValueScore, ...]:
    """Score the rows of each value as a batch is scored (`score`), by the rules about rows; the most frequent values first, the others together.

    Args:
        tallies: Counts of the rows of a batch.
        verdicts: Verdicts on the batch, as it arrived; masks are not needed.
        top: Number of values that are kept apart.

    Example:
        >>> from sluice.domain import ROW
        >>> rows = pl.DataFrame({"supplier": ["a", "a", "b"], ROW: ["1", "2", "3"]})
        >>> rule = Verdict("not_null", "expectation", "completeness", "critical", "flag", "failed", pl.Series([True, False, False]), 3, 1)
        >>> for one in score_values(tally_values(rows, rows, [rule], ["supplier"]), [rule]):
        ...     print(one.value, one.rows, one.failing, one.score)
        a 2 1 50.0
        b 1 0 100.0
    """
    return tuple(one for tally in tallies.columns for one in _scores(tally, verdicts, tallies.weights, top))


def _judged(verdict: Verdict) -> pl.Expr:
    judged = pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean) if verdict.judged is None else verdict.judged
    return pl.lit(judged) if isinstance(judged, pl.Series) else judged


def _failing(verdict: Verdict) -> pl.Expr:
    return pl.lit(verdict.failing).fill_null(value=False)


def _text(rows: pl.DataFrame, column: str) -> pl.Series:
    """Return the values of a column as text; nulls where the rows lack it."""
    if column not in rows.columns:
        return pl.Series(VALUE, [None], dtype=pl.String).new_from_index(0, rows.height)
    cells = rows[column]
    return (cells.dt.to_string("iso") if cells.dtype.is_temporal() else cells.cast(pl.String)).alias(VALUE)


def _tally(column: str, masks: pl.DataFrame, failing: pl.Expr, rules: Sequence[str]) -> ColumnTally:
    sums = (pl.col(f"{kind} {place}").sum().cast(pl.Int64) for place in range(len(rules)) for kind in ("judged", "failed"))
    grouped = masks.group_by(VALUE).agg(pl.len().cast(pl.Int64).alias("rows"), failing.sum().cast(pl.Int64).alias("failing"), *sums)
    values = grouped.select(VALUE, "rows", pl.lit(0, dtype=pl.Int64).alias("held"), "failing")
    by_rule = [
        grouped.select(VALUE, pl.lit(rule).alias("rule"), pl.col(f"judged {place}").alias("judged"), pl.col(f"failed {place}").alias("failed"))
        for place, rule in enumerate(rules)
    ]
    counts = pl.concat([_RULES.to_frame(), *by_rule])
    return ColumnTally(column, Tally(values, (VALUE,)), Tally(counts, (VALUE, "rule"))).limited()


def _with_held(tally: ColumnTally, held: pl.DataFrame) -> ColumnTally:
    zero = pl.lit(0, dtype=pl.Int64)
    counts = _text(held, tally.column).to_frame().group_by(VALUE).agg(held=pl.len().cast(pl.Int64))
    added = Tally(counts.select(VALUE, zero.alias("rows"), "held", zero.alias("failing")), (VALUE,))
    return tally.merge(ColumnTally(tally.column, added, Tally(_RULES.to_frame(), tally.rules.by)))


def _scores(tally: ColumnTally, verdicts: Sequence[Verdict], weights: Mapping[str, float], top: int) -> Iterator[ValueScore]:
    ordered = tally.values.counts.sort("rows", VALUE, descending=[True, False], nulls_last=True)
    named = ordered.clear() if tally.many else ordered.head(top)
    lines = [(named[place : place + 1], False) for place in range(named.height)]
    if rest := ordered.height - named.height:
        lines.append((ordered.tail(rest), True))
    for line, others in lines:
        rules = tally.rules.counts.join(line.select(VALUE), on=VALUE, how="semi", nulls_equal=True)
        value = score(_counts(verdicts, rules), weights).value
        rows, held, failing = line.select(pl.col("rows", "held", "failing").sum()).row(0)
        yield ValueScore(tally.column, None if others else line[VALUE][0], rows, held, failing, value, others)


def _counts(verdicts: Sequence[Verdict], rules: pl.DataFrame) -> Iterator[Count]:
    """Yield what enters the score: of rules that judged any of the rows their counts, and rules that were not evaluated."""
    summed = rules.group_by("rule").agg(pl.col("judged", "failed").sum())
    counts = {rule: (judged, failed) for rule, judged, failed in summed.select("rule", "judged", "failed").iter_rows() if judged}
    for verdict in verdicts:
        if verdict.rule in counts:
            yield Count(verdict.dimension, verdict.severity, verdict.status, *counts[verdict.rule])
        elif verdict.status == "not_evaluated":
            yield count(verdict)
