"""Plan the faults of each file of the demo shop: which ones, and how many."""

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
    """Describe one fault to inject.

    Attributes:
        kind: Name of a fault in `sluice.faults.KINDS`.
        rate: Share of the eligible rows.
        settings: Other arguments of its function.
        eligible: Rows that may be hit, besides that no earlier step has touched them.
    """

    kind: str
    rate: float
    settings: Mapping[str, object] = field(default_factory=dict)
    eligible: pl.Expr = field(default_factory=lambda: pl.lit(value=True))


def inject_all(injected: Injection, steps: Sequence[Step], seed: Sequence[int]) -> Injection:
    """Inject one fault after the other, each into rows that no earlier one has touched.

    Args:
        injected: Rows with `_row_id`, and the truth of the faults in them so far.
        steps: Faults to inject.
        seed: Numbers that together seed all draws.
    """
    rows, truth = injected.rows, injected.truth
    for index, step in enumerate(steps):
        eligible = step.eligible & ~pl.col(ROW).is_in(truth[ROW].implode())
        own = int(np.random.SeedSequence([*seed, index]).generate_state(1)[0])
        result = KINDS[step.kind].inject(rows, rate=step.rate, seed=own, eligible=eligible, **step.settings)
        if isinstance(result, Injection):
            rows, truth = result.rows, pl.concat([truth, result.truth])
    return Injection(rows, truth)


def event_steps(calendar: Calendar, day: int, items: Items, rows: int) -> list[Step]:
    """Return the faults of a day's `rows` events: sessions and cells first, so that no faulty row is copied."""
    rate, bot_rate = calendar.fault_rate(day), calendar.bot_events / rows
    steps = [
        Step("clock_skew", 0.006 * rate, {"time": "ts", "by": "session_id"}),
        Step("future_timestamp", 0.001 * rate, {"time": "ts"}),
        Step("orphan_reference", 0.003 * rate, {"unknown": _invented_items(items)}),
        Step("orphan_reference", 0.004 * rate, {"unknown": _next_items(items, day)}),
        Step("wrong_user", 0.003 * rate, {"column": "user_id"}),
        Step("price_scale", 0.004 * rate, {"column": "price"}),
        Step("wrong_currency", 0.004 * rate, {"column": "currency"}),
        Step("negative_quantity", 0.03 * rate, {"column": "quantity"}),
        Step("mojibake", 0.08 * rate, {"column": "review_text"}),
        Step("html_entities", 0.08 * rate, {"column": "review_text"}),
        Step("redelivery", 0.008 * rate),
        Step("double_submit", 0.006 * rate, {"key": "event_id", "times": TIMES}),
    ]
    if day in calendar.crawls:
        steps.append(Step("crawler", max(0.04, bot_rate), _bots(day, 1, 90_000), pl.col("event_type") == "view"))
    if day in calendar.click_farms:
        steps.append(Step("click_farm", max(0.02, bot_rate), _bots(day, 25, 80_000), _PUSHES))
    return steps


def catalog_steps(calendar: Calendar, day: int) -> list[Step]:
    """Return the faults of a day's catalog; a file whose weights are all in another unit, or that lacks a column, has no others."""
    if day == calendar.kilograms:
        return [Step("unit_change", 1.0, {"column": "weight_g", "factor": 0.001})]
    if day == calendar.missing_column:
        return []
    rate = calendar.fault_rate(day)
    return [
        Step("missing_value", 0.01 * rate, {"column": "brand"}),
        Step("typo", 0.006 * rate, {"column": "brand"}),
        Step("typo", 0.006 * rate, {"column": "category"}),
        Step("swapped_columns", 0.003 * rate, {"column": "brand", "to": "product_line"}),
        Step("mojibake", 0.01 * rate, {"column": "title"}),
        Step("mojibake", 0.01 * rate, {"column": "description"}),
        Step("html_entities", 0.01 * rate, {"column": "description"}),
        Step("decimal_comma", 0.006 * rate, {"column": "price"}),
    ]


def duplicate_products(items: Items) -> Step:
    """Return the step that lists some products under two ids: the same ones on every day."""
    launched = items.rows["item_id"].filter(pl.Series(items.launch == 0))
    chosen = launched.gather_every(max(1, launched.len() // 6))
    return Step("duplicate_product", 1.0, {"key": "item_id", "title": "title"}, pl.col("item_id").is_in(chosen.implode()))


def _invented_items(items: Items) -> pl.DataFrame:
    return pl.DataFrame({"item_id": [f"i{90_000 + number:05d}" for number in range(max(20, items.leaf.size // 50))]})


def _next_items(items: Items, day: int) -> pl.DataFrame:
    """Return the items that the next day's catalog launches, with their prices."""
    tomorrow = min(day + 1, items.price.shape[0] - 1)
    rows = items.rows.select("item_id", "currency").with_columns(price=items.price[tomorrow])
    return rows.filter(pl.Series(items.launch == day + 1))


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
