"""A rule that fails on every batch for two weeks is a habit; one that passed meanwhile, or failed for a short time, is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from sluice.domain import Message, Status
from sluice.messages import render
from sluice.rules.habits import describe_habit
from sluice.rules.rule_history import RulePoint

START = datetime(2026, 3, 1, tzinfo=UTC)
EMPTY_CELL = Message.of("cell_empty", column="price")


def points(statuses: Sequence[str], every: timedelta = timedelta(days=1)) -> list[RulePoint]:
    return [
        RulePoint(
            f"r{number}",
            START + number * every,
            cast("Status", status),
            100,
            number,
            EMPTY_CELL,
            Message.of("rows_failing", failed=number, rows=100, share=number / 100),
        )
        for number, status in enumerate(statuses)
    ]


def test_a_rule_that_always_fails_is_a_habit_since_its_first_failure() -> None:
    habit = describe_habit(points(["passed", *["failed"] * 15]))
    assert habit is not None
    assert render(habit).startswith("it fails on each of the last 15 batches, since 2026-03-02 00:00 UTC; observed: 1.00% to 15.00%.")
    assert render(habit, "zh").startswith("最近 15 个批次全部失败")


def test_batches_that_were_not_judged_do_not_end_it() -> None:
    habit = describe_habit(points([*["failed"] * 8, "skipped", "not_evaluated", *["failed"] * 8]))
    assert habit is not None
    assert habit.params["batches"] == 16


@pytest.mark.parametrize(
    "history",
    [
        [],
        points(["failed"] * 9, timedelta(days=7)),  # too few batches
        points(["failed"] * 40, timedelta(hours=6)),  # too short a time
        points([*["failed"] * 20, "passed"]),
        points([*["failed"] * 10, "passed", *["failed"] * 12]),
    ],
)
def test_other_rules_are_none(history: list[RulePoint]) -> None:
    assert describe_habit(history) is None


def test_a_rule_about_the_whole_batch_says_what_it_observed() -> None:
    expected, observed = Message.of("row_count_near_usual", tolerance=0.5), Message.of("row_count_and_usual", rows=1234567, usual=100, batches=3)
    habit = describe_habit([RulePoint("r", START + timedelta(days=day), "failed", 0, 0, expected, observed) for day in range(20)])
    assert habit is not None
    assert "observed: 1.23457e+06 to" not in render(habit)
    assert "observed: 1,234,567 to 1,234,567." in render(habit)


def test_a_rule_without_a_number_is_a_habit_too() -> None:
    expected, observed = Message.of("newest_within", column="ts", age="1d"), Message.of("batch_of_history")
    habit = describe_habit([RulePoint("r", START + timedelta(days=day), "failed", 0, 0, expected, observed) for day in range(20)])
    assert habit is not None
    assert habit.code == "incident_habit_unmeasured"
