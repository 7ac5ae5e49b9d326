"""Which defects are planted into which file of the demo shop, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sluice.demo.calendar import Calendar
from sluice.demo.items import Items
from sluice.domain import ROW
from sluice.faults import KINDS, Injection

TIMES = ("ts", "received_at")
_PUSHES = pl.col("event_type").is_in(["view", "cart"])


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One defect to plant.

    Attributes:
        kind: A name in `sluice.faults.KINDS`.
        rate: Share of the eligible rows.
        settings: The function's other arguments.
        among: Which rows are eligible, besides that nothing else was planted into them.
    """

    kind: str
    rate: float
    settings: Mapping[str, object] = field(default_factory=dict)
    among: pl.Expr = field(default_factory=lambda: pl.lit(value=True))


def spoil(planted: Injection, steps: Sequence[Step], seed: Sequence[int]) -> Injection:
    """Plant one defect after the other, each into rows that no other one has touched.

    Args:
        planted: Rows with `_row_id`, and the truth of what was planted before.
        steps: What to plant.
        seed: Numbers that together decide all draws.
    """
    rows, truth = planted.rows, planted.truth
    for index, step in enumerate(steps):
        among = step.among & ~pl.col(ROW).is_in(truth[ROW].implode())
        own = int(np.random.SeedSequence([*seed, index]).generate_state(1)[0])
        more = KINDS[step.kind].inject(rows, rate=step.rate, seed=own, among=among, **step.settings)
        if isinstance(more, Injection):
            rows, truth = more.rows, pl.concat([truth, more.truth])
    return Injection(rows, truth)


def for_events(calendar: Calendar, day: int, items: Items) -> list[Step]:
    """What goes wrong with a day's events. Whole sessions and single cells first, so that nothing that is spoilt is copied."""
    dirt = calendar.dirt(day)
    steps = [
        Step("clock_skew", 0.006 * dirt, {"time": "ts", "by": "session_id"}),
        Step("future", 0.001 * dirt, {"time": "ts"}),
        Step("orphan", 0.003 * dirt, {"strangers": _never(items)}),
        Step("orphan", 0.004 * dirt, {"strangers": _tomorrow(items, day)}),
        Step("wrong_user", 0.003 * dirt, {"column": "user_id"}),
        Step("price_scale", 0.004 * dirt, {"column": "price"}),
        Step("wrong_currency", 0.004 * dirt, {"column": "currency"}),
        Step("negative_quantity", 0.03 * dirt, {"column": "quantity"}),
        Step("mojibake", 0.08 * dirt, {"column": "review_text"}),
        Step("entities", 0.08 * dirt, {"column": "review_text"}),
        Step("retry", 0.008 * dirt),
        Step("double_fire", 0.006 * dirt, {"key": "event_id", "times": TIMES}),
    ]
    if day in calendar.crawls:
        steps.append(Step("crawl", 0.04, _bots(day, 1, 90_000), pl.col("event_type") == "view"))
    if day in calendar.farms:
        steps.append(Step("farm", 0.02, _bots(day, 25, 80_000), _PUSHES))
    return steps


def for_catalog(calendar: Calendar, day: int) -> list[Step]:
    """What goes wrong with a day's catalog; a file with all its weights in another unit, or without a column, has enough of that."""
    if day == calendar.kilograms:
        return [Step("unit_change", 1.0, {"column": "weight_g", "factor": 0.001})]
    if day == calendar.gone:
        return []
    dirt = calendar.dirt(day)
    return [
        Step("missing", 0.01 * dirt, {"column": "brand"}),
        Step("typo", 0.006 * dirt, {"column": "brand"}),
        Step("typo", 0.006 * dirt, {"column": "category"}),
        Step("moved", 0.003 * dirt, {"column": "brand", "to": "product_line"}),
        Step("mojibake", 0.01 * dirt, {"column": "title"}),
        Step("mojibake", 0.01 * dirt, {"column": "description"}),
        Step("entities", 0.01 * dirt, {"column": "description"}),
        Step("decimal_comma", 0.006 * dirt, {"column": "price"}),
    ]


def twins(items: Items) -> Step:
    """The products that are listed under two ids: the same on every day."""
    launched = items.rows["item_id"].filter(pl.Series(items.launch == 0))
    chosen = launched.gather_every(max(1, launched.len() // 6))
    return Step("twin", 1.0, {"key": "item_id", "title": "title"}, pl.col("item_id").is_in(chosen.implode()))


def _never(items: Items) -> pl.DataFrame:
    return pl.DataFrame({"item_id": [f"i{90_000 + number:05d}" for number in range(max(20, items.leaf.size // 50))]})


def _tomorrow(items: Items, day: int) -> pl.DataFrame:
    """The items of tomorrow's catalog with its prices, sold a day early."""
    tomorrow = min(day + 1, items.price.shape[0] - 1)
    told = items.rows.select("item_id", "currency").with_columns(price=items.price[tomorrow])
    return told.filter(pl.Series(items.launch == day + 1))


def _bots(day: int, count: int, first: int) -> dict[str, object]:
    visitors = pl.DataFrame(
        {
            "user_id": [f"u{first + number}" for number in range(count)],
            "session_id": [f"{day:08x}-{first + number:x}" for number in range(count)],
            "ip": [f"10.99.{first // 10_000}.{number + 1}" for number in range(count)],
            "user_agent": ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/131.0 Safari/537.36"] * count,
        }
    )
    return {"key": "event_id", "item": "item_id", "times": TIMES, "visitors": visitors}
