"""Inject faults into a behaviour log: seven that the gate was developed with, and five that were never looked at before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

Fault = Callable[[pl.DataFrame, float, np.random.Generator], pl.DataFrame]
WALK, VISITS, PUSHED = 300, 20, 30  # events of a crawler and of a fake account, and the items that fake accounts push


def crawl(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Let bots walk the catalog in the order of the ids."""
    items = rows["item"].unique().sort()
    starts = rng.integers(items.len(), size=_visitors(rows, rate, WALK))
    return _joined(rows, [items[(start + np.arange(WALK)) % items.len()] for start in starts.tolist()], rng)


def farm(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Let fake accounts visit popular items and pushed ones in turn."""
    ranked = rows["item"].value_counts(sort=True)["item"]
    pushed = ranked[ranked.len() // 2 :].sort().gather(rng.permutation(ranked.len() - ranked.len() // 2)[:PUSHED])
    visits = []
    for _ in range(_visitors(rows, rate, VISITS)):
        pairs = zip(ranked[rng.integers(min(300, ranked.len()), size=VISITS // 2)], pushed[rng.integers(pushed.len(), size=VISITS // 2)], strict=True)
        visits.append(pl.Series([item for pair in pairs for item in pair]))
    return _joined(rows, visits, rng)


def duplicates(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Repeat events within the second, up to four times."""
    times = np.where(rng.random(rows.height) < rate / 2.5, rng.integers(1, 5, rows.height), 0)
    copies = rows[np.repeat(np.arange(rows.height), times)].with_columns(pl.col("ts") + pl.duration(milliseconds=300))
    return pl.concat([rows, copies])


def wrong_item(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Replace items by random ones."""
    return _changed(rows, "item", rows["item"].unique().sort()[rng.integers(rows["item"].n_unique(), size=rows.height)], rng.random(rows.height) < rate)


def cut_item(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Cut the last two digits of items' ids."""
    return _changed(rows, "item", rows["item"] // 100 * 100, rng.random(rows.height) < rate)


def order_lost(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Shuffle the times of some users' events."""
    users = rows["user"].unique().sort()
    some = rows["user"].is_in(users.filter(pl.Series(rng.random(users.len()) < rate)).implode())
    order = pl.Series(rng.random(rows.height))
    mixed = rows.with_columns(order=order).with_columns(pl.col("ts").sort_by("order").over("user").alias("mixed"))["mixed"]
    return _changed(rows, "ts", mixed, some.to_numpy())


def lost(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Drop events."""
    return rows.filter(pl.Series(rng.random(rows.height) >= rate))


def wrong_user(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Move events to other users."""
    return _changed(rows, "user", rows["user"][rng.integers(rows.height, size=rows.height)], rng.random(rows.height) < rate)


def default_item(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Replace items by one default item."""
    default = rows["item"][int(rng.integers(rows.height))]
    return _changed(rows, "item", pl.Series([default] * rows.height), rng.random(rows.height) < rate)


def shared_account(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Merge the events of two users."""
    users = rows["user"].unique().sort()
    some = users.gather(rng.permutation(users.len())[: 2 * int(rate * users.len())])
    half = some.len() // 2
    return rows.with_columns(pl.col("user").replace(dict(zip(some[:half], some[half:], strict=True))))


def wanderers(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Let bots visit a few random items each."""
    items = rows["item"].unique().sort()
    return _joined(rows, [items[rng.integers(items.len(), size=VISITS)] for _ in range(_visitors(rows, rate, VISITS))], rng)


def relayed(rows: pl.DataFrame, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Shuffle events among some users, as a queue that loses the user of an event."""
    users = rows["user"].unique().sort()
    some = rows["user"].is_in(users.filter(pl.Series(rng.random(users.len()) < rate)).implode()).to_numpy()
    mixed = rows["user"].to_numpy().copy()
    mixed[some] = rng.permutation(mixed[some])
    return rows.with_columns(pl.Series("user", mixed))


SEEN_FAULTS: Mapping[str, Fault] = {fault.__name__: fault for fault in (crawl, farm, duplicates, wrong_item, cut_item, order_lost, lost)}
UNSEEN: Mapping[str, Fault] = {fault.__name__: fault for fault in (wrong_user, default_item, shared_account, wanderers, relayed)}


def _visitors(rows: pl.DataFrame, rate: float, visits: int) -> int:
    return max(1, round(rate * rows.height / (1 - rate) / visits))


def _joined(rows: pl.DataFrame, walks: list[pl.Series], rng: np.random.Generator) -> pl.DataFrame:
    """Append the events of new visitors, a minute apart."""
    begin = rows["ts"].min()
    first = 10**9 + int(rng.integers(10**8))
    extra = [
        pl.DataFrame({"user": [first + nth] * walk.len(), "item": walk, "ts": [begin] * walk.len()}, schema=rows.schema).with_columns(
            pl.col("ts") + pl.duration(minutes=pl.int_range(pl.len()))
        )
        for nth, walk in enumerate(walks)
    ]
    return pl.concat([rows, *extra])


def _changed(rows: pl.DataFrame, column: str, values: pl.Series, some: np.ndarray) -> pl.DataFrame:
    return rows.with_columns(pl.when(pl.Series(some)).then(values.cast(rows.schema[column])).otherwise(pl.col(column)).alias(column))
