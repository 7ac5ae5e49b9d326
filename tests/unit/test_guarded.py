"""How much is guarded: when it is measured, which score it goes with, and what the gate makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sluice import rules
from sluice.domain import Decision, GatePolicy, Guarded, Message, Run, Score
from sluice.messages import render

NOW = datetime(2026, 3, 15, tzinfo=UTC)
HALF = {"price": {"missing": (10, 10)}, "note": {"missing": (10, 0)}}


def measured(**columns: dict[str, tuple[int, int]]) -> Guarded:
    return Guarded("items", NOW, 3, "rules", "s", 100, columns or HALF)


def gate(minimum: float | None, guarded: float | None, worst: float = 100.0) -> Decision:
    decision = "open" if worst > 90 else "closed"
    reasons = () if worst > 90 else (Message.of("worst_dimension_below", dimension="validity", value=worst, limit=90),)
    run = Run("b1", "items", "ingest", 1, NOW, "published", published=Score(worst, {"validity": worst}), rows=9, good=9, decision=decision, reasons=reasons)  # type: ignore[arg-type]  # open or closed
    return rules.gate("items", [run], GatePolicy(minimum_guarded=minimum), now=NOW, snapshot="1", guarded=guarded)


def test_every_kind_and_every_column_counts_alike() -> None:
    guarded = measured(price={"missing": (100, 100), "misspelt": (2, 1)}, note={"missing": (10, 0)}, empty={})
    assert (guarded.shares, guarded.share, guarded.unguarded) == ({"price": 0.75, "note": 0.0}, 0.375, ("note",))


def test_a_table_of_empty_cells_has_no_share() -> None:
    guarded = measured(empty={})
    assert (guarded.share, guarded.unguarded) == (None, ())
    assert rules.describe_score(100.0, guarded) is None


@pytest.mark.parametrize(
    ("last", "settings", "later", "due"),
    [
        (None, "s", 0, True),
        (measured(), "s", 6, False),
        (measured(), "s", 7, True),
        (measured(), "other", 0, True),
    ],
)
def test_it_is_measured_once_a_week_and_after_a_change(last: Guarded | None, settings: str, later: int, due: bool) -> None:
    assert rules.is_measurement_due(last, settings, NOW + timedelta(days=later)) is due


def test_the_gate_of_a_dataset_without_a_limit_names_the_share_and_ignores_it() -> None:
    decision = gate(None, 0.01)
    assert (decision.state, decision.score, decision.guarded, decision.reasons) == ("open", 100.0, 0.01, ())


@pytest.mark.parametrize(
    ("guarded", "worst", "state", "codes"),
    [
        (0.3, 100.0, "open", []),
        (0.299, 100.0, "closed", ["guarded_below"]),
        (None, 100.0, "unknown", ["guarded_unmeasured"]),
        (None, 50.0, "closed", ["newest_batch_closed", "closed_rows_above", "guarded_unmeasured"]),
    ],
)
def test_a_gate_may_require_a_least_coverage(guarded: float | None, worst: float, state: str, codes: list[str]) -> None:
    decision = gate(0.3, guarded, worst)
    assert (decision.state, [reason.code for reason in decision.reasons]) == (state, codes)
    assert (decision.snapshot is None) == (state != "open")


def test_the_reason_and_the_score_are_said_in_both_languages() -> None:
    assert render(Message.of("guarded_below", value=0.29, limit=0.5)) == "something guards 29% of the cells, below 50%"
    scored = rules.describe_score(100.0, measured())
    assert scored is not None
    assert render(scored) == "score 100.0 of the 50 % of cells that something guards; nothing guards note"
    assert "50%" in render(scored, "zh")


def test_of_many_unguarded_columns_eight_are_named() -> None:
    scored = rules.describe_score(90.0, measured(**{f"c{number}": {"missing": (10, 0)} for number in range(20)}))
    assert scored is not None
    assert render(scored).endswith("nothing guards c0, c1, c2, c3, c4, c5, c6, c7, …")
