"""Uncertain decisions stand in sluice.yaml where they belong, ten at most, the worst first."""

from __future__ import annotations

from sluice.config import read
from sluice.config.checks import MAX_CHECKS, Check, worst_checks
from sluice.config.inferred import InferredDataset
from sluice.config.write import write
from sluice.domain import EMPTY, Column, Message, ReadOptions


def test_the_worst_come_first_and_no_more_than_ten() -> None:
    guesses = [Check(Message.text(f"guess {number}"), "guess", "orders") for number in range(20)]
    worst = worst_checks(
        [
            *guesses,
            Check(Message.text("unread"), "unread"),
            Check(Message.text("misread"), "values"),
            Check(Message.text("lost"), "rows"),
            Check(Message.text("lost"), "rows"),
        ]
    )
    assert [check.text for check in worst[:4]] == ["lost", "misread", "unread", "guess 0"]
    assert len(worst) == MAX_CHECKS


def test_checks_are_written_where_they_belong() -> None:
    check = Check(Message.text("day or\nmonth first?"), "values", "orders", "day")
    orders = InferredDataset("orders", "landing/orders*.csv", ReadOptions("csv"), 1, 1, ((Column("day"), EMPTY),), checks=(check,))
    text = write([orders], {}, checks=[Check(Message.text("b.xls is read by no dataset"), "unread")])
    lines = text.splitlines()
    assert lines.index("# CHECK: b.xls is read by no dataset") < lines.index("datasets:") < lines.index("    # CHECK: day: day or month first?")
    assert list(read(text.encode(), "sluice.yaml", {}).datasets) == ["orders"]
