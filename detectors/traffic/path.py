"""Sessions whose path of kinds nobody takes: cart after cart, purchases in a row.

The path is a Markov chain of first order, learned from accepted events. A session's surprise is compared with what the chain itself
expects, in standard deviations of accepted sessions, so that long sessions are not odd for being long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.tables import TELLS, counted, pack, told, unpack, usual

NAME, NEEDS = "path", ("session", "kind", "time")
MESSAGE = "no session's path from kind to kind is far less likely than those of accepted sessions"
SHORTEST = 6  # events of a session, below which no path is odd
COSTLY = 1.5  # how much less likely than expected, in logarithms, a step is that is to blame by itself
FEWEST = 1000  # accepted steps, below which nothing is known
_CHAIN = pl.Schema({"before": pl.String(), "kind": pl.String(), "events": pl.Int64()})


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """What was learned of paths.

    Attributes:
        counts: How often each kind came next: columns `before` (empty: the session began), `kind`, `events`; of the most usual kinds.
        spread: Sessions that were scored by what was known before them, and the sum of their squared surprises; [2].
    """

    counts: pl.DataFrame
    spread: NDArray[np.float64]

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_CHAIN.to_frame(), np.zeros(2))

    def after(self, rows: pl.DataFrame) -> Self:
        """What is known once these accepted events are, too."""
        counts = usual(counted(self.counts, _steps(rows).group_by("before", "kind").agg(events=pl.len())))
        z = np.clip(_surprise(_walked(rows, counts))["z"].to_numpy(), -6.0, 6.0)
        return type(self)(counts, self.spread + np.array([len(z), float(z @ z)]))

    def pack(self) -> dict[str, NDArray[Any]]:
        """As arrays."""
        return pack("chain", self.counts) | {"chain.spread": self.spread}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """As it was packed."""
        return cls(unpack("chain", _CHAIN, arrays), arrays["chain.spread"])


def find(rows: pl.DataFrame, known: Chain, *, chance: float) -> pl.DataFrame:
    """The events of sessions whose path is less likely than chance explains.

    Args:
        rows: Visits: `_row_id`, `session`, `kind`, `time`.
        known: What was learned of paths.
        chance: How likely one session may be found by chance.
    """
    walked = _walked(rows, known.counts)
    if int(known.counts["events"].sum()) < FEWEST or walked.is_empty():
        return TELLS.to_frame()
    wide = max(1.0, float(np.sqrt(known.spread[1] / max(known.spread[0], 1.0))))
    scored = _surprise(walked)
    sessions = scored.with_columns(p=pl.Series(stats.norm.sf(scored["z"].to_numpy() / wide), dtype=pl.Float64))
    odd = walked.join(sessions.filter(pl.col("p") * walked["session"].n_unique() < chance), on="session", how="inner")
    costly = pl.col("cost") - pl.col("mean") > COSTLY
    blamed = odd.filter(costly | (costly.mean().over("session") > 0.5))
    told_in = "its session's {} steps from kind to kind are {} standard deviations less likely than accepted ones"
    return told(blamed, pl.col("p"), pl.format(told_in, "steps", (pl.col("z") / wide).round(1)))


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    """Events with the kind `before` them in their session."""
    ordered = rows.drop_nulls(NEEDS).with_columns(usual=pl.len().over("kind")).sort("time", "usual", "_row_id", descending=[False, True, False])
    return ordered.select("_row_id", "session", "kind", before=pl.col("kind").shift(1).over("session").fill_null(""))


def _walked(rows: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """The steps with their `cost` (-ln p), and the `mean` and `variance` that the chain expects of it; kinds never seen are passed over."""
    kinds, total = max(counts["kind"].n_unique(), 1), pl.col("events").sum()
    share = (pl.col("events") + 0.5) / (total.over("before") + 0.5 * kinds)
    chain = counts.with_columns(share=share, cost=-share.log())
    mean = (pl.col("share") * pl.col("cost")).sum()
    never = (total + 0.5 * kinds).log() - float(np.log(0.5))
    each = chain.group_by("before").agg(mean=mean, variance=(pl.col("share") * pl.col("cost") ** 2).sum() - mean**2, never=never)
    steps = (
        _steps(rows.filter(pl.col("kind").is_in(counts["kind"].unique().implode())))
        .join(chain.select("before", "kind", "cost"), on=["before", "kind"], how="left")
        .join(each, on="before", how="left")
    )
    return steps.with_columns(pl.coalesce("cost", "never", pl.lit(0.0)).alias("cost"), pl.col("mean", "variance").fill_null(0.0))


def _surprise(walked: pl.DataFrame) -> pl.DataFrame:
    """For each session of at least SHORTEST steps: its number of `steps`, and `z`, how far its surprise is above what the chain expects."""
    sessions = walked.group_by("session").agg(steps=pl.len(), excess=(pl.col("cost") - pl.col("mean")).sum(), variance=pl.col("variance").sum())
    z = pl.col("excess") / pl.max_horizontal("variance", 0.25).sqrt()
    return sessions.filter(pl.col("steps") >= SHORTEST).select("session", "steps", z=z).sort("session")
