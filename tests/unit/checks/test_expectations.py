from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from sluice.config import Step
from sluice.config.settings import SettingsError
from sluice.domain import EVIDENCE, ROW, Batch, Schema, Verdict, counted
from sluice.messages import render

DAY = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def judge(schema: Schema) -> Callable[..., Verdict]:
    def judge_one(name: str, batch: Batch, snapshot: Any, **settings: object) -> Verdict:
        (verdict,) = Checker.build(schema, [Step(name=name, settings=settings)]).judge(batch, snapshot)
        if verdict.evidence is not None:
            assert verdict.evidence.schema == EVIDENCE
            assert verdict.failing is not None
            assert set(verdict.evidence[ROW]) <= set(batch.rows.filter(verdict.failing)[ROW])
        return verdict

    return judge_one


def failing(verdict: Verdict) -> list[bool]:
    assert verdict.failing is not None
    return verdict.failing.to_list()


def test_orphans(judge: Any, make_batch: Any, make_snapshot: Any) -> None:
    batch = make_batch(item_id=["i1", "i2", None])
    settings = {"column": "item_id", "dataset": "catalog"}
    verdict = judge("expect_column_values_to_exist_in_dataset", batch, make_snapshot(catalog=pl.DataFrame({"item_id": ["i1", None]})), **settings)
    assert (failing(verdict), verdict.rows, verdict.on_fail) == ([False, True, False], 2, "quarantine")
    renamed = judge("expect_column_values_to_exist_in_dataset", batch, make_snapshot(catalog=pl.DataFrame({"sku": ["i2"]})), reference_column="sku", **settings)
    assert failing(renamed) == [True, False, False]


def test_orphans_of_nothing_are_not_judged(judge: Any, make_batch: Any, snapshot: Any) -> None:
    verdict = judge("expect_column_values_to_exist_in_dataset", make_batch(item_id=["i1"]), snapshot, column="item_id", dataset="catalog")
    assert (verdict.status, verdict.failing) == ("not_evaluated", None)
    assert "nothing of catalog" in render(verdict.observed)


def test_unique_across_batches(judge: Any, make_batch: Any, make_snapshot: Any) -> None:
    old, recent = DAY - timedelta(days=40), DAY - timedelta(days=3)
    history = make_snapshot(event_id=["e1", "e2", "e3"], ts=[recent, old, None])
    batch = make_batch(event_id=["e1", "e2", "e3", "e4", None], ts=[DAY] * 5)
    verdict = judge("expect_column_values_to_be_unique_across_batches", batch, history, columns=["event_id"])
    assert failing(verdict) == [True, False, True, False, False]
    assert verdict.rows == 4
    assert verdict.evidence["expected"].to_list() == ["past.0", "past.2"]


def test_published_rows_do_not_repeat_themselves(judge: Any, make_batch: Any, make_snapshot: Any) -> None:
    history = make_snapshot(event_id=["e1", "e1", "e2"], ts=[DAY] * 3)
    audited = make_batch(batch_id="past", event_id=["e1", "e1", "e2"], ts=[DAY] * 3)
    verdict = judge("expect_column_values_to_be_unique_across_batches", audited, history, columns=["event_id"])
    assert failing(verdict) == [True, True, False]
    assert judge("expect_column_values_to_be_unique_across_batches", audited, make_snapshot(), columns=["event_id"]).status == "passed"


def test_fresh(judge: Any, make_batch: Any, snapshot: Any) -> None:
    batch = make_batch(ts=[DAY - timedelta(days=9), DAY - timedelta(hours=30), None])
    assert judge("expect_batch_to_be_fresh", batch, snapshot, column="ts", max_age="30h").status == "passed"
    stale = judge("expect_batch_to_be_fresh", batch, snapshot, column="ts", max_age="1d")
    assert (stale.status, render(stale.observed)) == ("failed", "the newest is 30.0 hours old")
    assert judge("expect_batch_to_be_fresh", replace(batch, history=True), snapshot, column="ts", max_age="1d").status == "skipped"
    assert judge("expect_batch_to_be_fresh", make_batch(ts=[None]), snapshot, column="ts", max_age="1d").status == "failed"


def test_not_in_future(judge: Any, make_batch: Any, snapshot: Any) -> None:
    batch = make_batch(ts=[DAY, DAY + timedelta(minutes=10), DAY + timedelta(days=2), None])
    assert failing(judge("expect_column_values_to_not_be_in_future", batch, snapshot, column="ts")) == [False, True, True, False]
    assert failing(judge("expect_column_values_to_not_be_in_future", batch, snapshot, column="ts", tolerance="15m")) == [False, False, True, False]


def test_have_form(judge: Any, make_batch: Any, snapshot: Any) -> None:
    batch = make_batch(kind=["4006381333931", "4006381333932", " 4006381-333931", None])
    verdict = judge("expect_column_values_to_have_form", batch, snapshot, column="kind", form="gtin")
    assert (failing(verdict), verdict.rows, verdict.on_fail) == ([False, True, False, False], 3, "flag")


def test_not_contain_words(judge: Any, make_batch: Any, snapshot: Any) -> None:
    rule = "expect_column_values_to_not_contain_words"
    batch = make_batch(kind=["国家级茶叶", "Miracle CURE!", "secure box", "no.1 mug", None])
    lists = ["advertising_zh", "health_claims_en"]
    assert failing(judge(rule, batch, snapshot, column="kind", lists=lists)) == [True, True, False, True, False]
    beside = make_batch(kind=["全网NO.1品牌", "全网TOP10", "heißt", "ΟΔΟΣ"])
    assert failing(judge(rule, beside, snapshot, column="kind", lists=lists, words=["HEIßT", "οδος"])) == [True, False, True, True]
    own = judge(rule, batch, snapshot, column="kind", lists=lists, words=["Box"], without=["NO.1", "国家级"])
    assert (failing(own), own.on_fail) == ([False, True, True, False, False], "flag")


@pytest.mark.parametrize("words", [[""], ["box", " "]])
def test_a_blank_word_which_every_text_contains_is_refused(judge: Any, make_batch: Any, snapshot: Any, words: list[str]) -> None:
    with pytest.raises(SettingsError, match="blank word"):
        judge("expect_column_values_to_not_contain_words", make_batch(kind=["mug"]), snapshot, column="kind", words=words)


def test_match_reference(judge: Any, make_batch: Any, make_snapshot: Any) -> None:
    catalog = pl.DataFrame({"item_id": ["i1", "i2", "i3"], "price": [10.0, 20.0, None], "kind": ["a", "b", "c"]})
    batch = make_batch(item_id=["i1", "i1", "i2", "i3", "i9", None], price=[10.4, 1000.0, None, 5.0, 5.0, 5.0], kind=["a", "b", "b", None, "x", "y"])
    prices = judge(
        "expect_column_values_to_match_reference", batch, make_snapshot(catalog=catalog), column="price", dataset="catalog", key="item_id", tolerance=0.05
    )
    assert (failing(prices), prices.rows, prices.on_fail) == ([False, True, False, False, False, False], 2, "repair")
    assert prices.evidence["expected"].to_list() == ["10.0"]
    kinds = judge("expect_column_values_to_match_reference", batch, make_snapshot(catalog=catalog), column="kind", dataset="catalog", key="item_id")
    assert (failing(kinds), kinds.rows) == ([False, True, False, False, False, False], 3)
    assert judge("expect_column_values_to_match_reference", batch, make_snapshot(), column="kind", dataset="catalog", key="item_id").status == "not_evaluated"


def test_near_past_catches_a_change_of_unit(judge: Any, make_batch: Any, make_snapshot: Any) -> None:
    history = make_snapshot(item_id=["i1", "i2", "i2", "i3"], price=[250.0, 90.0, 110.0, None])
    batch = make_batch(item_id=["i1", "i2", "i3", "i4"], price=[0.25, 120.0, 3.0, 4.0])
    verdict = judge("expect_column_values_to_be_close_to_history", batch, history, column="price", key="item_id", tolerance=0.5)
    assert (failing(verdict), verdict.rows, verdict.status) == ([True, False, False, False], 2, "failed")
    assert verdict.evidence["expected"].to_list() == ["250.0"]
    assert judge("expect_column_values_to_be_close_to_history", batch, history, column="price", key="item_id", mostly=0.5).status == "passed"
    assert judge("expect_column_values_to_be_close_to_history", batch, make_snapshot(), column="price", key="item_id").status == "skipped"


@pytest.mark.parametrize(
    ("counts", "rows", "status"),
    [
        ([], 100, "skipped"),
        ([100, 100], 100, "skipped"),
        ([100, 110, 90], 60, "passed"),
        ([100, 110, 90], 40, "failed"),
        ([100, 110, 90], 160, "failed"),
        ([10] * 6 + [100] + [10] * 6 + [100] + [10] * 6 + [100] + [10] * 6, 95, "passed"),  # its own weekday counts, not the others
    ],
)
def test_weekday(judge: Any, make_batch: Any, make_snapshot: Any, make_run: Any, counts: list[int], rows: int, status: str) -> None:
    runs = [make_run(DAY - timedelta(days=len(counts) - index), count) for index, count in enumerate(counts)]
    verdict = judge("expect_table_row_count_to_match_weekday", make_batch(event_id=["e"] * rows), make_snapshot(runs), tolerance=0.5)
    assert verdict.status == status
    if status == "skipped":
        assert render(verdict.observed) == f"waits for {counted(3 - len(counts), 'more batch')}"


def test_overlapping_files_are_compared_by_their_new_rows(judge: Any, make_batch: Any, make_snapshot: Any, make_run: Any) -> None:
    overlapping = [replace(make_run(DAY - timedelta(days=days), 180), copies=80) for days in (1, 2, 3)]
    sent_again = replace(make_run(DAY - timedelta(days=4), 100), copies=97)
    verdict = judge("expect_table_row_count_to_match_weekday", make_batch(event_id=["e"] * 100), make_snapshot([sent_again, *overlapping]))
    assert (verdict.status, verdict.observed.params["usual"]) == ("passed", 100)


def test_hourly_batches_are_compared_with_those_of_their_hour(judge: Any, make_batch: Any, make_snapshot: Any, make_run: Any) -> None:
    by_hour = [8, 6, 4, 3, 3, 4, 8, 20, 40, 60, 70, 75, 80, 78, 76, 74, 80, 90, 110, 120, 110, 80, 40, 15]
    weekdays, name = DAY - timedelta(days=1), "expect_table_row_count_to_match_weekday"
    runs = [make_run(weekdays + timedelta(hours=hour), by_hour[hour % 24]) for hour in range(48)]
    verdicts = {
        hour: [
            judge(name, make_batch(event_id=["e"] * rows, at=runs[hour].at), make_snapshot(runs[:hour])).status
            for rows in (by_hour[hour % 24], by_hour[hour % 24] // 8, by_hour[hour % 24] * 20)
        ]
        for hour in range(24, 48)
    }
    assert [right for right, _, _ in verdicts.values()] == ["skipped", *["passed"] * 23]  # at midnight too few hours are alike
    assert sum(less == "failed" for _, less, _ in verdicts.values()) >= 18
    assert sum(more == "failed" for _, _, more in verdicts.values()) >= 20
    assert {judge(name, make_batch(event_id=["e"], at=run.at), make_snapshot(runs[:hour])).status for hour, run in enumerate(runs[:24])} == {"skipped"}


def test_the_first_weekend_is_compared_widely(judge: Any, make_batch: Any, make_snapshot: Any, make_run: Any) -> None:
    monday = DAY - timedelta(days=1)
    runs = [make_run(monday + timedelta(days=day, hours=12), 100) for day in range(5)]
    saturday = monday + timedelta(days=5, hours=12)
    status = [judge("expect_table_row_count_to_match_weekday", make_batch(event_id=["e"] * rows, at=saturday), make_snapshot(runs)).status for rows in (30, 20)]
    assert status == ["passed", "failed"]


@pytest.mark.parametrize(
    ("rows", "status", "score"), [(95, "passed", 1.0), (80, "failed", 0.8), (130, "passed", 1.0), (150, "failed", 0.5), (400, "failed", 0.0)]
)
def test_a_count_that_does_not_match_scores_what_there_is_of_the_usual(
    judge: Any, make_batch: Any, make_snapshot: Any, make_run: Any, rows: int, status: str, score: float
) -> None:
    runs = [make_run(DAY - timedelta(days=days), 100) for days in (3, 2, 1)]
    verdict = judge("expect_table_row_count_to_match_weekday", make_batch(event_id=["e"] * rows), make_snapshot(runs), tolerance=0.1, tolerance_above=0.4)
    assert (verdict.status, 1 - verdict.failed / verdict.rows) == (status, score)
    assert render(verdict.message) == "the number of rows is at most 10% below and 40% above the usual"


LOG = {"user": "user_id", "item": "item_id", "time": "ts"}


def events(make: Any, *log: tuple[str, str]) -> Any:
    users, items = [user for user, _ in log], [item for _, item in log]
    return make(user_id=users, item_id=items, ts=[DAY - timedelta(hours=20) + timedelta(minutes=index) for index in range(len(log))])


def test_adjacent_repeats(judge: Any, make_batch: Any, snapshot: Any) -> None:
    batch = events(make_batch, ("u", "a"), ("v", "a"), ("u", "a"), ("u", "b"), ("v", "b"))
    verdict = judge("expect_proportion_of_consecutive_repeats_to_be_between", batch, snapshot, max_value=0.3, **LOG)
    assert (verdict.status, verdict.severity, render(verdict.observed)) == ("failed", "warning", "33.33% of 3 transitions")
    assert judge("expect_proportion_of_consecutive_repeats_to_be_between", batch, snapshot, max_value=0.4, **LOG).status == "passed"


def test_overlong_users(judge: Any, make_batch: Any, snapshot: Any) -> None:
    batch = events(make_batch, *[("bot", f"i{index}") for index in range(6)], ("u", "a"), ("v", "a"))
    verdict = judge("expect_proportion_of_heavy_user_events_to_be_between", batch, snapshot, max_value=0.5, max_events_per_user=5, **LOG)
    assert (verdict.status, render(verdict.observed)) == ("failed", "75.00% of 8 events")
    assert judge("expect_proportion_of_heavy_user_events_to_be_between", batch, snapshot, max_value=0.5, max_events_per_user=6, **LOG).status == "passed"


def test_novel_pairs(judge: Any, make_batch: Any, make_snapshot: Any, make_run: Any) -> None:
    runs = [make_run(DAY - timedelta(days=2), 4)]
    history = events(lambda **cells: make_snapshot(runs, **cells), ("u", "a"), ("u", "b"), ("u", "c"))
    batch = events(make_batch, ("v", "a"), ("v", "b"), ("v", "b"), ("v", "a"))
    verdict = judge("expect_proportion_of_novel_transitions_to_be_between", batch, history, max_value=0.4, min_batches=1, **LOG)
    assert (verdict.status, render(verdict.observed)) == ("failed", "50.00% of 2 transitions")
    assert judge("expect_proportion_of_novel_transitions_to_be_between", batch, history, max_value=0.5, min_batches=1, **LOG).status == "passed"
    waiting = judge("expect_proportion_of_novel_transitions_to_be_between", batch, history, max_value=0.4, **LOG)
    assert (waiting.status, render(waiting.observed)) == ("skipped", "waits for 6 more batches")
