"""Local times are read in the zone of the shop or of their column, also where clocks are changed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.parsers.datetimes import DatetimeParser
from sluice.config import load
from sluice.domain import ACTION, ROW, CellFormat, Column, Schema
from sluice.errors import ConfigError
from sluice.messages import render
from sluice.pipeline import evaluate
from sluice.ports import Steps
from sluice.sources.cast import cast, to_type
from sluice.sources.infer import infer
from sluice.testing import MemorySnapshot, make_batch

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")


def read(text: str, zone: str | None, form: CellFormat | None = None) -> datetime | None:
    (time,) = to_type(pl.Series([text]), Column("ts", "timestamp", zone=zone, format=form))
    assert time is None or isinstance(time, datetime)
    return time


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-11-29 08:00:00", "Europe/Berlin", "2026-11-29T07:00"),
        ("2026-07-01 08:00", "Europe/Berlin", "2026-07-01T06:00"),
        ("2026-11-29 08:00:00.250", "America/New_York", "2026-11-29T13:00"),
        ("2026/11/29 8:05 PM", "America/New_York", "2026-11-30T01:05"),
        ("2026年11月29日 下午3:05", "Asia/Tokyo", "2026-11-29T06:05"),
        ("20261129080000", "Asia/Tokyo", "2026-11-28T23:00"),
        ("2026-11-29", "Asia/Tokyo", "2026-11-28T15:00"),
        ("Nov 29, 2026 8:05", "Asia/Tokyo", "2026-11-28T23:05"),
        ("2026-11-29T08:00:00+01:00", "Asia/Tokyo", "2026-11-29T07:00"),
        ("2026-11-29T08:00Z", "Asia/Tokyo", "2026-11-29T08:00"),
        ("2026-11-29 08:00:00 UTC", "Asia/Tokyo", "2026-11-29T08:00"),
        ("2026-11-29 08:00:00", None, "2026-11-29T08:00"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30"),  # the first pass of the hour that comes twice
        ("2026-11-01 01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-10-25 02:30:00+01:00", "Europe/Berlin", "2026-10-25T01:30"),  # the second
        ("2026-03-29 02:30", "Europe/Berlin", None),  # clocks skip it
        ("2026-03-08 02:30", "America/New_York", None),
        ("2026-03-08 02:30", "Europe/Berlin", "2026-03-08T01:30"),
    ],
)
def test_a_time_that_names_no_zone_is_in_that_of_its_column(text: str, zone: str | None, utc: str | None) -> None:
    time = read(text, zone)
    assert (time.isoformat()[:16] if time else None) == utc


def test_the_order_of_day_and_month_and_counts_since_1970_keep_their_meaning() -> None:
    assert read("29-11-2026", "Asia/Tokyo", "dmy") == datetime(2026, 11, 28, 15, tzinfo=UTC)
    assert read("1795680000", "Asia/Tokyo", "epoch_s") == datetime(2026, 11, 26, 8, tzinfo=UTC)


def test_typed_times_without_a_zone_are_local_and_those_with_one_are_not() -> None:
    column = Column("ts", "timestamp", zone="Asia/Tokyo")
    assert to_type(pl.Series([datetime(2026, 7, 1, 12)]), column).to_list() == [datetime(2026, 7, 1, 3, tzinfo=UTC)]  # noqa: DTZ001  # without a zone
    assert to_type(pl.Series([datetime(2026, 7, 1, 12, tzinfo=UTC)]), column).to_list() == [datetime(2026, 7, 1, 12, tzinfo=UTC)]
    assert to_type(pl.Series([date(2026, 7, 1)]), column).to_list() == [datetime(2026, 6, 30, 15, tzinfo=UTC)]


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2035, 1, 1)).map(lambda time: time.replace(microsecond=0)), st.sampled_from(ZONES))  # noqa: DTZ001  # local times
def test_a_local_time_is_what_the_clocks_of_its_zone_showed(local: datetime, zone: str) -> None:
    time = read(local.isoformat(" "), zone)
    expected = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    is_skipped = expected.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local
    assert time == (None if is_skipped else expected)
    parsed = DatetimeParser(zone=ZoneInfo(zone)).parse(local.isoformat(" "))
    assert (parsed.value if parsed else None) == time


def test_the_hour_that_comes_twice_is_reported_and_holds_nothing() -> None:
    schema = Schema("orders", columns=(Column("ts", "timestamp", zone="Europe/Berlin"),))
    hours = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 12)]
    batch = make_batch(schema, {"ts": hours})
    verdict = next(verdict for verdict in SchemaJudge(schema).judge(batch, MemorySnapshot()) if verdict.rule == "order_unknown:ts")
    assert (verdict.on_fail, verdict.severity, verdict.failed, verdict.rows) == ("flag", "info", 1, 3)
    assert "comes twice in Europe/Berlin" in render(verdict.message)
    other_day = make_batch(schema, {"ts": [hours[-1]]})
    assert not any(verdict.rule.startswith("order_unknown") for verdict in SchemaJudge(schema).judge(other_day, MemorySnapshot()))


CONFIG = """
zone: Europe/Berlin
datasets:
  orders:
    source: {files: "landing/*.csv"}
    columns:
      id: {type: string}
      day: {type: date}
      ordered_at: {type: timestamp}
      synced_at: {type: timestamp, zone: UTC}
"""


def test_columns_of_times_have_the_zone_of_the_shop_unless_they_have_their_own(tmp_path: Path) -> None:
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    config = load(tmp_path / "sluice.yaml")
    assert [column.zone for column in config.datasets["orders"].schema_of("orders").columns] == [None, None, "Europe/Berlin", "UTC"]
    assert config.shop_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("zone: Europe/Berlin", "zone: Mars/Olympus", "no time zone is called Mars/Olympus"), ("{type: date}", "{type: date, zone: UTC}", "of type timestamp")],
)
def test_a_zone_that_is_none_is_an_error_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace(old, new))
    with pytest.raises(ConfigError, match=message):
        load(tmp_path / "sluice.yaml")


@pytest.mark.parametrize(
    ("hours", "written", "says"), [(-5, "America/New_York", "5 h behind"), (9, "Asia/Tokyo", "9 h ahead of"), (5.5, "Asia/Kolkata", "5.5 h ahead of")]
)
def test_init_notices_times_whole_hours_from_those_of_a_column_in_utc(tmp_path: Path, hours: float, written: str, says: str) -> None:
    first = datetime(2026, 11, 20, 1, tzinfo=UTC)
    utc = [first + timedelta(minutes=17 * row) for row in range(60)]
    lines = [f"o{row},{time + timedelta(hours=hours, seconds=-3):%Y-%m-%d %H:%M:%S},{time:%Y-%m-%dT%H:%M:%SZ}" for row, time in enumerate(utc)]
    landed(tmp_path, "orders.csv", ["order_id,ordered_at,received_at", *lines])
    (check,) = zone_checks(tmp_path)
    assert says in check and "received_at" in check and f"`zone: {written}`" in check


def test_init_takes_times_that_follow_those_in_utc_at_various_distances_for_no_local_ones(tmp_path: Path) -> None:
    first = datetime(2026, 11, 20, 1, tzinfo=UTC)
    lines = [f"o{row},{first + timedelta(minutes=47 * row):%Y-%m-%d %H:%M:%S},{first + timedelta(minutes=17 * row):%Y-%m-%dT%H:%M:%SZ}" for row in range(60)]
    landed(tmp_path, "orders.csv", ["order_id,shipped_at,received_at", *lines])
    assert zone_checks(tmp_path) == []


@pytest.mark.parametrize(("hours", "says"), [(-5, "`zone: America/New_York`"), (8, "`zone: Asia/Shanghai`"), (0, "")])
def test_init_notices_files_of_a_day_whose_times_begin_at_another_hour(tmp_path: Path, hours: int, says: str) -> None:
    for day in (26, 27):
        begin = datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hours)
        lines = [f"o{day}{row},{begin + timedelta(minutes=3 * row + 1):%Y-%m-%d %H:%M:%S}" for row in range(480)]
        landed(tmp_path, f"orders_2026-11-{day}.csv", ["order_id,ordered_at", *lines])
    checks = zone_checks(tmp_path)
    assert len(checks) == bool(says) and all(says in check for check in checks)


def landed(folder: Path, name: str, lines: list[str]) -> None:
    path = folder / "landing" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    os.utime(path, (datetime(2026, 11, 29, 8, tzinfo=UTC).timestamp(),) * 2)


def zone_checks(folder: Path) -> list[str]:
    (dataset,) = infer(folder / "landing")
    return [check.text for check in dataset.checks if "local times" in check.text]


def test_a_time_of_the_double_hour_has_no_known_order_unless_its_text_names_the_pass() -> None:
    schema = Schema("orders", columns=(Column("ts", "timestamp", zone="Europe/Berlin"),), time="ts")
    texts = ["2026-10-25 02:30:00", "2026-10-25T02:30:00+02:00", "2026-10-25 12:00:00", "soon", None]
    rows = cast(pl.DataFrame({"ts": texts}), schema, "b")
    assert rows[ACTION].to_list() == ["order_unknown", None, None, None, None]
    assert ACTION not in cast(pl.DataFrame({"ts": texts[1:]}), schema, "b").columns
    batch = replace(make_batch(schema, {"ts": [None]}), rows=rows)
    outcome = evaluate(batch, Steps([SchemaJudge(schema)], Chain([])), MemorySnapshot())
    assert outcome.split.good.rows[ACTION].to_list()[:2] == ["order_unknown", "keep"]
    assert outcome.flags.select(ROW, "rule").rows() == [("b.0", "order_unknown:ts")]


def test_typed_times_without_a_zone_in_the_double_hour_have_no_known_order() -> None:
    schema = Schema("orders", columns=(Column("ts", "timestamp", zone="Europe/Berlin"),), time="ts")
    local = cast(pl.DataFrame({"ts": [datetime(2026, 10, 25, 2, 30)]}), schema, "b")  # noqa: DTZ001  # without a zone
    assert local[ACTION].to_list() == ["order_unknown"]
    assert ACTION not in cast(pl.DataFrame({"ts": [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]}), schema, "b").columns


def test_a_day_of_the_calendar_is_one_of_the_shop() -> None:
    from sluice.rules import Occasion
    from sluice.wiring.occasions import CalendarJudge

    schema = Schema("orders", columns=(Column("ts", "timestamp", zone="Asia/Tokyo"),))
    for at, on_sale in (
        (datetime(2026, 11, 10, 16, tzinfo=UTC), True),
        (datetime(2026, 11, 11, 16, tzinfo=UTC), False),
        (datetime(2026, 11, 12, tzinfo=UTC), True),
    ):
        batch = make_batch(schema, {"ts": [at - timedelta(hours=1)] if at.hour else [datetime(2026, 11, 11, 3, tzinfo=UTC)]}, at=at)
        judge = CalendarJudge(SchemaJudge(schema), [Occasion(date(2026, 11, 11), date(2026, 11, 11), "11.11")], "ts", ZoneInfo("Asia/Tokyo"))
        assert (date(2026, 11, 11) in list(judge._days(batch))) is on_sale


def export(folder: Path, written: datetime, newest: datetime, suffix: str = "", rows: int = 60) -> list[str]:
    """The checks of a file of orders, one every ten minutes up to the newest, written at a moment."""
    path = folder / "landing" / "orders.csv"
    path.parent.mkdir(exist_ok=True)
    lines = [f"o{row},c{row % 7},{newest - timedelta(minutes=10 * row):%Y-%m-%d %H:%M:%S}{suffix}" for row in range(rows)]
    path.write_text("\n".join(["order_id,customer_id,ordered_at", *lines]) + "\n")
    os.utime(path, (written.timestamp(),) * 2)
    (dataset,) = infer(folder / "landing")
    return [check.text for check in dataset.checks if "local times" in check.text]


@pytest.mark.parametrize(
    ("zone", "says"),
    [("Asia/Tokyo", "9 h ahead of the file"), ("Asia/Tokyo", "`zone: Asia/Tokyo`"), ("Europe/Berlin", "1 h ahead"), ("America/New_York", ""), ("UTC", "")],
)
def test_init_notices_times_ahead_of_their_file(tmp_path: Path, zone: str, says: str) -> None:
    written = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    checks = export(tmp_path, written, written.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(minutes=1))
    assert len(checks) == bool(says) and all(says in check for check in checks)


def test_init_takes_no_time_with_a_zone_no_single_time_and_no_plan_for_local_times(tmp_path: Path) -> None:
    written = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    ahead = datetime(2026, 11, 29, 17, 0)  # noqa: DTZ001  # local
    assert export(tmp_path, written, ahead, suffix="+09:00") == []
    assert export(tmp_path, written, ahead, rows=2) == []
    assert export(tmp_path, written, ahead + timedelta(days=3)) == []
