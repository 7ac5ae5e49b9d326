"""The memory of traffic: bounded whatever is sent, unharmed by odd names, the same however often it is packed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.features.serialization import pack as as_bytes
from detectors.traffic.click_farm import KnownUsers
from detectors.traffic.frames import KINDS, add_counts, most_frequent_kinds, pack_table, unpack_table
from detectors.traffic.price_mismatch import PriceHistory
from detectors.traffic.state import TrafficState
from sluice.errors import ModelError

START = datetime(2026, 3, 2, tzinfo=UTC)
STEPS = pl.Schema({"before": pl.String(), "kind": pl.String(), "events": pl.Int64()})


def visits(names: list[str], *, seed: int = 0) -> pl.DataFrame:
    """One event a name: everybody does something of their own."""
    names_of = {name: pl.Series(name, [f"{name}-{entry}" for entry in names]) for name in ("user", "item", "session", "ip", "kind")}
    seconds = np.random.default_rng(seed).integers(0, 86_400, len(names))
    moments = pl.select(time=pl.lit(START).cast(pl.Datetime("us", "UTC")) + pl.duration(seconds=pl.lit(pl.Series(seconds))))["time"]
    return pl.DataFrame({"_row_id": names, **names_of, "time": moments, "received": moments, "price": pl.Series([1.0] * len(names))})


def test_kinds_that_anybody_may_invent_do_not_make_it_grow() -> None:
    small, many = (TrafficState.none().after(visits([str(n) for n in range(count)])) for count in (2 * KINDS, 20 * KINDS))
    tables = [{name: sum(array.nbytes for array in part.pack().values()) for name, part in state.parts.items()} for state in (small, many)]
    for name in set(tables[0]) - {"click_farm", "replay"}:  # which have bounds of their own
        assert tables[1][name] <= 1.2 * tables[0][name] + 100, name


def test_visitors_that_are_remembered_are_the_last_ones_and_bounded() -> None:
    first, second = visits([f"a{n}" for n in range(300)]), visits([f"b{n}" for n in range(60)])
    learned_state = KnownUsers.none().after(first, limit=100).after(second, limit=100)
    assert len(learned_state.users) == 100
    assert set(KnownUsers.none().after(second).users) <= set(learned_state.users)


@given(st.lists(st.text(), max_size=8))
@settings(deadline=None, max_examples=50)
def test_whatever_names_there_are_survive_packing(names: list[str]) -> None:
    names = [name.encode("utf-8", "ignore").decode() for name in names]
    table = pl.DataFrame({"kind": names, "events": list(range(len(names)))}, schema={"kind": pl.String, "events": pl.Int64})
    assert unpack_table("t", table.schema, pack_table("t", table)).equals(table)


@pytest.mark.parametrize("kind", ["a\0b", "", " ", "日本", '"', "\n"])
def test_a_state_that_learned_odd_names_can_be_read(kind: str) -> None:
    state = TrafficState.none().after(visits([kind] * 12))
    assert TrafficState.unpack(state.pack()).pack() == state.pack()


def test_damaged_bytes_are_refused() -> None:
    with pytest.raises(ModelError):
        TrafficState.unpack(TrafficState.none().pack()[:-3])


def test_what_another_version_learned_is_refused_in_words() -> None:
    with pytest.raises(ModelError, match="another version"):
        TrafficState.unpack(as_bytes({}, {}))


def test_a_state_without_any_column_stays_as_it_is() -> None:
    assert TrafficState.none().after(visits(["a"]).select("_row_id")).pack() == TrafficState.none().pack()


def test_the_order_of_rows_does_not_matter() -> None:
    rows = visits([str(n % 40) for n in range(400)]).with_columns(_row_id=pl.int_range(400).cast(pl.String))
    assert TrafficState.none().after(rows).pack() == TrafficState.none().after(rows.sample(fraction=1, shuffle=True, seed=1)).pack()


def test_the_usual_kinds_are_kept() -> None:
    counts = pl.DataFrame({"before": ["", "view", "odd"], "kind": ["view", "odd", "view"], "events": [9, 1, 1]}, schema=STEPS)
    assert most_frequent_kinds(counts, most=1).rows() == [("", "view", 9)]
    assert most_frequent_kinds(counts, most=2).height == 3


def test_counts_are_added_up() -> None:
    once = pl.DataFrame({"before": [""], "kind": ["view"], "events": [2]}, schema=STEPS)
    assert add_counts(once, once).rows() == [("", "view", 4)]


def test_no_prices_are_remembered_where_there_is_no_catalog() -> None:
    assert TrafficState.none().prices.versions.equals(PriceHistory.none().versions)
