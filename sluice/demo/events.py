"""Simulate one day of events in the demo shop: views, carts, purchases, and the ratings and reviews that follow days later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sluice.demo.items import Items
from sluice.demo.people import People
from sluice.demo.reviews import write_review
from sluice.demo.vocabulary import LEAVES
from sluice.demo.walks import MAX_STEPS, draw_companions, simulate_walks
from sluice.faults.injection import random_keys, to_durations

EVENTS = (
    *("event_id", "user_id", "session_id", "item_id", "event_type", "ts", "received_at", "price"),
    *("currency", "quantity", "rating", "review_text", "ip", "user_agent"),
)
_WEEK = np.array([0.95, 0.92, 0.93, 0.97, 1.0, 1.13, 1.1])  # Monday first
_HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 12, 11, 11, 12, 14, 17, 20, 21, 18, 11, 5], dtype=np.float64)
_CART, _BUY, _RATE = 0.16, 0.4, 0.5
_EVENTS_A_SESSION = 6.1
_LAST_SECOND = 86_400 - 40.0
_MIN_GAP, _CHECKOUT = 5.0, 10.0 + 8.0 * MAX_STEPS  # seconds


@dataclass(slots=True, eq=False)
class Traffic:
    """Simulate one day after the other; purchases are remembered, since they are rated later.

    Attributes:
        start: First day.
        per_day: Events on an average day.
        people: Users of the shop.
        items: Items of the shop.
        rng: Random generator of all draws.
    """

    start: datetime
    per_day: int
    people: People
    items: Items
    rng: np.random.Generator
    _companions: np.ndarray = field(init=False)
    _purchases: dict[int, list[tuple[int, int]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Draw which items go together."""
        self._companions = draw_companions(self.rng, self.items)

    def day(self, day: int) -> pl.DataFrame:
        """Return all events of a day ordered by time; call it for one day after the other."""
        moment = self.start + timedelta(days=day)
        count = max(1, round(self.per_day * _WEEK[moment.weekday()] / _EVENTS_A_SESSION))
        events = pl.concat([*self._sessions(day, count), self._ratings(day)]).sort("second", "session", maintain_order=True)
        repeated = pl.col("second") - pl.col("second").shift().over("user", "item", "event_type") < _MIN_GAP  # two windows of one user at once
        return self._complete(events.filter(~repeated.fill_null(value=False)), day, moment)

    def _sessions(self, day: int, count: int) -> Sequence[pl.DataFrame]:
        rng, walks = self.rng, simulate_walks(self.rng, self.people, self.items, self._companions, day, count)
        session, step = np.nonzero(np.arange(walks.item.shape[1]) < walks.length[:, None])
        item, user = walks.item[session, step], walks.user[session]
        gaps = np.clip(rng.lognormal(3.4, 0.8, walks.item.shape), 8.0, 300.0)
        offsets = np.cumsum(gaps, axis=1) - gaps
        ends = np.take_along_axis(offsets + gaps, walks.length[:, None] - 1, axis=1)[:, 0]
        begin = np.minimum(_draw_seconds(rng, count), _LAST_SECOND - ends - _CHECKOUT)
        at = begin[session] + offsets[session, step]
        carted = rng.random(session.size) < _CART
        bought = carted & (rng.random(session.size) < _BUY)
        earlier: np.ndarray = np.cumsum(bought) - bought
        nth: np.ndarray = earlier - np.maximum.accumulate(np.where(step == 0, earlier, 0))
        paid = (begin + ends)[session] + 10.0 + 8.0 * nth
        quantity = np.where(rng.random(session.size) < 0.85, 1, rng.integers(2, 5, session.size))
        self._remember(day, user[bought], item[bought])
        return [
            _frame(session, user, item, at, "view"),
            _frame(session[carted], user[carted], item[carted], (at + 0.5 * gaps[session, step])[carted], "cart", quantity[carted]),
            _frame(session[bought], user[bought], item[bought], paid[bought], "purchase", quantity[bought]),
        ]

    def _remember(self, day: int, user: np.ndarray, item: np.ndarray) -> None:
        rates = self.rng.random(user.size) < _RATE
        delays = self.rng.integers(1, 4, int(rates.sum())).tolist()
        for buyer, product, delay in zip(user[rates].tolist(), item[rates].tolist(), delays, strict=True):
            self._purchases.setdefault(day + delay, []).append((buyer, product))

    def _ratings(self, day: int) -> pl.DataFrame:
        due = np.array(self._purchases.pop(day, []), dtype=np.int64).reshape(-1, 2)
        user, item = due[:, 0], due[:, 1]
        stars = np.clip(np.round(self.items.quality[item] + self.people.leniency[user] + self.rng.normal(0, 0.7, user.size)), 1, 5).astype(np.int64)
        nouns = [LEAVES[leaf].noun for leaf in self.items.leaf[item]]
        texts = [write_review(self.rng, star, noun) if self.rng.random() < 0.5 else None for star, noun in zip(stars, nouns, strict=True)]
        kinds = np.array(["rating" if text is None else "review" for text in texts], dtype=object)
        session = 10**6 + np.arange(user.size)  # buyers come back for it, in sessions of their own
        return _frame(session, user, item, _draw_seconds(self.rng, user.size), kinds, None, stars, texts)

    def _complete(self, events: pl.DataFrame, day: int, moment: datetime) -> pl.DataFrame:
        """Add the cells that do not depend on what was done: ids, times, addresses, prices."""
        rng, count = self.rng, events.height
        user, item = events["user"].to_numpy(), events["item"].to_numpy()
        visits = np.unique(events["session"].to_numpy(), return_inverse=True)[1]
        names = random_keys(int(visits.max(initial=-1)) + 1, rng)
        ts = pl.Series([moment] * count, dtype=pl.Datetime("us", "UTC")) + to_durations(events["second"].to_numpy())
        return events.with_columns(
            pl.Series("event_id", random_keys(count, rng), dtype=pl.String),
            pl.Series("session_id", [names[visit][:13] for visit in visits], dtype=pl.String),
            self.items.rows["item_id"].gather(item),
            self.items.rows["currency"].gather(item),
            *self.people.rows.select(pl.all().gather(user)).iter_columns(),
            pl.Series("price", self.items.price[day][item], dtype=pl.Float64),
            ts.alias("ts"),
            (ts + to_durations(np.minimum(rng.lognormal(-0.9, 0.6, count), 20.0))).alias("received_at"),
        ).select(EVENTS)


def _draw_seconds(rng: np.random.Generator, count: int) -> np.ndarray:
    hours = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    return np.minimum(3600.0 * (hours + rng.random(count)), _LAST_SECOND)


def _frame(
    session: np.ndarray,
    user: np.ndarray,
    item: np.ndarray,
    second: np.ndarray,
    kind: str | np.ndarray,
    quantity: np.ndarray | None = None,
    rating: np.ndarray | None = None,
    texts: Sequence[str | None] | None = None,
) -> pl.DataFrame:
    count = session.size
    kinds = [kind] * count if isinstance(kind, str) else list(kind)
    return pl.DataFrame(
        {
            "session": pl.Series(session, dtype=pl.Int64),
            "user": pl.Series(user, dtype=pl.Int64),
            "item": pl.Series(item, dtype=pl.Int64),
            "second": pl.Series(second, dtype=pl.Float64),
            "event_type": pl.Series(kinds, dtype=pl.String),
            "quantity": pl.Series([None] * count if quantity is None else quantity, dtype=pl.Int64),
            "rating": pl.Series([None] * count if rating is None else rating, dtype=pl.Int64),
            "review_text": pl.Series([None] * count if texts is None else texts, dtype=pl.String),
        }
    )
