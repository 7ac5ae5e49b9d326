"""When people undo too many repairs of a cleaner, and when they are too few to say so."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sluice.rules.undone import UndoneCount, least_share, undone_too_often


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_bound_lies_below_the_share_and_rises_with_what_is_undone(undone: int, repairs: int) -> None:
    undone = min(undone, repairs)
    bound = least_share(undone, repairs)
    assert 0 <= bound <= undone / repairs
    assert undone == repairs or bound <= least_share(undone + 1, repairs)


def test_the_bound_is_that_of_wilson() -> None:
    assert round(least_share(10, 100), 4) == 0.0607
    assert least_share(0, 50) == least_share(0, 0) == 0


def test_few_repairs_say_nothing() -> None:
    assert list(undone_too_often([UndoneCount("lookup", "brand", 19, 19)], 0.05)) == []
    assert len(list(undone_too_often([UndoneCount("lookup", "brand", 20, 20)], 0.05))) == 1
    assert list(undone_too_often([UndoneCount("lookup", "brand", 20, 2)], 0.05)) == []  # 10 %, which may be chance
