"""Click farms: many new accounts that act on the same few items.

Accounts whose sets of items are nearly equal are grouped by MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman, Ullman,
Mining of Massive Datasets, chapter 3), which takes time in proportion to the events and never compares all pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detectors.traffic.frames import FINDINGS, hash_names, make_findings, pack_table, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "click_farm", ("user", "item")
MESSAGE = Message.of("traffic_click_farm")
LIMIT = 500_000  # visitors that are remembered

HASHES = 96
BAND = 3  # hashes a band: accounts that agree on all of one are compared
MOST = 50  # items above which an account is no farm's: those repeat the few that they push
COMMON = 0.5  # share of a farm's accounts that act on an item that it pushes
COVER, HALF = 0.75, 0.5  # share of a follower's items that a farm pushes; half of them suffices where chance does not explain it
OFTEN = 3.0  # times as often as known visitors that new accounts act on an item that may be pushed
RARE = 2 / 3  # of the similarity that is enough among such items, since chance explains less of it
COMPARED = 100  # known visitors of a batch, below which it is not known what is popular anyway
PRIME = np.uint64(2**31 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class KnownUsers:
    """Remember the visitors that were seen last, at most LIMIT, by a hash of their id."""

    users: pl.Series

    @classmethod
    def none(cls) -> Self:
        """Nobody yet."""
        return cls(pl.Series("user", [], dtype=pl.UInt64))

    def after(self, rows: pl.DataFrame, *, limit: int = LIMIT) -> Self:
        """Return the state after these accepted events; only the `limit` visitors that were seen last are remembered."""
        users = hash_names(rows["user"].drop_nulls().unique().sort()).alias("user")
        return type(self)(pl.concat([self.users, users]).to_frame().unique("user", keep="last", maintain_order=True)["user"].tail(limit))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("known", self.users.to_frame())

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("known", pl.Schema({"user": pl.UInt64()}), arrays)["user"])


def find_click_farms(rows: pl.DataFrame, learned: KnownUsers, *, similarity: float, group: int, items: int, chance: float) -> pl.DataFrame:
    """Find the events of a click farm's accounts.

    Args:
        rows: Visits of a whole batch: `_row_id`, `user`, `item`.
        learned: Users that were seen before; their accounts are no farm's.
        similarity: The least Jaccard similarity of two accounts' items.
        group: The fewest accounts of a farm.
        items: The fewest items of an account.
        chance: How likely one farm may be found by chance among people alone.
    """
    pairs = rows.select("user", "item").drop_nulls().unique().sort("user", "item")
    new = pairs.filter(~hash_names(pairs["user"]).is_in(learned.users.implode()))
    bounded = new.filter(pl.len().over("user").is_between(items, MOST))
    earlier = pairs.join(new, on=["user", "item"], how="anti")
    compared = earlier["user"].n_unique() >= COMPARED
    full = (_pushable(bounded, earlier) if compared else bounded).filter(pl.len().over("user") >= items)
    if full["user"].n_unique() < group:
        return FINDINGS.to_frame()
    users, signatures = _signatures(full)
    alike = pl.DataFrame({"user": users, "group": _groups(signatures, similarity * (RARE if compared else 1.0))}).filter(pl.len().over("group") >= group)
    grouped = alike.join(_improbable(pairs, alike, chance), on="group", maintain_order="left")
    farms = pl.concat([grouped, _followers(new, grouped, chance)]).with_columns(accounts=pl.len().over("group"))
    message = message_column("event_of_click_farm", accounts=pl.col("accounts"))
    return make_findings(rows.join(farms, on="user", how="inner"), pl.col("score"), message)


def _pushable(new: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of new accounts with items that these act on far more often than known visitors."""
    accounts, visitors = new["user"].n_unique(), earlier["user"].n_unique()
    expected = (pl.col("holders").fill_null(0) + 1) / (visitors + 1) * accounts
    often = new.group_by("item").agg(accounts=pl.len()).join(earlier.group_by("item").agg(holders=pl.len()), on="item", how="left")
    return new.join(often.filter(pl.col("accounts") >= OFTEN * expected), on="item", how="semi", maintain_order="left")


def _pushed(pairs: pl.DataFrame, grouped: pl.DataFrame) -> pl.DataFrame:
    """Return the items that most accounts of a group act on: columns `group`, `item`, `inside` (accounts of the group) and `size` (of the group)."""
    acted = pairs.join(grouped.with_columns(size=pl.len().over("group")), on="user")
    return acted.group_by("group", "item").agg(pl.col("size").first(), inside=pl.len()).filter(pl.col("inside") >= COMMON * pl.col("size"))


def _improbable(pairs: pl.DataFrame, alike: pl.DataFrame, chance: float) -> pl.DataFrame:
    """Return the groups that taste does not explain, with their p-value as `score`; popular items are shared by chance.

    How many visitors would hold what an account of the group holds, if each item were chosen as often as outside the group.
    """
    visitors = pairs["user"].n_unique()
    share = (pl.col("holders") - pl.col("inside") + 1) / (visitors - pl.col("size") + 1)
    popularity = pairs.group_by("item").agg(holders=pl.len())
    pushed = _pushed(pairs, alike).join(popularity, on="item").select("group", "item", "size", rarity=share.log())
    held = pairs.join(alike, on="user").join(pushed, on=["group", "item"]).sort("group", "user", "item")
    accounts = held.group_by("group", "user", maintain_order=True).agg(pl.col("rarity").sum(), pl.col("size").first())
    groups = accounts.group_by("group", maintain_order=True).agg(pl.col("size").first(), expected=visitors * pl.col("rarity").mean().exp())
    scored = groups.select("group", score=pl.Series(stats.poisson.sf(groups["size"].to_numpy() - 1, groups["expected"].to_numpy()), dtype=pl.Float64))
    return scored.filter(pl.col("score") * scored.height < chance)


def _followers(pairs: pl.DataFrame, grouped: pl.DataFrame, chance: float) -> pl.DataFrame:
    """Accounts that got round to fewer items, or to others as well: most of theirs are pushed by one group, or half and chance does not explain it."""
    visitors = pairs["user"].n_unique()
    others = pairs.join(grouped, on="user", how="anti").with_columns(items=pl.len().over("user")).filter(pl.col("items").is_between(2, MOST))
    holders = others.group_by("item").agg(holders=pl.len())
    pushed = _pushed(pairs, grouped.select("user", "group")).join(holders, on="item", how="inner")
    share = (pl.col("holders") / visitors).log()
    within = others.join(pushed.select("group", "item", share=share), on="item").group_by("user", "group")
    counted = within.agg(pl.len(), pl.col("items").first(), p=pl.col("share").sum().exp() * visitors)
    covered = pl.col("len") / pl.col("items")
    followers = counted.filter((pl.col("len") > 1) & ((covered >= COVER) | ((covered >= HALF) & (pl.col("p") < chance)))).sort("user", "p", "group")
    return (
        followers.unique("user", keep="first", maintain_order=True).join(grouped.select("group", "score").unique("group"), on="group").select(grouped.columns)
    )


def _signatures(pairs: pl.DataFrame) -> tuple[pl.Series, NDArray[np.uint64]]:
    """Return the users and their MinHash signatures, [users, HASHES]: for each hash function the least hash among a user's items."""
    items = pairs["item"].rank("dense").to_numpy().astype(np.int64)
    factors = np.random.default_rng(0).integers(1, int(PRIME), size=(HASHES, 2), dtype=np.uint64)
    numbers, starts = np.arange(items.max() + 1, dtype=np.uint64), np.flatnonzero((pairs["user"] != pairs["user"].shift(1)).fill_null(value=True).to_numpy())
    signatures = np.stack([np.minimum.reduceat(((numbers * a + b) % PRIME)[items], starts) for a, b in factors], axis=1)  # one hash in memory at a time
    return pairs["user"].gather(starts), signatures


def _groups(signatures: NDArray[np.uint64], similarity: float) -> NDArray[np.int32]:
    """Group users: those that agree on a band join its first user where they are similar enough."""
    n, weights = len(signatures), np.random.default_rng(1).integers(1, 2**63, size=BAND, dtype=np.uint64)
    linked = [np.empty((2, 0), np.int64)]
    for start in range(0, HASHES, BAND):
        band = signatures[:, start : start + BAND] @ weights  # wraps around: bands that differ get another number, but for one pair in 2^64
        _, first, bucket = np.unique(band, return_index=True, return_inverse=True)
        leaders = first[bucket]
        others = np.flatnonzero(leaders != np.arange(n))
        alike = others[(signatures[others] == signatures[leaders[others]]).mean(axis=1) >= similarity]
        linked.append(np.stack([alike, leaders[alike]]))
    ends = np.concatenate(linked, axis=1)
    graph = coo_array((np.ones(ends.shape[1], np.int8), (ends[0], ends[1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])
