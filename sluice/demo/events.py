"""What happens in the demo shop on one day: the funnel view, cart, purchase, and the stars and words that follow days later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sluice.demo.items import Items
from sluice.demo.people import People
from sluice.demo.reviews import review
from sluice.demo.vocabulary import LEAVES
from sluice.demo.walks import LONGEST, companions, walk
from sluice.faults.injection import fresh_keys, seconds

EVENTS = (
    *("event_id", "user_id", "session_id", "item_id", "event_type", "ts", "received_at", "price"),
    *("currency", "quantity", "rating", "review_text", "ip", "user_agent"),
)
_WEEK = np.array([0.95, 0.92, 0.93, 0.97, 1.0, 1.13, 1.1])  # Monday first
_HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 12, 11, 11, 12, 14, 17, 20, 21, 18, 11, 5], dtype=np.float64)
_CART, _BUY, _RATE = 0.16, 0.4, 0.5
_EVENTS_A_SESSION = 6.1
_LAST_SECOND = 86_400 - 40.0
_PATIENCE, _CHECKOUT = 5.0, 10.0 + 8.0 * LONGEST  # seconds


@dataclass(slots=True, eq=False)
class Traffic:
    """Makes one day after the other; remembers who bought what, since they rate it later.

    Attributes:
        start: The first day.
        per_day: Events on an average day.
        people: Who comes.
        items: What they look at.
        rng: Draws everything.
    """

    start: datetime
    per_day: int
    people: People
    items: Items
    rng: np.random.Generator
    _beside: np.ndarray = field(init=False)
    _bought: dict[int, list[tuple[int, int]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Decide what goes with what."""
        self._beside = companions(self.rng, self.items)

    def day(self, day: int) -> pl.DataFrame:
        """All events of a day in the order of their times; days are asked for in order."""
        moment = self.start + timedelta(days=day)
        count = max(1, round(self.per_day * _WEEK[moment.weekday()] / _EVENTS_A_SESSION))
        events = pl.concat([*self._sessions(day, count), self._ratings(day)]).sort("second", "session", maintain_order=True)
        hasty = pl.col("second") - pl.col("second").shift().over("user", "item", "event_type") < _PATIENCE  # two windows of one user at once
        return self._told(events.filter(~hasty.fill_null(value=False)), day, moment)

    def _sessions(self, day: int, count: int) -> Sequence[pl.DataFrame]:
        rng, walks = self.rng, walk(self.rng, self.people, self.items, self._beside, day, count)
        session, step = np.nonzero(np.arange(walks.item.shape[1]) < walks.length[:, None])
        item, user = walks.item[session, step], walks.user[session]
        gaps = np.clip(rng.lognormal(3.4, 0.8, walks.item.shape), 8.0, 300.0)
        came = np.cumsum(gaps, axis=1) - gaps
        ends = np.take_along_axis(came + gaps, walks.length[:, None] - 1, axis=1)[:, 0]
        begin = np.minimum(_seconds_of_day(rng, count), _LAST_SECOND - ends - _CHECKOUT)
        at = begin[session] + came[session, step]
        carted = rng.random(session.size) < _CART
        bought = carted & (rng.random(session.size) < _BUY)
        before: np.ndarray = np.cumsum(bought) - bought
        nth: np.ndarray = before - np.maximum.accumulate(np.where(step == 0, before, 0))
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
        for who, what, later in zip(user[rates].tolist(), item[rates].tolist(), self.rng.integers(1, 4, int(rates.sum())).tolist(), strict=True):
            self._bought.setdefault(day + later, []).append((who, what))

    def _ratings(self, day: int) -> pl.DataFrame:
        due = np.array(self._bought.pop(day, []), dtype=np.int64).reshape(-1, 2)
        user, item = due[:, 0], due[:, 1]
        stars = np.clip(np.round(self.items.quality[item] + self.people.mildness[user] + self.rng.normal(0, 0.7, user.size)), 1, 5).astype(np.int64)
        told = [review(self.rng, star, LEAVES[leaf].noun) if self.rng.random() < 0.5 else None for star, leaf in zip(stars, self.items.leaf[item], strict=True)]
        kinds = np.array(["rating" if text is None else "review" for text in told], dtype=object)
        session = 10**6 + np.arange(user.size)  # each comes back for it, in a session of its own
        return _frame(session, user, item, _seconds_of_day(self.rng, user.size), kinds, None, stars, told)

    def _told(self, events: pl.DataFrame, day: int, moment: datetime) -> pl.DataFrame:
        rng, count = self.rng, events.height
        user, item = events["user"].to_numpy(), events["item"].to_numpy()
        visits = np.unique(events["session"].to_numpy(), return_inverse=True)[1]
        names = fresh_keys(int(visits.max(initial=-1)) + 1, rng)
        ts = pl.Series([moment] * count, dtype=pl.Datetime("us", "UTC")) + seconds(events["second"].to_numpy())
        return events.with_columns(
            pl.Series("event_id", fresh_keys(count, rng), dtype=pl.String),
            pl.Series("session_id", [names[visit][:13] for visit in visits], dtype=pl.String),
            self.items.rows["item_id"].gather(item),
            self.items.rows["currency"].gather(item),
            *self.people.rows.select(pl.all().gather(user)).iter_columns(),
            pl.Series("price", self.items.price[day][item], dtype=pl.Float64),
            ts.alias("ts"),
            (ts + seconds(np.minimum(rng.lognormal(-0.9, 0.6, count), 20.0))).alias("received_at"),
        ).select(EVENTS)


def _seconds_of_day(rng: np.random.Generator, count: int) -> np.ndarray:
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
    told: Sequence[str | None] | None = None,
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
            "review_text": pl.Series([None] * count if told is None else told, dtype=pl.String),
        }
    )
