"""The checker of the killed runs sees rows that are lost, in two places, half-published or changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.killing.checker import Losses, check
from benchmarks.killing.shop import Shop
from sluice.app import App


def counted(shop: Shop) -> Losses:
    return check(shop.database, shop.lake, {}, shop.files)


@pytest.fixture
def published(tmp_path: Path, opened: Callable[[Path], App]) -> tuple[Shop, App]:
    """A shop of two days, all published."""
    shop = Shop(tmp_path, f"sqlite:///{tmp_path}/records.db", str(tmp_path / "lake"))
    path = shop.config("only")
    for day in (1, 2):
        shop.land(day, seed=14)
    app = opened(path)
    assert len(list(app.run(app.pending_arrivals()))) >= 4
    return shop, app


def test_the_same_seed_lands_the_same_rows(tmp_path: Path) -> None:
    shops = [Shop(tmp_path / name, "", "") for name in ("a", "b")]
    for shop in shops:
        shop.config("only")
        shop.land(3, seed=14)
    assert shops[0].files == shops[1].files
    assert len(set(shops[0].files["events"]["events-2026-01-04.csv"])) == shops[0].rows - 1


def test_what_is_wrong_is_counted(published: tuple[Shop, App]) -> None:
    shop, app = published
    right = counted(shop)
    assert (right.wrong, right.rows) == (0, sum(len(ids) for files in shop.files.values() for ids in files.values()))
    events = shop.files["events"]
    events["events-2026-02-01.csv"] = ["e31-0"]  # it never landed
    assert counted(shop) == replace(right, rows=right.rows + 1, lost=1)
    del events["events-2026-02-01.csv"]
    name, ids = next(iter(events.items()))
    events[name] = ["another", *ids[1:]]
    assert counted(shop) == replace(right, changed=1)
    events[name] = ids[:-1]
    assert counted(shop) == replace(right, rows=right.rows - 1, twice=1)
    events[name] = ids
    with app.store.database.write() as connection:
        connection.execute(text("UPDATE runs SET state = 'intent' WHERE id = (SELECT max(id) FROM runs WHERE dataset = 'items')"))
    assert counted(shop).half > 0
