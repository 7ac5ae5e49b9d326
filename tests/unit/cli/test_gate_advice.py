"""A closed gate advises what is possible: rows are released only where some are held."""

from __future__ import annotations

import pytest

from sluice.cli.gate import text
from sluice.domain import Decision, Message, Run
from sluice.messages import render
from sluice.rules.opening import how_to_open
from sluice.testing import AT

LOW = Message.of("worst_dimension_below", dimension="validity", value=80.0, limit=90)
NEWEST = Message.of("newest_batch_closed", run="b1", reason=LOW)
SHARE = Message.of("closed_rows_above", share=0.5, limit=0.3, runs=(Message.of("run_because", run="b1", reasons=(LOW,)),))


@pytest.mark.parametrize("reason", [NEWEST, SHARE])
@pytest.mark.parametrize(("bad", "advice", "other"), [(0, "sluice override orders", "quarantine"), (3, "sluice quarantine list orders", "override")])
def test_held_rows_are_named_only_where_the_closing_run_holds_some(reason: Message, bad: int, advice: str, other: str) -> None:
    decision = Decision("orders", "closed", (reason,), AT)
    runs = [Run("b0", "orders", "ingest", 1, AT, "published", rows=9, bad=9), Run("b1", "orders", "ingest", 2, AT, "published", rows=9, good=9 - bad, bad=bad)]
    lines = text(decision, how_to_open(decision, runs, ["b0", "b1"]))
    assert advice in lines
    assert other not in lines


def test_the_advice_is_a_code_that_both_languages_render() -> None:
    advice = how_to_open(Decision("orders", "closed", (NEWEST,), AT), [], [])
    assert (advice.code, advice.params["limits"]) == ("open_by_corrected_batch", ("minimum",))
    assert render(advice, "zh").startswith("要打开闸门")
    assert not how_to_open(Decision("orders", "open", (), AT), [], [])


QUARANTINED = Message.of("newest_batch_closed", run="b1", reason=Message.of("quarantined_above", share=0.5, limit=0.05))


@pytest.mark.parametrize(("reason", "limit"), [(QUARANTINED, "max_quarantined"), (SHARE, "max_closed")])
def test_once_all_held_rows_are_rejected_the_advice_names_the_limit_and_no_release(reason: Message, limit: str) -> None:
    decision = Decision("orders", "closed", (reason,), AT)
    runs = [Run("b1", "orders", "ingest", 2, AT, "published", rows=9, good=6, bad=3)]
    lines = text(decision, how_to_open(decision, runs, held=["b0"]))
    assert limit in lines
    assert "quarantine list" not in lines
    assert "sluice override orders" in lines
