"""A date and a time of day in two columns are one time, where names and values leave no doubt."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config import Limits, read
from sluice.domain import Column, ReadOptions, Schema
from sluice.errors import ConfigError
from sluice.sources import FileSource
from sluice.sources.infer import infer
from sluice.sources.infer.clock_columns import find_clock
from sluice.sources.joined_columns import join_columns

CLOCKS = ["14:03:22", "09:15:00", "23:59:59"]
DAYS = ["2026-11-26", "2026-11-26", "2026-11-27"]


def joined(frame: pl.DataFrame) -> list[str | None]:
    (join,) = find_clock(frame)
    return join_columns(frame, [join])[join[0]].to_list()


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (pl.DataFrame({"Date": DAYS, "Time": CLOCKS}), "2026-11-26 14:03:22"),
        (pl.DataFrame({"Date": ["11/26/2026"] * 3, "Time": ["2:03:22 PM", "9:15 AM", "11:59 PM"]}), "11/26/2026 2:03:22 PM"),
        (pl.DataFrame({"Belegdatum": ["26.11.2026"] * 3, "Uhrzeit": CLOCKS}), "26.11.2026 14:03:22"),
        (pl.DataFrame({"日期": DAYS, "时间": CLOCKS}), "2026-11-26 14:03:22"),
        (pl.DataFrame({"Date": [date(2026, 11, 26)] * 3, "Time": [time(14, 3, 22), time(9), time(1)]}), "2026-11-26 14:03:22"),
        (pl.DataFrame({"Date": ["2026-11-26 00:00:00"] * 3, "Time": [f"1899-12-31 {clock}" for clock in CLOCKS]}), "2026-11-26 14:03:22"),
    ],
    ids=["ISO", "month first", "German", "Chinese", "Parquet", "spreadsheet"],
)
def test_the_only_date_goes_with_the_only_time_of_day(frame: pl.DataFrame, expected: str) -> None:
    assert joined(frame)[0] == expected


def test_of_several_dates_the_one_with_the_same_name_goes_with_a_time_of_day() -> None:
    frame = pl.DataFrame({"Order Date": DAYS, "Ship Date": DAYS, "Ship Time": CLOCKS})
    assert find_clock(frame) == (("Ship Date Ship Time", ("Ship Date", "Ship Time")),)
    assert find_clock(frame.rename({"Ship Time": "Time"})) == ()


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"Date": DAYS, "Duration": CLOCKS}),
        pl.DataFrame({"Date": DAYS, "Time Spent": CLOCKS}),
        pl.DataFrame({"Date": DAYS, "Time": ["morning", "noon", "noon"]}),
        pl.DataFrame({"Date": DAYS, "Time": ["00:00:00"] * 3}),
        pl.DataFrame({"Date": DAYS, "Start Time": CLOCKS, "End Time": CLOCKS}),
        pl.DataFrame({"Date": [None, None, "2026-11-26"], "Time": CLOCKS}),
        pl.DataFrame({"created_at": [f"2026-11-26 {clock}" for clock in CLOCKS], "Time": CLOCKS}),
    ],
    ids=["duration", "time spent", "words", "one time", "two times", "few dates", "no date"],
)
def test_columns_that_may_be_something_else_stay_apart(frame: pl.DataFrame) -> None:
    assert find_clock(frame) == ()


@given(st.datetimes(min_value=datetime.fromisoformat("1990-01-01")))
def test_a_joined_time_is_the_one_that_was_written_apart(moment: datetime) -> None:
    frame = pl.DataFrame({"d": [f"{moment:%Y-%m-%d}"], "c": [f"{moment:%H:%M:%S.%f}"]})
    text = join_columns(frame, [("t", ["d", "c"])])["t"].item()
    assert datetime.fromisoformat(text) == moment


def test_a_missing_half_is_left_out_and_a_missing_column_makes_none() -> None:
    frame = pl.DataFrame({"d": ["2026-11-26", None, " "], "c": [None, "09:15:00", ""]})
    assert join_columns(frame, [("t", ["d", "c"])])["t"].to_list() == ["2026-11-26", "09:15:00", None]
    assert join_columns(frame, [("t", ["d", "x"])]).columns == ["d", "c"]


def test_a_file_is_read_with_one_time_in_the_zone_of_its_column(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("Date,Time,Item\n11/27/2026,2:03:22 PM,Mug\n11/27/2026,,Cup\n,9:15 AM,Jug\n")
    options = ReadOptions(join=(("At", ("Date", "Time")),))
    schema = Schema("sales", "append", (), (Column("At", "timestamp", format="mdy", zone="America/New_York"), Column("Item")))
    source = FileSource(schema, "*.csv", tmp_path, Limits(), options=options)
    batch = source.read(next(source.arrivals()))
    assert batch.rows["At"].to_list() == [datetime(2026, 11, 27, 19, 3, 22, tzinfo=UTC), datetime(2026, 11, 27, 5, tzinfo=UTC), None]
    assert batch.rows["Item"].to_list() == ["Mug", "Cup", "Jug"]
    assert batch.rows["_raw"].to_list() == [None, None, [{"column": "At", "text": "9:15 AM"}]]


def test_init_makes_the_joined_time_the_time_of_the_rows(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    rows = [f"11/{20 + n % 8}/2026,{n % 12 + 1}:{n % 60:02}:07 {'AP'[n % 2]}M,S{n:04},{n % 9 + 1}.50" for n in range(60)]
    (landing / "sales_2026-11.csv").write_text("\n".join(["Date,Time,Sale ID,Gross", *rows]))
    (dataset,) = infer(landing)
    assert (dataset.mode, dataset.key, dataset.time) == ("append", ("Sale ID",), "Date Time")
    assert dataset.options.settings()["join"] == {"Date Time": ["Date", "Time"]}
    assert {column.name: (column.type, column.format) for column, _ in dataset.columns}["Date Time"] == ("timestamp", "mdy")


@pytest.mark.parametrize(
    ("join", "problem"),
    [
        ("{At: [Date, Time]}", "add At to columns"),
        ("{Date: [Date, Time]}", "rename Date in join"),
        ("{Date: [Time]}", "join"),
        ("{At: [Date, Date]}", "correct At"),
    ],
    ids=["undeclared", "no new column", "one column", "one column twice"],
)
def test_a_join_that_cannot_work_is_refused(join: str, problem: str) -> None:
    text = f"datasets: {{sales: {{source: {{files: sales.csv, join: {join}}}, columns: {{Date: {{type: date}}}}}}}}"
    with pytest.raises(ConfigError, match=problem):
        read(text.encode(), "sluice.yaml", {})
