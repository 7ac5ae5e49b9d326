"""What moved between two batches is named and ranked; what varies by chance is not."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import QUANTILES, BatchProfile, Column, ColumnProfile, Schema
from sluice.messages import render
from sluice.rules.profiles import Move, compare_profiles
from sluice.rules.profiles.divergence import chance_of_counts, chance_of_distance, stability_index
from sluice.rules.profiles.quantiles import widest_split
from sluice.testing import make_rows
from sluice.worker.profiling.limits import LIMITS, Limits
from sluice.worker.profiling.rows import RowsSummary

AT = datetime(2026, 3, 2, tzinfo=UTC)
Draw = Callable[[random.Random], object]
DRAWS: dict[str, tuple[Column, Draw]] = {
    "prices": (Column("c", "number"), lambda chance: round(chance.lognormvariate(3, 1), 2)),
    "few prices": (Column("c", "number"), lambda chance: chance.choice([9.99, 9.99, 10.0, 100.0])),
    "far apart": (Column("c", "number"), lambda chance: chance.random() + 1000 * (chance.random() < 0.5)),
    "often zero": (Column("c", "number"), lambda chance: chance.gauss(0, 1) if chance.random() < 0.4 else 0.0),
    "counts": (Column("c", "integer"), lambda chance: chance.randrange(5)),
    "words": (Column("c"), lambda chance: chance.choices(["view", "cart", "buy", "refund"], [90, 6, 3, 1])[0]),
    "items": (Column("c"), lambda chance: f"i{int(chance.paretovariate(0.9)) % 5000}"),
    "missing": (Column("c"), lambda chance: None if chance.random() < 0.05 else "x"),
    "unique": (Column("c"), lambda chance: f"{chance.getrandbits(48):012x}"),
}


def batch(column: Column, cells: Sequence[object], *, run: str = "r", at: datetime = AT, limits: Limits = LIMITS) -> BatchProfile:
    rows = make_rows(Schema("d", columns=(column,)), {column.name: cells}, batch_id=run)
    return BatchProfile(run, at, tuple(RowsSummary.of(rows, (column,), limits).columns()))


def moves(column: Column, before: Sequence[object], after: Sequence[object], limits: Limits = LIMITS) -> list[Move]:
    return compare_profiles(batch(column, before, limits=limits), batch(column, after, run="s", limits=limits))


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("limits", [LIMITS, Limits(sample=300, counted=50, hashes=200)])
def test_what_varies_by_chance_has_not_moved(kind: str, limits: Limits) -> None:
    column, draw = DRAWS[kind]
    chance = random.Random(5)
    batches = [batch(column, [draw(chance) for _ in range(chance.randrange(200, 1500))], run=f"r{number}", limits=limits) for number in range(30)]
    named = [move for pair in itertools.pairwise(batches) for move in compare_profiles(*pair)]
    assert len(named) <= 1  # of 29 comparisons one in a hundred may name something


CHANGES: list[tuple[str, Column, Draw, Draw]] = [
    ("nulls", Column("c"), lambda chance: "x", lambda chance: None if chance.random() < 0.03 else "x"),
    ("empty", Column("c"), lambda chance: "x", lambda chance: "" if chance.random() < 0.03 else "x"),
    ("distinct", Column("c"), lambda chance: f"u{chance.randrange(10_000)}", lambda chance: f"u{chance.randrange(300)}"),
    ("values", Column("c"), lambda chance: chance.choice(["EUR", "USD"]), lambda chance: chance.choices(["EUR", "USD", "JPY"], [50, 40, 10])[0]),
    ("values", Column("c", "integer"), lambda chance: chance.randrange(900), lambda chance: -1 if chance.random() < 0.1 else chance.randrange(900)),
    ("quantiles", Column("c", "number"), lambda chance: chance.lognormvariate(3, 1), lambda chance: 1.4 * chance.lognormvariate(3, 1)),
    ("lengths", Column("c"), lambda chance: "x" * chance.randrange(3, 60), lambda chance: "x" * chance.randrange(3, 40)),
    ("patterns", Column("c"), lambda chance: f"SKU-{chance.randrange(1000):03}", lambda chance: f"SKU{chance.randrange(1000):03}"),
    ("patterns", Column("c"), lambda chance: f"{chance.randrange(10**6):06}", lambda chance: f"{chance.randrange(10**6):06x}"),
]


@pytest.mark.parametrize(("aspect", "column", "before", "after"), CHANGES)
def test_what_changed_is_named(aspect: str, column: Column, before: Draw, after: Draw) -> None:
    chance = random.Random(11)
    former, latter = ([draw(chance) for _ in range(2000)] for draw in (before, after))
    named = {move.aspect: move for move in moves(column, former, latter)}
    assert aspect in named
    assert named[aspect].index >= 0.01
    assert "?" not in render(named[aspect].message)
    assert render(named[aspect].message, "zh") != render(named[aspect].message)
    assert aspect in {move.aspect for move in moves(column, latter, former)}


def test_new_and_vanished_values_are_named_with_their_shares() -> None:
    (move,) = moves(Column("c"), ["EUR"] * 900 + ["DEM"] * 100, ["EUR"] * 880 + ["USD"] * 120)
    assert [(share.value, share.before, share.after) for share in move.shares] == [("USD", None, 0.12), ("DEM", 0.1, None), ("EUR", 0.9, 0.88)]


def test_the_largest_move_comes_first() -> None:
    columns = (Column("a"), Column("b"), Column("c"))
    before: dict[str, list[str | None]] = {name: ["x"] * 1000 for name in "abc"}
    after: dict[str, list[str | None]] = {"a": ["x"] * 950 + [None] * 50, "b": ["x"] * 500 + [None] * 500, "c": ["x"] * 1000}
    pair = [
        BatchProfile(run, AT, tuple(RowsSummary.of(make_rows(Schema("d", columns=columns), cells, batch_id=run), columns).columns()))
        for run, cells in (("r", before), ("s", after))
    ]
    named = compare_profiles(*pair)
    assert [move.column for move in named] == ["b", "a"]
    assert [move.index for move in named] == sorted((move.index for move in named), reverse=True)


def test_times_that_pass_with_the_days_have_not_moved() -> None:
    column, chance = Column("ts", "timestamp"), random.Random(3)
    day = [AT - timedelta(seconds=chance.randrange(86_400)) for _ in range(1000)]
    later, former = [moment + timedelta(days=9) for moment in day], batch(column, day)
    assert compare_profiles(former, batch(column, later, at=AT + timedelta(days=9))) == []
    assert compare_profiles(former, batch(column, day, at=AT + timedelta(days=9))) == []  # times of creation, which stay
    assert [move.aspect for move in compare_profiles(former, batch(column, later, at=AT + timedelta(days=1)))] == ["quantiles"]


def test_single_things_that_pass_have_not_moved() -> None:
    def sessions(day: int) -> list[object]:
        return [f"s{day}-{number % 400:03}" for number in range(4000)]

    assert moves(Column("session"), sessions(1), sessions(2)) == []


def test_an_erased_value_and_a_column_of_one_batch_are_left_out() -> None:
    former, latter = batch(Column("c", "number"), [1.0] * 500), batch(Column("c", "number"), [2.0] * 500)
    (one,) = latter.columns
    erased = replace(latter, columns=(replace(one, quantiles=("erased-3f9a1c2e", *one.quantiles[1:])),))
    assert {move.aspect for move in compare_profiles(former, erased)} == {"values"}
    assert compare_profiles(former, replace(latter, columns=(replace(one, column="d"),))) == []
    assert compare_profiles(former, replace(latter, columns=(replace(one, type="string"),))) == []


@settings(max_examples=30)
@given(cells=st.lists(st.none() | st.sampled_from(["a", "b", "", "SKU-1"]), max_size=40), other=st.lists(st.none() | st.text(max_size=5), max_size=40))
def test_a_batch_has_not_moved_from_itself_and_moves_lead_both_ways(cells: list[Any], other: list[Any]) -> None:
    assert moves(Column("c"), cells, cells) == []
    there, back = moves(Column("c"), cells, other), moves(Column("c"), other, cells)
    assert {move.aspect: round(move.index, 9) for move in there} == {move.aspect: round(move.index, 9) for move in back}


@given(st.lists(st.integers(0, 20), min_size=1, max_size=200), st.lists(st.integers(0, 20), min_size=1, max_size=200))
def test_the_widest_split_is_never_wider_than_the_samples_are_apart(first: list[int], second: list[int]) -> None:
    quantiles = [[float(sorted(cells)[max(math.ceil(share * len(cells)), 1) - 1]) for share in QUANTILES] for cells in (first, second)]
    split = widest_split(*quantiles)
    apart = max(abs(sum(cell <= value for cell in first) / len(first) - sum(cell <= value for cell in second) / len(second)) for value in range(21))
    assert split is None or split.distance <= apart + 1e-9
    assert apart <= (split.distance if split else 0.0) + 0.051


@pytest.mark.parametrize(("before", "after", "p_value"), [([90, 10], [80, 20], 0.0460), ([50, 30, 20], [40, 30, 30], 0.2094), ([10, 0], [10, 0], 1.0)])
def test_the_test_of_counts_agrees_with_scipy(before: list[float], after: list[float], p_value: float) -> None:
    assert chance_of_counts(before, after) == pytest.approx(p_value, abs=0.004)


def test_measures_have_their_known_values() -> None:
    assert stability_index([100_000, 900_000], [200_000, 800_000]) == pytest.approx(0.1 * math.log(2) + 0.1 * math.log(9 / 8), abs=1e-4)
    assert chance_of_distance(1.36 * math.sqrt(2 / 2000), 2000, 2000) == pytest.approx(0.05, abs=0.003)  # the usual table
    assert chance_of_distance(0.5, 0, 10) == 1.0
    assert ColumnProfile("c", "string", 0, 0, 0, 0).filled == 0
