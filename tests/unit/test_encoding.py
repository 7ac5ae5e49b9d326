"""Summaries cross between processes as JSON and Arrow: what is read equals what was written, and reading runs no code."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from ruamel.yaml import YAML

from sluice.domain import Encoded, Greatest, Least, Tally, decode, encode

TIMES = st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Europe/Berlin")]))
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | TIMES | st.dates()
VALUES: st.SearchStrategy[Any] = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.frozensets(PLAIN, max_size=3)
        | inner.map(Least)
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(VALUES)
def test_what_is_read_equals_what_was_written(value: object) -> None:
    assert decode(encode(value), (Least,)) == value


def test_a_frame_keeps_its_types_and_rows() -> None:
    tally = Tally(pl.DataFrame({"at": [date(2026, 3, 1), None], "count": [1, 2]}), ("at",))
    read = decode(encode({"days": tally, "texts": pl.Series("t", ["a", None])}), (Tally,))
    assert_frame_equal(read["days"].counts, tally.counts)
    assert read["days"].by == ("at",)
    assert read["texts"].to_list() == ["a", None]


def test_an_exception_keeps_its_name_its_text_and_its_kind() -> None:
    for error in (pl.exceptions.ColumnNotFoundError("price"), UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), KeyError("price"), ZeroDivisionError("no")):
        read = decode(encode(error))
        assert (type(read).__name__, str(read)) == (type(error).__name__, str(error))
        assert [isinstance(read, kind) for kind in (LookupError, ValueError, pl.exceptions.ColumnNotFoundError)] == [
            isinstance(error, kind) for kind in (LookupError, ValueError, pl.exceptions.ColumnNotFoundError)
        ]


def test_equal_values_have_equal_texts_in_every_process() -> None:
    assert encode(frozenset({"b", "a", "c"})) == encode(frozenset({"c", "b", "a"}))
    assert encode(YAML().load("a: 3")["a"]) == encode(3)
    assert encode(datetime(2026, 3, 1, tzinfo=UTC)).text == '{"datetime": ["2026-03-01T00:00:00+00:00", null]}'


def test_only_named_classes_are_read_and_only_known_values_written() -> None:
    with pytest.raises(ValueError, match="Greatest is no class"):
        decode(encode(Greatest(3)), (Least,))
    with pytest.raises(KeyError):
        decode(Encoded(json.dumps({"pickle": "gASVBAAAAAAAAABLA4Wu"})))
    with pytest.raises(TypeError, match="no value"):
        encode(object())
