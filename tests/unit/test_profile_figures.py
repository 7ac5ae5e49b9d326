"""Columns that two batches do not share are named, and figures are rounded for people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluice.domain import BatchProfile, ColumnProfile
from sluice.messages import render
from sluice.rules.profiles import column_messages, compare_columns, round_mean, round_number

AT = datetime(2026, 3, 14, tzinfo=UTC)


def batch(run: str, **types: str) -> BatchProfile:
    return BatchProfile(run, AT, tuple(ColumnProfile(name, kind, 9, 0, 0, 2) for name, kind in types.items()))


def test_columns_of_one_batch_and_other_types_are_named() -> None:
    changes = compare_columns(batch("r1", a="string", old="string", price="integer"), batch("r2", a="string", price="number", brand="string", size="string"))
    assert (changes.before, changes.after, changes.types) == (("old",), ("brand", "size"), (("price", "integer", "number"),))
    assert [render(message) for message in column_messages(changes, ("r1", "r2"))] == [
        "only batch r1 has the column old",
        "only batch r2 has the columns brand, size",
        "the type of price was integer, now number; its values are not compared",
    ]
    assert [render(message, "zh") for message in column_messages(changes.of_column("old"), ("r1", "r2"))] == ["仅批次 r1 有列 old"]
    assert list(column_messages(compare_columns(batch("r1", a="string"), batch("r2", a="string")), ("r1", "r2"))) == []


@pytest.mark.parametrize(
    ("kind", "mean", "expected"),
    [
        ("number", "227.2890476190476", "227.289"),
        ("integer", "1234567.891", "1234568"),
        ("number", "-123456.7", "-123457"),
        ("number", "1.5e+20", "1.5e+20"),
        ("number", "erased-3f9a1c2e", "erased-3f9a1c2e"),
        ("timestamp", "2026-03-14T10:00:00.123457+00:00", "2026-03-14T10:00:00+00:00"),
        ("date", "2026-03-14", "2026-03-14"),
        ("string", None, None),
    ],
)
def test_a_mean_has_six_digits(kind: str, mean: str | None, expected: str | None) -> None:
    assert round_mean(ColumnProfile("c", kind, 9, 0, 0, 2, mean=mean)) == expected


def test_a_number_has_no_power_of_ten_while_it_can_be_read() -> None:
    assert [round_number(number) for number in (0.0, 99999.94, 999999.5, float("inf"))] == ["0", "99999.9", "1000000", "inf"]
