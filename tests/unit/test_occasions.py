from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from checks.checker import Checker
from cleaning.chain import Chain
from sluice.config import Step
from sluice.config.load import read
from sluice.domain import Column, Run, Schema
from sluice.errors import ConfigError
from sluice.messages import render
from sluice.pipeline import evaluate
from sluice.ports import Steps
from sluice.rules import Occasion
from sluice.testing import MemorySnapshot, make_batch
from sluice.wiring.occasions import CalendarJudge

SCHEMA = Schema("orders", columns=(Column("order"), Column("price", "number"), Column("ts", "timestamp")), time="ts", every=timedelta(days=1))
STEPS = [
    Step(name="expect_table_row_count_to_match_weekday"),
    Step(name="expect_column_values_to_be_between", settings={"column": "price", "min_value": 5}),
    Step(name="expect_column_values_to_not_be_null", settings={"column": "order"}),
]
SALE = [Occasion(date(2026, 11, 11), date(2026, 11, 11), "11.11")]


@pytest.mark.parametrize(
    ("at", "held", "state"),
    [
        (datetime(2026, 11, 12, tzinfo=UTC), 1, {"info", "critical"}),  # the file of the 11th
        (datetime(2026, 11, 12, 1, 15, tzinfo=UTC), 1, {"info", "critical"}),  # landed the morning after
        (datetime(2026, 11, 19, tzinfo=UTC), 9, {"critical"}),
    ],
)
def test_on_named_days_prices_and_volume_report_and_a_missing_key_still_holds(at: datetime, held: int, state: set[str]) -> None:
    runs = [Run(f"r{day}", "orders", "ingest", day, at - timedelta(days=day), "published", rows=2) for day in (1, 2, 3)]
    cells = {"order": [None, *"bcdefghi"], "price": [2.0] * 9, "ts": [at - timedelta(hours=9)] * 9}
    judge = CalendarJudge(Checker.build(SCHEMA, STEPS), SALE, "ts", ZoneInfo("Europe/Berlin"))
    outcome = evaluate(make_batch(SCHEMA, cells, at=at), Steps([judge], Chain([])), MemorySnapshot(records=runs))
    assert outcome.split.bad.rows.height == held
    failed = [verdict for verdict in outcome.phases["arrival"] if verdict.status == "failed"]
    assert {verdict.severity for verdict in failed} == state
    assert len(failed) == 3
    assert ("during 11.11" in render(failed[0].observed)) == ("info" in state)


def test_the_calendar_is_read_and_its_mistakes_have_a_line() -> None:
    text = "datasets: {items: {source: {files: items/*.csv}, columns: {sku: {}}}}\ncalendar:\n  - {from: 2026-11-10, to: 2026-11-12, name: Singles' Day}\n"
    (entry,) = read(text.encode(), "sluice.yaml", {}).calendar
    assert (entry.first, entry.last, entry.name) == (date(2026, 11, 10), date(2026, 11, 12), "Singles' Day")
    for wrong, reason in ((text.replace("11-12", "11-02"), "ends before"), (text.replace("from", "form"), "did you mean from?")):
        with pytest.raises(ConfigError, match=reason) as caught:
            read(wrong.encode(), str(Path("sluice.yaml")), {})
        assert caught.value.problems[0].line == 3
