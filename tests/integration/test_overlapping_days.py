"""Files without a key and with dates alone, or without any: a period that is exported again is published once, equal rows of two shops are both kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

import pytest

from sluice.app import App
from sluice.app.findings import finding_lines
from sluice.domain import Run

Land: TypeAlias = Callable[..., tuple[App, list[Run]]]
CONFIG = """
clock: 2026-03-20T00:00:00Z
datasets:
  sales:
    source: {{files: "landing/**/*"}}
    mode: append
    columns: {{day: {{type: {day}}}, customer: {{type: string}}, item: {{type: string}}, amount: {{type: number}}, state: {{type: string}}}}
    suite:
      - expect_column_values_to_be_between: {{column: amount, max_value: {most}}}
"""
HEADER = "day,customer,item,amount,state\n"


def sale(number: int, per_day: int = 20, state: str = "paid") -> str:
    draw = random.Random(number)
    return f"2026-03-{1 + number // per_day % 28:02},c{draw.randrange(200)},i{draw.randrange(60)},{draw.randrange(900) / 10},{state}\n"


def sales(numbers: Iterable[int], changed: Iterable[int] = ()) -> str:
    again = {*changed}
    return HEADER + "".join(sale(number, state="returned" if number in again else "paid") for number in numbers)


def stock(shop: int, days: range, moving: float) -> str:
    """The stock of 60 items in a shop; that of a part of them changes each day."""
    draw = random.Random(shop)
    return HEADER + "".join(f"2026-03-{day:02},all,i{item},{draw.randrange(9) if draw.random() < moving else 0},ok\n" for day in days for item in range(60))


@pytest.fixture
def land(tmp_path: Path, opened: Callable[[Path], App]) -> Land:
    """Land files one after the other, and run after each."""

    def landing(files: Iterable[str], *, day: str = "date", most: int = 500) -> tuple[App, list[Run]]:
        (tmp_path / "sluice.yaml").write_text(CONFIG.format(day=day, most=most))
        app, runs = opened(tmp_path / "sluice.yaml"), []
        for number, content in enumerate(files):
            folder = tmp_path / "landing" / str(number)
            folder.mkdir(parents=True)
            (folder / f"sales_{number + 1}.csv").write_text(content)
            runs += list(app.run(app.pending_arrivals()))
        return app, runs

    return landing


def figures(runs: Iterable[Run]) -> list[tuple[int, int, int]]:
    return [(run.good, run.bad, run.copies) for run in runs]


@pytest.mark.parametrize("day", ["date", "string"], ids=["dates", "no column of dates"])
def test_a_rolling_export_is_published_once(land: Land, day: str) -> None:
    app, runs = land([sales(range(140)), sales(range(20, 160)), sales(range(40, 180))], day=day)
    with app:
        assert figures(runs) == [(140, 0, 0), (20, 0, 120), (20, 0, 120)]


def test_an_export_that_begins_and_ends_within_a_day_is_published_once(land: Land) -> None:
    app, runs = land([sales(range(10, 150)), sales(range(29, 170))])
    with app:
        assert figures(runs) == [(140, 0, 0), (20, 0, 121)]


def test_rows_of_an_overlap_most_of_which_are_held_are_held_once(land: Land) -> None:
    app, runs = land([sales(range(140)), sales(range(20, 160))], most=20)
    with app:
        assert runs[0].bad > 2 * runs[0].good
        assert runs[1].copies >= 120
        assert sum(run.good + run.bad for run in runs) == 160


@pytest.mark.parametrize("day", ["date", "string"], ids=["dates", "no column of dates"])
def test_a_changed_row_of_an_overlap_supersedes_the_former_one(land: Land, day: str) -> None:
    changed = (45, 60, 61, 90)
    app, runs = land([sales(range(140)), sales(range(20, 160), changed)], day=day)
    with app:
        assert figures(runs) == [(140, 0, 0), (24, 0, 116)]
        rows = app.store.snapshot().published("sales").collect()
        assert rows.height == 160
        assert rows["state"].value_counts(sort=True).rows() == [("paid", 156), ("returned", 4)]


@pytest.mark.parametrize("moving", [0.05, 0.5], ids=["hardly any item moves", "half the items move"])
def test_the_stock_of_two_shops_is_published_and_what_is_equal_is_reported(land: Land, moving: float) -> None:
    app, runs = land([stock(shop, range(1, 8), moving) for shop in (1, 2)])
    with app:
        assert figures(runs) == [(420, 0, 0), (420, 0, 0)]
        assert any("equal earlier ones" in line for line in finding_lines(app, runs[1:])) == (moving < 0.5)


def test_the_sales_of_two_shops_are_both_published(land: Land) -> None:
    app, runs = land([sales(range(140)), HEADER + "".join(sale(number) for number in [*range(0, 140, 7), *range(560, 700)])])
    with app:
        assert [run.copies for run in runs] == [0, 0]
        assert not list(finding_lines(app, runs))


def by_minute(till: int, items: int, hour: int = 9) -> str:
    """The rows of a till, one each minute for five hours; few items are sold one at a time, or many."""
    draw = random.Random(till)
    rows = (f"2026-03-01T{hour + minute // 60:02}:{minute % 60:02}:00Z,all,i{draw.randrange(items)},{int(draw.random() < 0.2)},ok\n" for minute in range(300))
    return HEADER + "".join(rows)


def test_two_tills_that_write_a_row_each_minute_are_both_published(land: Land) -> None:
    _, runs = land([by_minute(1, items=1), by_minute(2, items=1)], day="timestamp")
    assert figures(runs) == [(300, 0, 0), (300, 0, 0)]


def test_a_log_by_the_minute_that_is_exported_again_is_published_once(land: Land) -> None:
    first = by_minute(1, items=40)
    _, runs = land([first, first + "2026-03-01T14:01:00Z,all,i3,1,ok\n"], day="timestamp")
    assert figures(runs) == [(300, 0, 0), (1, 0, 300)]


def stock_list(shop: int, *, skipped: int, variants: int, descending: bool = False) -> str:
    """The stock of one catalog in a shop, without key, time or date; it lacks the first products, and hardly any number differs."""
    draw, order = random.Random(shop), random.Random(7)
    products = sorted((order.randrange(10**6) for _ in range(200)), reverse=descending)[skipped:]
    rows = [
        f"all,c{product % 7},i{product},{draw.randrange(9) if draw.random() < 0.02 else 0},size {size}\n" for product in products for size in range(variants)
    ]
    return HEADER + "".join(rows)


@pytest.mark.parametrize(("skipped", "variants"), [(1, 1), (30, 1), (2, 4)], ids=["the first product", "a category", "a product with variants"])
@pytest.mark.parametrize("descending", [False, True])
def test_the_stock_lists_of_two_shops_are_published_and_what_is_equal_is_reported(land: Land, skipped: int, variants: int, *, descending: bool) -> None:
    """A file that lacks the first rows of another and has the others in its order may go on from its middle, or be another shop's."""
    files = [stock_list(shop, skipped=skipped * shop, variants=variants, descending=descending) for shop in (0, 1)]
    app, runs = land(files, day="string")
    with app:
        assert [(run.good, run.copies, run.superseded) for run in runs] == [(200 * variants, 0, 0), ((200 - skipped) * variants, 0, 0)]
        assert any("equal earlier ones" in line for line in finding_lines(app, runs[1:]))
