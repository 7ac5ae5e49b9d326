"""Measurements of how much is guarded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sluice.domain import Guarded


def test_measurements_come_back_as_they_were_saved_the_oldest_first(shop: Any) -> None:
    columns = {"price": {"missing": (10, 8), "misspelt": (9, 0)}, "empty": {}}
    first = Guarded("events", shop.now, 3, "rules", "settings", 500, columns)
    second = Guarded("events", shop.now + timedelta(days=7), 8, "rules", "changed", 500, {})
    other = Guarded("catalog", shop.now, 3, "rules", "settings", 20, columns)
    assert shop.store.guarded.newest("events") is None
    for guarded in (first, second, other):
        shop.store.guarded.save(guarded)
    assert list(shop.store.guarded.of("events")) == [first, second]
    assert shop.store.guarded.newest("events") == second
    assert shop.store.guarded.newest("catalog") == other
