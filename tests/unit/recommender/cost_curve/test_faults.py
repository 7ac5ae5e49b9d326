"""Faults can be injected under any shop's column names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from recommender.cost_curve.faults import FAULT_KINDS, EventFault, available_faults
from sluice.config import Recommender
from sluice.domain import ROW, Column, Schema

CONFIG = Recommender(events="clicks", items="goods", user="who", item="what", time="when")
SCHEMA = Schema("clicks", "append", ("nr",), (Column("nr"), Column("who"), Column("what"), Column("when", "timestamp"), Column("seen", "timestamp")), "when")
NUMBERS = Schema("clicks", "append", (), (Column("who", "integer"), Column("what", "integer"), Column("when", "timestamp")), "when")
COUNT = 400


def rows(schema: Schema = SCHEMA) -> pl.DataFrame:
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    cells: dict[str, list[object]] = {
        "nr": [f"{number:08x}-0000-4000-8000-000000000000" for number in range(COUNT)],
        "who": [f"u{number % 40:03}" if schema is SCHEMA else number % 40 for number in range(COUNT)],
        "what": [f"i{(7 * number) % 60:02}" if schema is SCHEMA else (7 * number) % 60 for number in range(COUNT)],
        "when": [begin + timedelta(minutes=3 * number) for number in range(COUNT)],
        "seen": [begin + timedelta(minutes=3 * number, seconds=2) for number in range(COUNT)],
    }
    frame = pl.DataFrame({name: cells[name] for name in schema.names}, schema=schema.dtypes)
    return frame.with_columns(pl.Series(ROW, [f"b.{number}" for number in range(COUNT)]))


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_each_kind_spoils_what_the_recommender_reads_and_keeps_the_columns(kind: str) -> None:
    clean = rows()
    dirty = EventFault(CONFIG, SCHEMA, kind).inject(clean, 0.2, 1)
    assert dirty.schema == clean.schema
    assert dirty[ROW].is_unique().all()
    assert not dirty.select("who", "what", "when").equals(clean.select("who", "what", "when"))
    assert dirty.equals(EventFault(CONFIG, SCHEMA, kind).inject(clean, 0.2, 1))
    assert EventFault(CONFIG, SCHEMA, kind).inject(clean, 0.0, 1).equals(clean)
    assert EventFault(CONFIG, SCHEMA, kind).inject(clean.clear(), 0.2, 1).is_empty()


@pytest.mark.parametrize("kind", [fault.kind for fault in available_faults(CONFIG, NUMBERS)])
def test_names_may_be_numbers_and_events_may_have_none(kind: str) -> None:
    dirty = EventFault(CONFIG, NUMBERS, kind).inject(rows(NUMBERS), 0.2, 1)
    assert dirty.schema == rows(NUMBERS).schema
    assert not dirty.equals(rows(NUMBERS))


def test_strangers_bear_names_of_the_same_form_that_nobody_bears() -> None:
    clean = rows()
    dirty = EventFault(CONFIG, SCHEMA, "click_farm").inject(clean, 0.2, 1)
    new = set(dirty["who"]) - set(clean["who"])
    assert len(new) == 25
    assert all(len(name) >= 4 and name[0] == "u" and name[1:].isdigit() for name in new)


def test_without_a_key_nothing_is_added_and_without_a_time_of_day_nothing_is_moved() -> None:
    assert [fault.kind for fault in available_faults(CONFIG, SCHEMA)] == list(FAULT_KINDS)
    dated = Schema("clicks", "append", ("nr",), (Column("nr"), Column("who"), Column("what"), Column("when", "date")), "when")
    assert {fault.kind for fault in available_faults(CONFIG, dated)} == {"redelivery", "orphan_reference", "wrong_user", "missing_value"}
    assert {fault.kind for fault in available_faults(CONFIG, NUMBERS)} == {
        "redelivery",
        "clock_skew",
        "send_time_stamps",
        "orphan_reference",
        "wrong_user",
        "missing_value",
    }
