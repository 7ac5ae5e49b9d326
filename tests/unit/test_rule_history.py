"""What a rule observed and its limits are read from its verdict, of whatever kind the rule is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluice.domain import Message, Status
from sluice.rules.rule_history import RulePoint, judged

AT = datetime(2026, 3, 14, tzinfo=UTC)
BETWEEN = Message.of("both", first=Message.of("at_least", limit=50), second=Message.of("at_most", limit=1000))


def point(message: Message, observed: Message, *, rows: int = 0, failed: int = 0, status: Status = "passed") -> RulePoint:
    return RulePoint("r", AT, status, rows, failed, message, observed)


@pytest.mark.parametrize(
    ("message", "observed", "value", "limits"),
    [
        (Message.of("row_count_within", bounds=BETWEEN), Message.of("observed_values", values=(300,)), 300, (50, 1000)),
        (Message.of("row_count_within", bounds=Message.of("at_least", limit=50)), Message.of("observed_values", values=(300,)), 300, (50, None)),
        (Message.of("row_count_near_usual", tolerance=0.5), Message.of("row_count_and_usual", rows=80, usual=100, batches=3), 80, (50, 150)),
        (Message.of("row_count_between_usual", below=0.5, above=2.0), Message.of("row_count_and_usual", rows=80, usual=100, batches=3), 80, (50, 300)),
        (
            Message.of("overlap_near_usual", item="i", tolerance=0.1),
            Message.of("overlap_and_usual", share=0.5, items=9, usual=0.6, batches=3),
            0.5,
            (0.54, None),
        ),
        (Message.of("novel_between", low=0.0, high=0.9, item="i"), Message.of("share_of_transitions", share=0.4, total=9), 0.4, (0, 0.9)),
        (Message.of("newest_within", column="ts", age="1d"), Message.of("batch_of_history"), None, (None, None)),
    ],
)
def test_a_rule_about_a_whole_batch_has_its_value_and_limits(
    message: Message, observed: Message, value: float | None, limits: tuple[float | None, float | None]
) -> None:
    verdict = point(message, observed)
    assert verdict.value == value
    assert [None if limit is None else round(limit, 9) for limit in verdict.limits] == list(limits)
    assert verdict.is_learned == ("usual" in observed.params)


def test_a_rule_about_rows_has_the_share_that_fails() -> None:
    below = Message.of("cell_outside", column="price", bounds=Message.of("below", limit=0.01))
    verdict = point(below, Message.of("rows_failing", failed=4, rows=200, share=0.02), rows=200, failed=4, status="failed")
    assert (verdict.value, verdict.limits, verdict.is_share, verdict.is_of_rows) == (0.02, (None, None), True, True)


def test_skipped_batches_are_not_judged() -> None:
    passed, skipped = point(BETWEEN, Message.of("batch_of_history")), point(BETWEEN, Message.of("batch_of_history"), status="skipped")
    assert judged([passed, skipped]) == [passed]
