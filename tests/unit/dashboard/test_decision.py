"""What a decision on held rows acts on, and how reasons are named."""

from __future__ import annotations

import pytest

from dashboard.widgets.decision import Scope, scope_of
from dashboard.widgets.reasons import reason_labels
from sluice.domain import Message
from sluice.store.dashboard_queries import HeldByRule

ORPHANS = HeldByRule("exists:item_id", Message.text("item_id does not exist"), 480, 460)


@pytest.mark.parametrize(
    ("ticked", "opened", "expected"),
    [
        (["b.1"], "b.7", Scope(1, ("b.1",))),
        (["b.1", "b.2"], None, Scope(2, ("b.1", "b.2"))),
        ([], "b.7", Scope(1, ("b.7",))),
        ([], None, Scope(460, rule="exists:item_id")),
    ],
)
def test_ticked_rows_win_over_the_opened_one_and_over_the_reason(ticked: list[str], opened: str | None, expected: Scope) -> None:
    assert scope_of(ticked, opened, ORPHANS) == expected


def test_the_rows_of_the_filters_are_decided_on_where_none_is_ticked() -> None:
    assert scope_of([], None, ORPHANS, ["b.3", "b.4"]) == Scope(2, ("b.3", "b.4"), filtered=True)
    assert scope_of(["b.1"], None, ORPHANS, ["b.3", "b.4"]) == Scope(1, ("b.1",))
    assert scope_of([], None, ORPHANS, []) is None


def test_nothing_is_decided_without_rows() -> None:
    assert scope_of([], None, None) is None
    assert scope_of([], None, HeldByRule("exists:item_id", Message.text(""), 20, 0)) is None


def test_a_button_says_how_many_rows_it_acts_on() -> None:
    assert Scope(1, ("b.1",)).button("release") == "Release 1 row"
    assert Scope(460, rule="exists:item_id").button("release") == "Release 460 rows of this reason"
    assert Scope(1234, rule="exists:item_id").button("reject") == "Reject 1,234 rows of this reason"


def test_reasons_that_read_alike_name_their_rules() -> None:
    alike = Message.text("the row is unusual")
    reasons = [HeldByRule("forest", alike, 4, 4), HeldByRule("autoencoder", alike, 2, 2), ORPHANS]
    assert list(reason_labels(reasons).values()) == [
        "the row is unusual [forest] (4)",
        "the row is unusual [autoencoder] (2)",
        "item_id does not exist (480)",
    ]
