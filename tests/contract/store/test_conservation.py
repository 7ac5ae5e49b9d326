"""Whatever people do, every row that arrived is published, held or rejected: exactly one of them."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.domain import Request

STEPS = st.lists(st.tuples(st.sampled_from(["ingest", "release", "reject", "undo", "recheck"]), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=8)


@pytest.fixture
def shops(template: Path, tmp_path: Path, open_shop: Callable[[str, Path], Any]) -> Callable[[], Any]:
    """A new shop for each example."""
    numbers = itertools.count()

    def make() -> Any:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        shutil.copy(template, folder / "sluice.db")
        return open_shop(f"sqlite:///{folder / 'sluice.db'}", folder)

    return make


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_every_row_is_in_exactly_one_place(shops: Callable[[], Any], steps: list[tuple[str, int, int]]) -> None:
    shop = shops()
    where: dict[str, str] = {}
    for number, (step, first, second) in enumerate(steps):
        chosen_rows, bad_rows = chosen(where, step, number, first), chosen(where, step, number, second, after=first)
        carry_out(shop, step, number, chosen_rows, bad_rows)
        where |= dict.fromkeys(chosen_rows, "rejected" if step == "reject" else "clean")
        where |= {} if step == "reject" else dict.fromkeys(bad_rows, "held")
        assert shop.clean() == sorted(row for row, place in where.items() if place == "clean")
        assert shop.held() == sorted(row for row, place in where.items() if place == "held")


def chosen(where: dict[str, str], step: str, number: int, count: int, *, after: int = 0) -> list[str]:
    """New rows for an ingest, held ones for a release or rejection, published ones for an undo or a recheck."""
    if step == "ingest":
        return [f"b{number}.{row}" for row in range(after, after + count)]
    fit = sorted(row for row, place in where.items() if place == ("clean" if step in ("undo", "recheck") else "held"))
    return fit[after : after + count]


def carry_out(shop: Any, step: str, number: int, chosen_rows: list[str], bad_rows: list[str]) -> None:
    if step != "reject":
        shop.publish(f"b{number}", chosen_rows, bad_rows, kind=step)
        return
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, Request(f"q{number}", "reject", "events", "Ada", "wrong", shop.now), chosen_rows)
