"""Which repairs a selection means, which sample a seed draws, and which repairs are undone together."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import REPAIRS, RUN, RepairSelection, Run
from sluice.rules.repairs import last_day, sample, selecting, with_later


def repair(cell: str, step: int = 1, run: str = "b1", **facts: object) -> dict[str, object]:
    row, column = cell.split("/")
    values = {"old": "a", "new": "b", "cleaner": "parse", "confidence": 1.0, "applied": True, "message": "", RUN: run} | facts
    return {"repair_id": f"{cell}/{step}", "_row_id": row, "column": column, **values}


def frame(*repairs: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(repairs, schema={**REPAIRS, RUN: pl.String()})


def selected(selection: RepairSelection, repairs: pl.DataFrame, runs: list[Run] | None = None, personal: tuple[str, ...] = ()) -> list[str]:
    return repairs.filter(selecting(selection, runs or [], personal))["repair_id"].to_list()


def test_each_part_of_a_selection_narrows_it() -> None:
    repairs = frame(repair("b1.0/price"), repair("b1.1/brand", cleaner="lookup", confidence=0.92), repair("b2.0/brand", old=None, run="b2"))
    assert len(selected(RepairSelection(), repairs)) == 3
    assert selected(RepairSelection(column="brand", run="b2"), repairs) == ["b2.0/brand/1"]
    assert selected(RepairSelection(confidence_from=0.9, confidence_to=0.95), repairs) == ["b1.1/brand/1"]
    assert selected(RepairSelection(old="", row="b2.0"), repairs) == ["b2.0/brand/1"]


def test_a_value_selects_no_cell_of_a_personal_column() -> None:
    repairs = frame(repair("b1.0/mail", old="x@y.example"), repair("b1.0/note", old="x@y.example"))
    assert selected(RepairSelection(old="x@y.example"), repairs, personal=("mail",)) == ["b1.0/note/1"]


def test_a_day_is_the_last_of_the_period_of_a_batch() -> None:
    midnight = Run("b1", "events", "ingest", 1, datetime(2026, 3, 16, tzinfo=UTC), "published")
    release = Run("b2", "events", "release", 2, datetime(2026, 3, 16, tzinfo=UTC), "published")
    repairs = frame(repair("b1.0/a"), repair("b1.1/a", run="b2"))
    assert last_day(release) == date(2026, 3, 16)
    assert selected(RepairSelection(day=date(2026, 3, 15)), repairs, [midnight, release]) == ["b1.0/a/1"]


@given(st.integers(1, 30), st.integers(0, 5), st.randoms(use_true_random=False))
def test_a_sample_does_not_depend_on_the_order_of_repairs(size: int, seed: int, order: object) -> None:
    numbers = list(range(20))
    repairs = frame(*(repair(f"b1.{number}/a") for number in numbers))
    order.shuffle(numbers)  # type: ignore[attr-defined]  # a random.Random
    drawn = sample(repairs, size, seed)["repair_id"]
    assert set(drawn) == set(sample(repairs[numbers], size, seed)["repair_id"])
    assert drawn.n_unique() == min(size, 20)


def test_later_repairs_of_the_same_cells_are_undone_with_earlier_ones() -> None:
    repairs = frame(repair("b1.0/a"), repair("b1.0/a", 2), repair("b1.0/a", 3002), repair("b1.0/c"), repair("b1.1/a", 2))
    assert with_later(repairs, ["b1.0/a/2"])["repair_id"].to_list() == ["b1.0/a/2", "b1.0/a/3002"]


def test_an_amount_and_its_currency_are_undone_together() -> None:
    """Undone alone, an amount in dollars would stand beside the word for euros; what was repaired later in either cell goes too."""
    converted = [repair("b1.0/price", 2, cleaner="convert_currency"), repair("b1.0/currency", 1, cleaner="convert_currency")]
    repairs = frame(*converted, repair("b1.0/price", 1), repair("b1.0/currency", 7), repair("b1.1/currency", 1, cleaner="convert_currency"))
    for named in ("b1.0/price/2", "b1.0/currency/1"):
        assert set(with_later(repairs, [named])["repair_id"]) == {"b1.0/price/2", "b1.0/currency/1", "b1.0/currency/7"}
