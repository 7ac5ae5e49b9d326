"""Funnels that no crowd makes: an item that all who see it buy, one that very many see and nobody wants.

How many go on differs from item to item and from visitor to visitor; so the counts follow a beta-binomial, whose moments are those of
accepted batches (method of moments, Kleinman 1973).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import FINDINGS, KINDS, make_findings, pack_table, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "funnel", ("user", "item", "kind")
MESSAGE = Message.of("traffic_odd_funnel")
SIDES = ("item", "user")
CODES = {"item": "odd_funnel_of_item", "user": "odd_funnel_of_user"}
FEWEST = 8  # events of the first kind, below which a share tells nothing
LEARNED = 1000  # accepted events of the first kind, below which nothing is known
FOLLOWS = 0.5  # share of a kind's events that come after a look of the same visitor at the same item: a step of the funnel
_MOMENTS = pl.Schema(
    {"side": pl.String(), "kind": pl.String(), "n": pl.Float64(), "k": pl.Float64(), "squares": pl.Float64(), "shares": pl.Float64(), "weight": pl.Float64()}
)
_SUMS = ("n", "k", "squares", "shares", "weight")


@dataclass(frozen=True, slots=True, eq=False)
class FunnelRates:
    """Hold what was learned about funnels.

    Attributes:
        first: The kind that funnels begin with, the most usual one; empty while nothing is known.
        moments: A row a side and later kind, of the most usual ones: sums over the items (visitors) of accepted batches, of the events of the
            first kind (`n`), of the later one (`k`), and of the share that goes on, its square and 1 (`shares`, `squares`, `weight`), each
            item weighed by n - 1, since the share of a few tells little.
    """

    first: str
    moments: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls("", _MOMENTS.to_frame())

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events of one batch."""
        first = self.first or _most_frequent(rows)
        new = pl.concat([_moments(_counts(rows, side, first), side) for side in SIDES])
        both = pl.concat([self.moments, new]).group_by("side", "kind", maintain_order=True).agg(pl.col(_SUMS).sum())
        most = both.sort(["k", "side", "kind"], descending=[True, False, False]).head(len(SIDES) * KINDS)
        return type(self)(first, most.sort("side", "kind"))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("rates", self.moments) | pack_table("first", pl.DataFrame({"kind": [self.first]}, schema={"kind": pl.String}))

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("first", pl.Schema({"kind": pl.String()}), arrays)["kind"].item(), unpack_table("rates", _MOMENTS, arrays))


def find_odd_funnels(rows: pl.DataFrame, learned: FunnelRates, *, chance: float) -> pl.DataFrame:
    """Find the events of items and visitors whose funnel is unlike the others'.

    Args:
        rows: Visits of a whole batch: `_row_id`, `user`, `item`, `kind`.
        learned: What was learned of funnels.
        chance: How likely one item or visitor may be found by chance.
    """
    odd = [_odd(rows, side, learned, chance) for side in SIDES] if learned.first else [FINDINGS.to_frame()]
    return pl.concat(odd).sort("score").unique("_row_id", keep="first", maintain_order=True)


def _odd(rows: pl.DataFrame, side: str, learned: FunnelRates, chance: float) -> pl.DataFrame:
    moments = learned.moments.filter((pl.col("side") == side) & (pl.col("n") >= LEARNED))
    counts = _counts(rows, side, learned.first).join(moments.select("kind", *_beta()), on="kind", how="inner")
    telling = counts.filter(pl.col("n") >= FEWEST)
    scored = telling.join(_tails(telling.select("kind", "n", "k", "alpha", "beta").unique()), on=["kind", "n", "k"], how="left", maintain_order="left")
    unlikely = scored.filter(pl.col("p") * scored.height < chance).sort("p").unique(side, keep="first", maintain_order=True)
    message = message_column(CODES[side], later=pl.col("k"), first=pl.col("n"), usual=pl.col("mean"))
    return make_findings(rows.join(unlikely, on=side, how="inner"), pl.col("p"), message)


def _tails(funnels: pl.DataFrame) -> pl.DataFrame:
    """Return each different funnel with its `p`: how likely a beta-binomial count lies as far out, on either side."""
    n, k, a, b = (funnels[name].to_numpy() for name in ("n", "k", "alpha", "beta"))
    lower, upper = stats.betabinom.cdf(k, n, a, b), stats.betabinom.sf(k - 1, n, a, b)
    return funnels.select("kind", "n", "k", p=pl.Series(np.minimum(1.0, 2 * np.minimum(lower, upper)), dtype=pl.Float64))


def _counts(rows: pl.DataFrame, side: str, first: str) -> pl.DataFrame:
    """Count, for each item (visitor) and later step, the `n` visitors (items) of the first step and the `k` of the later one (at most n).

    Pairs are counted, not events: what one visitor does again and again is no crowd's.
    """
    pairs = rows.drop_nulls(NEEDS).select("user", "item", "kind").unique()
    looked, rest = pairs.filter(pl.col("kind") == first), pairs.filter(pl.col("kind") != first)
    followed = rest.join(looked.select("user", "item", followed=pl.lit(value=True)), on=["user", "item"], how="left")
    shares = followed.group_by("kind").agg(pl.col("followed").is_not_null().mean(), pairs=pl.len()).filter(pl.col("followed") >= FOLLOWS)
    later = shares.sort(["pairs", "kind"], descending=[True, False]).head(KINDS).select("kind")
    steps = looked.group_by(side).agg(n=pl.len()).join(later, how="cross")
    done = rest.group_by(side, "kind").agg(k=pl.len())
    counts = steps.join(done, on=[side, "kind"], how="left").with_columns(pl.col("k").fill_null(0).cast(pl.Int64), pl.col("n").cast(pl.Int64))
    return counts.with_columns(pl.min_horizontal("k", "n").alias("k")).sort(side, "kind")


def _moments(counts: pl.DataFrame, side: str) -> pl.DataFrame:
    share = pl.col("k") / pl.col("n")
    sums = (
        counts.filter(pl.col("n") >= 2)
        .group_by("kind")
        .agg(
            pl.col("n", "k").sum(),
            squares=(pl.col("k") * (pl.col("k") - 1) / pl.col("n")).sum(),  # k (k - 1) / n (n - 1) is unbiased for the square of a share
            shares=(share * (pl.col("n") - 1)).sum(),
            weight=(pl.col("n") - 1).sum(),
        )
    )
    return sums.select(pl.lit(side).alias("side"), "kind", *_SUMS).cast(_MOMENTS)


def _beta() -> list[pl.Expr]:
    """`mean`, `alpha` and `beta` of how the shares are spread over items (visitors)."""
    mean = ((pl.col("shares") + 0.5) / (pl.col("weight") + 1)).clip(1e-4, 1 - 1e-4)
    variance = (pl.col("squares") / pl.col("weight") - (pl.col("shares") / pl.col("weight")) ** 2).clip(lower_bound=1e-3 * mean * (1 - mean))
    size = (mean * (1 - mean) / variance - 1).clip(0.5, 1e4)
    return [mean.alias("mean"), (mean * size).alias("alpha"), ((1 - mean) * size).alias("beta")]


def _most_frequent(rows: pl.DataFrame) -> str:
    kinds = rows["kind"].drop_nulls().value_counts().sort(["count", "kind"], descending=[True, False])
    return str(kinds["kind"][0]) if kinds.height else ""
