"""A frame is checked in memory."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

import sluice
from sluice.errors import UsageError

SUITE = [
    {"expect_column_values_to_not_be_null": {"column": "user"}},
    {"expect_column_values_to_be_between": {"column": "price", "min_value": 0, "max_value": 500}},
]


def test_good_and_bad_rows_are_split_with_their_reasons() -> None:
    report = sluice.check(pl.DataFrame({"user": ["u1", "u2", None], "price": [19.9, 1990.0, -5.0]}), SUITE)
    assert report.good["user"].to_list() == ["u1"]
    assert [len(reasons) for reasons in report.bad["reasons"]] == [1, 2]
    assert [verdict.failed for verdict in report.verdicts] == [1, 2]
    assert str(report).startswith("3 rows: 1 good, 2 bad\nfailed")


def test_a_frame_that_meets_the_suite_has_no_bad_row() -> None:
    report = sluice.check(pl.DataFrame({"user": ["u1"], "price": [1], "at": [datetime(2026, 3, 1)]}), SUITE)  # noqa: DTZ001  # frames may lack a zone
    assert (report.good.height, report.bad.height) == (1, 0)
    assert report.rows["_row_id"].to_list() == ["0"]


@pytest.mark.parametrize("suite", [[{"expect_nothing": {}}], [{"expect_column_values_to_not_be_null": {"colum": "user"}}], [3]])
def test_a_wrong_suite_is_refused(suite: list[object]) -> None:
    with pytest.raises(sluice.UsageError, match="the suite is wrong"):
        sluice.check(pl.DataFrame({"user": ["u1"]}), suite)


def test_what_is_no_frame_is_refused_with_the_way_to_make_one() -> None:
    with pytest.raises(UsageError, match=r"takes a Polars DataFrame, not dict; polars.from_pandas\(...\), .collect\(\) or polars.DataFrame\(...\) makes one"):
        sluice.check({"item": ["i1"]}, [])  # type: ignore[arg-type]  # the mistake that is refused
