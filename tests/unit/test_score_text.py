"""A score reads the same in every place, and only a perfect one reads 100."""

from __future__ import annotations

import pytest

from dashboard.widgets.charts import score_bars
from dashboard.widgets.formatting import format_score
from sluice.cli.gate import text
from sluice.cli.output import Format, score_cell, show
from sluice.domain import EMPTY, Decision, Guarded, Message, score_text, whole_percent
from sluice.messages import render
from sluice.rules import describe_score
from sluice.testing import AT

NEARLY = 99.96


@pytest.mark.parametrize(("value", "expected"), [(100.0, "100.0"), (99.99999999999999, "99.9"), (64.1, "64.1"), (8.2, "8.2"), (0.0, "0.0"), (89.96, "89.9")])
def test_a_score_is_truncated_to_one_decimal(value: float, expected: str) -> None:
    assert score_text(value) == format_score(value) == expected


def test_tables_messages_gate_and_charts_truncate_alike(capsys: pytest.CaptureFixture[str]) -> None:
    scored = describe_score(NEARLY, Guarded("items", AT, 3, "rules", "s", 100, {"price": {"missing": (1000, 996)}}))
    assert scored is not None
    assert render(scored) == "score 99.9 of the 99 % of cells that something guards"
    assert "99.9" in render(scored, "zh")
    assert text(Decision("items", "open", (), AT, score=NEARLY, guarded=0.996), EMPTY).startswith("items: open, score 99.9 of the 99 %")
    show([{"published": score_cell(NEARLY)}], Format.table)
    assert capsys.readouterr().out.split() == ["published", "99.9"]
    show([{"published": score_cell(NEARLY)}], Format.json)
    assert "99.96" in capsys.readouterr().out
    assert '"text": "99.9"' in score_bars({"validity": NEARLY}, title="score").to_json()


def test_a_value_just_below_its_limit_reads_below_it() -> None:
    assert render(Message.of("worst_dimension_below", dimension="validity", value=89.96, limit=90)) == "validity is 89.9, below 90"
    assert render(Message.of("guarded_below", value=0.896, limit=0.9)) == "something guards 89% of the cells, below 90%"
    assert render(Message.of("worst_dimension_below", dimension="validity", value="-", limit=90)) == "validity is -, below 90"


@pytest.mark.parametrize("share", [0.29, 0.57, 0.58, 1.0])
def test_a_share_of_whole_per_cent_keeps_them(share: float) -> None:
    assert whole_percent(share) == round(100 * share)
