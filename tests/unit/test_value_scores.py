"""Scores by value are those of a batch, from counts that parts merge to those of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import MAX_VALUES, Dimension, ScoredBatch, Severity, Status, ValueScore, Verdict, decode, encode, merge_summaries
from sluice.domain.parts import Tally
from sluice.domain.value_scores import ColumnTally, ValueTallies
from sluice.rules.scores import count, score
from sluice.rules.value_scores import score_values, tally_values, with_held
from sluice.rules.value_weeks import compare_weeks

CELLS = st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from([-1.0, 2.0, None]), st.booleans()), min_size=1, max_size=40)


def verdicts_on(rows: pl.DataFrame, totals: pl.DataFrame, severity: Severity = "warning") -> Sequence[Verdict]:
    """What three rules say of rows that are a part of others: they judge every row, those with a price, and new ones."""
    failing = {"price": rows["price"] < 0, "supplier": rows["supplier"].is_null(), "new": rows["new"] & rows["supplier"].is_null()}
    of_all = {"price": totals["price"] < 0, "supplier": totals["supplier"].is_null(), "new": totals["new"] & totals["supplier"].is_null()}
    judged: dict[str, pl.Expr | pl.Series | None] = {"price": pl.col("price").is_not_null(), "supplier": None, "new": rows["new"]}
    numbers = {"price": totals["price"].count(), "supplier": totals.height, "new": int(totals["new"].sum())}
    facts = {name: (int(mask.sum()), mask) for name, mask in of_all.items()}
    table = Verdict("rows_enough", "expectation", "volume", "info", "flag", "failed", failed=1)
    return [*(verdict_of(name, severity, failing[name], numbers[name], facts[name][0], judged[name]) for name in failing), table]


def verdict_of(name: str, severity: Severity, failing: pl.Series, rows: int, failed: int, judged: pl.Expr | pl.Series | None) -> Verdict:
    """What a rule says of some rows."""
    status: Status = "failed" if failed else "passed" if rows else "skipped"
    mask = failing.fill_null(value=False)
    dimension: Dimension = "validity" if name == "price" else "completeness"
    return Verdict(name, "expectation", dimension, severity, "flag", status, mask, rows, failed, judged=judged)


def frame_of(cells: list[tuple[str | None, float | None, bool]]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema={"supplier": pl.String, "price": pl.Float64, "new": pl.Boolean}, orient="row")


@settings(max_examples=30)
@given(CELLS, st.integers(0, 40), st.integers(0, 40))
def test_parts_merge_to_the_whole(cells: list[tuple[str | None, float | None, bool]], first: int, second: int) -> None:
    rows, cuts = frame_of(cells), sorted([first, second])
    verdicts = verdicts_on(rows, rows)

    def tally(part: pl.DataFrame) -> ValueTallies:
        return with_held(tally_values(part, part, verdicts_on(part, rows), ["supplier", "new"]), part.filter(pl.col("price") < 0))

    merged = None
    for part in (rows[cuts[1] :], rows[: cuts[0]], rows[cuts[0] : cuts[1]]):
        merged = merge_summaries(merged, tally(part))
    assert merged is not None
    expected = score_values(tally(rows), verdicts, top=2)
    assert score_values(merged, verdicts, top=2) == expected
    assert score_values(decode(encode(merged), (ColumnTally, Tally, ValueTallies)), verdicts, top=2) == expected
    of_supplier = [one for one in expected if one.column == "supplier"]
    assert sum(one.rows for one in of_supplier) == rows.height
    assert sum(one.held for one in of_supplier) == rows.filter(pl.col("price") < 0).height


@given(CELLS)
def test_one_value_has_the_score_of_the_batch(cells: list[tuple[str | None, float | None, bool]]) -> None:
    rows = frame_of(cells).with_columns(shop=pl.lit("only"))
    verdicts = verdicts_on(rows, rows, "critical")
    (one,) = score_values(tally_values(rows, rows, verdicts, ["shop"], {"validity": 3}), verdicts)
    assert one.score == score(map(count, verdicts), {"validity": 3}).value
    assert one.failing == rows.filter((pl.col("price") < 0).fill_null(value=False) | pl.col("supplier").is_null()).height


def test_the_most_frequent_values_stand_apart_and_the_others_together() -> None:
    rows = pl.DataFrame({"supplier": [*"aaaabbc", None]})
    rule = Verdict("r", "expectation", "validity", "critical", "flag", "failed", pl.Series([True] + [False] * 6 + [True]), 8, 2)
    assert score_values(tally_values(rows, rows, [rule], ["supplier", "gone"]), [rule], top=2) == (
        ValueScore("supplier", "a", 4, 0, 1, 75.0),
        ValueScore("supplier", "b", 2, 0, 0, 100.0),
        ValueScore("supplier", None, 2, 0, 1, 50.0, others=True),
        ValueScore("gone", None, 8, 0, 2, 75.0),
    )


def test_a_critical_rule_that_was_not_evaluated_leaves_no_score() -> None:
    rows = pl.DataFrame({"supplier": ["a"]})
    rules = [
        Verdict("r", "expectation", "validity", "critical", "flag", "passed", pl.Series([False]), 1, 0),
        Verdict("s", "expectation", "validity", "critical", "flag", "not_evaluated"),
    ]
    (one,) = score_values(tally_values(rows, rows, rules, ["supplier"]), rules)
    assert (one.rows, one.score) == (1, None)


def test_too_many_values_count_together_however_the_rows_are_divided() -> None:
    rows = pl.DataFrame({"id": [f"i{number}" for number in range(MAX_VALUES + 1)]})
    halves = [rows[: MAX_VALUES // 2], rows[MAX_VALUES // 2 :]]
    whole = score_values(tally_values(rows, rows, [], ["id"]), [])
    parted = score_values(tally_values(halves[0], halves[0], [], ["id"]).merge(tally_values(halves[1], halves[1], [], ["id"])), [])
    assert whole == parted == (ValueScore("id", None, MAX_VALUES + 1, 0, 0, None, others=True),)


def batch(day: int, *scores: tuple[str | None, int, float | None]) -> ScoredBatch:
    at = datetime(2026, 3, day, tzinfo=UTC) + timedelta(days=1)
    return ScoredBatch(f"b{day}", at, tuple(ValueScore("supplier", value, rows, 1, 2, points) for value, rows, points in scores))


def test_weeks_are_compared_and_the_worst_comes_first() -> None:
    batches = [
        batch(1, ("a", 5, 10.0)),
        batch(4, ("a", 1, 90.0), ("b", 5, 70.0), ("c", 5, 5.0)),
        batch(10, ("a", 1, 100.0)),
        batch(15, ("a", 3, 60.0), ("b", 5, None)),
    ]
    histories = compare_weeks(batches, "supplier", 2)
    assert [(history.value, list(history.weeks), history.change) for history in histories] == [
        ("a", [date(2026, 3, 2), date(2026, 3, 9)], pytest.approx(-20.0)),
        ("b", [date(2026, 3, 2), date(2026, 3, 9)], None),
        ("c", [date(2026, 3, 2)], None),
    ]
    latest = histories[0].latest
    assert (latest.rows, latest.held, latest.failing, latest.score) == (4, 2, 4, 70.0)
    assert compare_weeks(batches, "colour", 2) == []
