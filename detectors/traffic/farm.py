"""Click farms: many new accounts that act on the same few items.

Accounts whose sets of items are nearly equal are grouped by MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman, Ullman,
Mining of Massive Datasets, chapter 3), which takes time in proportion to the events and never compares all pairs.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detectors.traffic.visits import Found, Visits

HASHES = 96
BAND = 3  # hashes a band: accounts that agree on all of one are compared
MOST = 50  # items above which an account is no farm's: those repeat the few that they push
COMMON = 0.5  # share of a farm's accounts that act on an item that it pushes
PRIME = np.uint64(2**31 - 1)


def find(visits: Visits, known: pl.Series, *, similarity: float, group: int, items: int) -> Found:
    """The accounts of farms.

    Args:
        visits: The events of a whole batch.
        known: Users that were seen before; their accounts are no farm's.
        similarity: The least Jaccard similarity of two accounts' items.
        group: The fewest accounts of a farm.
        items: The fewest items of an account.
    """
    pairs = visits.rows.select("user", "item").drop_nulls().unique().sort("user", "item")
    new = pairs.filter(~pl.col("user").is_in(known.implode()))
    full = new.filter(pl.len().over("user").is_between(items, MOST))
    if full["user"].n_unique() < group:
        return Found.none()
    users, signatures = _signatures(full)
    grouped = pl.DataFrame({"user": users, "group": _groups(signatures, similarity)}).filter(pl.len().over("group") >= group)
    farms = pl.concat([grouped, _followers(new, grouped)])
    told = pl.format("its visitor is one of {} new ones that act on nearly the same few items", pl.len().over("group"))
    return Found(farms.select("user", score=pl.lit(None, dtype=pl.Float64), message=told))


def _followers(pairs: pl.DataFrame, grouped: pl.DataFrame) -> pl.DataFrame:
    """Accounts that got round to fewer items, all of them among those that most of one group act on; at least two."""
    acted = pairs.join(grouped, on="user").with_columns(size=pl.col("user").n_unique().over("group"))
    pushed = acted.group_by("group", "item").agg(share=pl.len() / pl.col("size").first()).filter(pl.col("share") >= COMMON).select("group", "item")
    others = pairs.join(grouped, on="user", how="anti").with_columns(items=pl.len().over("user")).filter(pl.col("items") > 1)
    within = others.join(pushed, on="item").group_by("user", "group").agg(pl.len(), pl.col("items").first())
    followers = within.filter(pl.col("len") == pl.col("items")).sort("user", "group")
    return followers.unique("user", keep="first", maintain_order=True).select("user", pl.col("group").cast(grouped.schema["group"]))


def _signatures(pairs: pl.DataFrame) -> tuple[pl.Series, NDArray[np.uint64]]:
    """The users, and [users, HASHES]: for each hash function, the least hash among a user's items."""
    items = pairs["item"].rank("dense").to_numpy().astype(np.uint64)
    factors = np.random.default_rng(0).integers(1, int(PRIME), size=(2, HASHES), dtype=np.uint64)
    hashed = (items[:, None] * factors[0] + factors[1]) % PRIME
    starts = np.flatnonzero((pairs["user"] != pairs["user"].shift(1)).fill_null(value=True).to_numpy())
    return pairs["user"].gather(starts), np.minimum.reduceat(hashed, starts, axis=0)


def _groups(signatures: NDArray[np.uint64], similarity: float) -> NDArray[np.int32]:
    """The group of each user: those that agree on a band are linked to its first user where they are similar enough."""
    n = len(signatures)
    linked = [np.empty((2, 0), np.int64)]
    for start in range(0, HASHES, BAND):
        _, first, bucket = np.unique(signatures[:, start : start + BAND], axis=0, return_index=True, return_inverse=True)
        leaders = first[bucket.reshape(-1)]
        alike = (signatures == signatures[leaders]).mean(axis=1) >= similarity
        linked.append(np.stack([np.flatnonzero(alike), leaders[alike]]))
    ends = np.concatenate(linked, axis=1)
    graph = coo_array((np.ones(ends.shape[1], np.int8), (ends[0], ends[1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])
