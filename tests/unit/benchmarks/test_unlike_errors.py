"""Errors in the text of a file, unlike those that Sluice plants itself."""

from __future__ import annotations

import pytest

from benchmarks.first_contact.guarded import Guard, compare_shares, difference_over_columns
from benchmarks.first_contact.unlike_errors import INJECTORS, plant

ROWS = [[f"Oak mug {number}", f"{number}.5", f"2026-01-{1 + number % 28:02}", ""] for number in range(200)]


@pytest.mark.parametrize("injector", INJECTORS)
def test_each_error_changes_one_filled_cell_of_a_row_of_its_own(injector: str) -> None:
    faulty, places = plant(ROWS, [0, 1, 2, 3], injector, seed=1)
    changed = [(row, column) for row, (old, new) in enumerate(zip(ROWS, faulty, strict=True)) for column in range(4) if old[column] != new[column]]
    assert changed == sorted((place.row, place.column) for place in places)
    assert len({row for row, _ in changed}) == len(changed) == 30, "10 for each column with a value"
    assert all(faulty[row][column].strip() for row, column in changed)
    assert plant(ROWS, [0, 1, 2, 3], injector, seed=1) == (faulty, places)


def test_shares_are_means_over_injectors_of_the_columns_that_were_estimated() -> None:
    detected = {("price", "a"): [True] * 4, ("price", "b"): [True, False], ("note", "a"): [False] * 2, ("new", "a"): [True]}
    guard = compare_shares({"price": 0.5, "note": 0.1}, detected)
    assert guard == Guard({"price": 0.5, "note": 0.1}, {"price": 0.75, "note": 0.0}, {"price": 6, "note": 2})
    assert difference_over_columns([guard]) == pytest.approx((6 * 0.25 + 2 * 0.1) / 8)
