"""Errors of general kinds, planted into single cells."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.faults.planting import KINDS, count_detected, plant_errors

TYPES = {"name": "string", "price": "number", "pieces": "integer", "day": "date", "ts": "timestamp", "sold": "boolean"}
CELLS = {
    "name": st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
    "price": st.decimals(0, 10_000, places=2).map(str),
    "pieces": st.integers(-50, 50).map(str),
    "day": st.dates().map(str),
    "ts": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    "sold": st.sampled_from(["true", "false"]),
}
TABLES = st.lists(st.fixed_dictionaries({name: st.none() | cell for name, cell in CELLS.items()}), min_size=1, max_size=60)


@settings(max_examples=40)
@given(TABLES, st.integers(0, 9))
def test_each_error_changes_a_filled_cell_of_a_row_of_its_own(rows: list[dict[str, str | None]], seed: int) -> None:
    table = pl.DataFrame(rows, schema=dict.fromkeys(TYPES, pl.String))
    planted = plant_errors(table, TYPES, seed)
    assert planted["position"].is_unique().all()
    assert planted.height <= max(1, (table.height + 1) // 2)
    for position, column, kind, text in planted.iter_rows():
        old = table[column][position]
        assert kind in KINDS
        assert old is not None and text != old
        assert text is None or text.strip()


def test_the_same_seed_plants_the_same_errors_and_every_column_gets_all_kinds() -> None:
    days = pl.datetime_range(pl.datetime(2026, 1, 1), pl.datetime(2026, 1, 31), "1h", eager=True).head(500).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    numbers = [str(number) for number in range(500)]
    table = pl.DataFrame({"name": [f"item {number}" for number in numbers], "price": numbers, "ts": days})
    planted = plant_errors(table, TYPES, 3)
    assert planted.equals(plant_errors(table, TYPES, 3))
    assert not planted.equals(plant_errors(table, TYPES, 4))
    assert planted.group_by("column").agg(pl.len(), pl.col("kind").n_unique()).sort("column").rows() == [("name", 20, 5), ("price", 20, 5), ("ts", 20, 5)]


def test_detected_errors_are_counted_by_column_and_kind() -> None:
    planted = plant_errors(pl.DataFrame({"name": [f"item {number}" for number in range(500)]}), TYPES, 3)
    counts = list(count_detected(planted, planted["kind"] == "missing"))
    assert sum(count for *_, count, _ in counts) == planted.height
    assert all(detected == (planted_ if kind == "missing" else 0) for _, kind, planted_, detected in counts)
