"""Errors of the published kinds, planted into public tables."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from benchmarks.other_cells.planted_errors import INJECTORS, KINDS_A_TABLE, Columns, plant
from benchmarks.other_cells.public_tables import read_public_tables

ROWS = [
    [f"Oak mug {number}", ("Kiel", "Bonn", "Jena")[number % 3], ("north", "west", "east")[number % 3], f"{number}.5", f"2026-01-{1 + number % 28:02}"]
    for number in range(200)
]


@pytest.mark.parametrize("kind", INJECTORS)
def test_each_kind_changes_a_cell_of_its_row_alone(kind: str) -> None:
    injector, group = INJECTORS[kind]
    columns, faulty = Columns(ROWS), [list(row) for row in ROWS]
    injector(columns, random.Random(2), faulty, 7, getattr(columns, group)[0])
    assert faulty[:7] == ROWS[:7]
    assert faulty[8:] == ROWS[8:]
    assert kind == "other value" or faulty[7] != ROWS[7]


def test_the_kind_of_each_wrong_cell_is_known_and_a_row_has_one() -> None:
    faulty, kinds = plant(ROWS, "mugs 0")
    assert set(kinds) == {(row, place) for row, (old, new) in enumerate(zip(ROWS, faulty, strict=True)) for place in range(5) if old[place] != new[place]}
    assert 1 < len(set(kinds.values())) <= KINDS_A_TABLE
    assert all(len({kind for (row, _), kind in kinds.items() if row == other}) == 1 for other, _ in kinds)
    assert plant(ROWS, "mugs 0") == (faulty, kinds)
    assert plant(ROWS, "mugs 1")[0] != faulty


def test_columns_get_the_kinds_that_can_happen_to_them() -> None:
    columns = Columns([*ROWS, ["", "", "", "", ""]])
    assert (columns.numbers, columns.categories, columns.words) == ([3], [1, 2], [0, 1, 2])


def test_tables_that_were_read_are_kept_without_repeated_blanks(tmp_path: Path) -> None:
    cache = tmp_path / "tables.json"
    cache.write_text(json.dumps({"mugs": [["name"], [["oak   mug "]]]}))
    assert read_public_tables(cache)["mugs"].rows == [["oak mug"]]
