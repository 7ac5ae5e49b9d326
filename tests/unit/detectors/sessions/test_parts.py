"""Which events of an odd session are to blame, where a p-value is what a test says it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.sessions.attribution import LEAST, LONGEST, PARTS, SessionAttribution
from detectors.sessions.session_features import SessionAggregator
from sluice.domain import ROW

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGGREGATES = SessionAggregator("session", "item", "ts", "kind", ("view", "cart"))


def session(*events: tuple[str, str, float], name: str = "s") -> pl.DataFrame:
    """Events of an item, a kind and a minute each."""
    rows = [(f"{name}.{place}", name, item, kind, START + timedelta(minutes=minute)) for place, (item, kind, minute) in enumerate(events)]
    schema = pl.Schema({ROW: pl.String(), "session": pl.String(), "item": pl.String(), "kind": pl.String(), "ts": pl.Datetime("us", "UTC")})
    return pl.DataFrame(rows, schema=schema, orient="row")


def typical(where: pl.Expr) -> Callable[[pl.DataFrame], NDArray[np.float64]]:
    """Sessions are usual where this holds."""
    return lambda sessions: sessions.select(pl.when(where).then(1.0).otherwise(0.0)).to_series().to_numpy()


def blamed(events: pl.DataFrame, where: pl.Expr) -> list[str]:
    return sorted(SessionAttribution(AGGREGATES, typical(where)).to_blame(events)[ROW])


WALK = [("a", "view", 0.0), ("b", "view", 1.0), ("c", "view", 2.0), ("d", "view", 3.0)]
SHORT = pl.col("minutes") < 10


@pytest.mark.parametrize(
    ("more", "where", "part"),
    [
        ([("z", "purchase", 1.5)], pl.col("other") == 0, [4]),
        ([("a", "view", 90.0), ("b", "view", 91.0)], SHORT, [4, 5]),
        ([("x", "view", -200.0), ("y", "view", 300.0)], SHORT, [4, 5]),
        ([("a", "view", 3.5), ("b", "view", 3.6)], pl.col("breadth") == 1, [4, 5]),
        ([("z", "view", 2.2), ("z", "cart", 2.4)], (pl.col("items") == 4) & (pl.col("number of cart") == 0), [4, 5]),
    ],
)
def test_the_fewest_events_of_one_nature_are_to_blame(more: list[tuple[str, str, float]], where: pl.Expr, part: list[int]) -> None:
    assert blamed(session(*WALK, *more), where) == [f"s.{place}" for place in part]


def test_a_session_that_no_part_explains_is_not_in_it() -> None:
    assert blamed(session(*WALK), pl.lit(value=False)) == []
    assert SessionAttribution(AGGREGATES, typical(pl.lit(value=True))).to_blame(session()).schema == PARTS


def test_of_too_little_that_is_left_nothing_is_usual() -> None:
    many = session(("a", "view", 0.0), *(("b", "cart", float(minute)) for minute in range(1, 12)))
    assert blamed(many, pl.col("number of cart") == 0) == []


def test_what_is_too_long_for_a_person_is_not_looked_into() -> None:
    long = session(*((f"i{place}", "view", 0.01 * place) for place in range(LONGEST)), ("z", "purchase", 1.0))
    assert blamed(long, pl.col("other") == 0) == []


def test_one_session_does_not_matter_to_another() -> None:
    first, second = session(*WALK, ("z", "purchase", 1.5), name="s"), session(("z", "buy", 0.5), *WALK, name="t")
    fewest = pl.col("other") == 0
    assert blamed(pl.concat([second, first]), fewest) == blamed(first, fewest) + blamed(second, fewest) == ["s.4", "t.0"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["view", "cart", "buy"]), st.floats(0, 300)), min_size=1, max_size=12), st.integers(0, 3))
def test_never_is_a_whole_session_named_and_never_less_than_a_share_left(events: list[tuple[str, str, float]], carts: int) -> None:
    outcome = SessionAttribution(AGGREGATES, typical(pl.col("number of cart") <= carts)).to_blame(session(*events))
    assert outcome[ROW].is_unique().all()
    assert outcome.height <= (1 - LEAST) * len(events)
    assert outcome.is_empty() or set(outcome["size"]) == {outcome.height}
