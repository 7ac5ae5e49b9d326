"""Files without a key that overlap earlier ones: their common rows are published once, and equal events of two files that do not overlap are both kept."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from sluice.app import App, build
from sluice.domain import Run

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  views:
    source: {files: "landing/**/*"}
    mode: append
    time: ts
    columns: {ts: {type: timestamp}, user: {type: string}, item: {type: string}, price: {type: number}}
    suite:
      - expect_column_values_to_be_between: {column: price, max_value: 500}
    clean: [parse]
"""
HEADER = "ts,user,item,price\n"


def line(row: int, user: str = "") -> str:
    """A view every 7 minutes; the price of every third one is written with a comma, and that of every tenth one is held."""
    price = "999" if row % 10 == 9 else f'"{row % 90},5"' if row % 3 == 0 else f"{row % 90}.5"
    minute = 7 * row
    return f"2026-03-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z,{user or f'u{row % 11}'},i{row % 13},{price}\n"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


def text(rows: range, user: str = "") -> str:
    return HEADER + "".join(line(row, user) for row in rows)


def figures(runs: list[Run]) -> list[tuple[int, int, int]]:
    return [(run.good, run.bad, run.copies) for run in runs]


def run(app: App) -> list[Run]:
    return list(app.run(app.pending_arrivals()))


def test_a_rolling_export_is_published_once(landing: Path) -> None:
    with build(landing.parent / "sluice.yaml") as app:
        runs = []
        for day, first in enumerate((0, 40, 80)):
            (landing / f"views_2026-03-0{day + 3}.csv").write_text(text(range(first, first + 200)))
            runs += run(app)
        assert figures(runs) == [(180, 20, 0), (36, 4, 160), (36, 4, 160)]
        assert app.store.snapshot().published("views").collect().height == 252
        assert app.store.quarantine.held("views").height == 28


def test_a_file_that_gets_shorter_or_is_packed_anew_is_published_once(landing: Path) -> None:
    path = landing / "views.csv.gz"
    with build(landing.parent / "sluice.yaml") as app:
        runs = []
        for rows, level in ((range(120), 9), (range(100), 9), (range(130), 1)):
            path.write_bytes(gzip.compress(text(rows).encode(), level, mtime=0))
            runs += run(app)
        assert figures(runs) == [(108, 12, 0), (0, 0, 100), (9, 1, 120)]


def test_each_of_several_equal_rows_counts_once(landing: Path) -> None:
    twice = text(range(60)) + line(1) + line(2)
    with build(landing.parent / "sluice.yaml") as app:
        (landing / "views_2026-03-03.csv").write_text(twice)
        (landing / "views_2026-03-04.csv").write_text(twice + line(1) + line(61))
        assert figures(run(app)) == [(56, 6, 0), (2, 0, 62)]


def hours(hours: range, units: int, seed: int) -> str:
    """Figures of four items by the hour, from 0 up to some units, so that two tills with few sales have many rows in common."""
    draw = random.Random(seed)
    rows = [f"2026-03-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,till,i{item},{draw.randrange(units)}\n" for hour in range(72) for item in range(4)]
    return HEADER + "".join(rows[4 * hours.start : 4 * hours.stop])


def test_figures_by_the_hour_that_are_exported_again_are_published_once(landing: Path) -> None:
    with build(landing.parent / "sluice.yaml") as app:
        for day, period in enumerate((range(48), range(30, 72))):
            (landing / f"views_2026-03-0{day + 3}.csv").write_text(hours(period, 400, 1))
        assert figures(run(app)) == [(192, 0, 0), (96, 0, 72)]


@pytest.mark.parametrize("by", ["users", "minutes", "hours"])
def test_files_of_two_shops_are_both_published(landing: Path, by: str) -> None:
    """The rows of the second kind say so little that two shops have many in common."""
    shops = {
        "users": [text(range(120), f"u{shop}") for shop in (1, 2)],
        "hours": [hours(range(48), 2, till) for till in (1, 2)],
        "minutes": [HEADER + "".join(f"2026-03-01T{row // 60:02}:{row % 60:02}:00Z,,i1,9\n" * 3 for row in range(120)) for _ in (1, 2)],
    }
    with build(landing.parent / "sluice.yaml") as app:
        for shop, content in enumerate(shops[by]):
            (landing / str(shop)).mkdir()
            (landing / str(shop) / "views_2026-03-03.csv").write_text(content + f"2026-03-02T{shop + 1:02}:00:00Z,u,i,1\n")
        assert [run.copies for run in run(app)] == [0, 0]
