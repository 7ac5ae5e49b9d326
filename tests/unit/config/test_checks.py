"""Uncertain decisions stand in sluice.yaml where they belong, ten at most, the worst first."""

from __future__ import annotations

from sluice.config import read
from sluice.config.checks import MAX_CHECKS, Check, worst_checks
from sluice.config.inferred import InferredDataset
from sluice.config.write import write
from sluice.domain import Column, ReadOptions


def test_the_worst_come_first_and_no_more_than_ten() -> None:
    guesses = [Check(f"guess {number}", "guess", "orders") for number in range(20)]
    worst = worst_checks([*guesses, Check("unread", "unread"), Check("misread", "values"), Check("lost", "rows"), Check("lost", "rows")])
    assert [check.text for check in worst[:4]] == ["lost", "misread", "unread", "guess 0"]
    assert len(worst) == MAX_CHECKS


def test_checks_are_written_where_they_belong() -> None:
    check = Check("day or\nmonth first?", "values", "orders", "day")
    orders = InferredDataset("orders", "landing/orders*.csv", ReadOptions("csv"), 1, 1, ((Column("day"), ""),), checks=(check,))
    text = write([orders], {}, checks=[Check("b.xls is read by no dataset", "unread")])
    lines = text.splitlines()
    assert lines.index("# CHECK: b.xls is read by no dataset") < lines.index("datasets:") < lines.index("    # CHECK: day: day or month first?")
    assert list(read(text.encode(), "sluice.yaml", {}).datasets) == ["orders"]
