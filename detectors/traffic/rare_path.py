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

from detectors.traffic.frames import FINDINGS, add_counts, make_findings, most_frequent_kinds, pack_table, shift_within, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "rare_path", ("session", "kind", "time")
MESSAGE = Message.of("traffic_rare_path")
SHORTEST = 6  # events of a session, below which no path is odd
COSTLY = 1.5  # how much likelier than a step is expected to be, in logarithms, a path is without the event to blame
FEWEST = 1000  # accepted steps, below which nothing is known
_CHAIN = pl.Schema({"before": pl.String(), "kind": pl.String(), "events": pl.Int64()})


@dataclass(frozen=True, slots=True, eq=False)
class MarkovChain:
    """Hold what was learned about paths.

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
        """Return the state after these accepted events."""
        counts = most_frequent_kinds(add_counts(self.counts, _steps(rows).group_by("before", "kind").agg(events=pl.len())))
        z = np.clip(_surprise(_walked(rows, counts))["z"].to_numpy(), -6.0, 6.0)
        return type(self)(counts, self.spread + np.array([len(z), float(z @ z)]))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("chain", self.counts) | {"chain.spread": self.spread}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("chain", _CHAIN, arrays), arrays["chain.spread"])


def find_rare_paths(rows: pl.DataFrame, learned: MarkovChain, *, chance: float) -> pl.DataFrame:
    """Find the events of sessions whose path is less likely than chance explains.

    Args:
        rows: Visits: `_row_id`, `session`, `kind`, `time`.
        learned: What was learned of paths.
        chance: How likely one session may be found by chance.
    """
    walked = _walked(rows, learned.counts)
    if int(learned.counts["events"].sum()) < FEWEST or walked.is_empty():
        return FINDINGS.to_frame()
    wide = max(1.0, float(np.sqrt(learned.spread[1] / max(learned.spread[0], 1.0))))
    scored = _surprise(walked)
    sessions = scored.with_columns(p=pl.Series(stats.norm.sf(scored["z"].to_numpy() / wide), dtype=pl.Float64))
    odd = walked.join(sessions.filter(pl.col("p") * walked["session"].n_unique() < chance), on="session", how="inner")
    costly = pl.col("saved") - pl.col("mean") > COSTLY
    blamed = odd.filter(costly | (costly.mean().over("session") > 0.5))
    return make_findings(blamed, pl.col("p"), message_column("event_of_rare_path", steps=pl.col("steps"), deviations=pl.col("z") / wide))


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    """Events with the kinds `before` and `after` them in their session; empty before the first, null after the last."""
    whole = rows.drop_nulls(NEEDS).with_columns(usual=pl.len().over("kind"), code=pl.col("session").hash(0))
    ordered = whole.sort("code", "time", "usual", "_row_id", descending=[False, False, True, False])
    before, after = (shift_within("kind", "code", by) for by in (1, -1))
    return ordered.select("_row_id", "session", "kind", before=before.fill_null(""), after=after)


def _walked(rows: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Return the steps with their `cost`, its `mean` and `variance`, and what the path would save without the event (`saved`); unseen kinds are passed over."""
    chain = _costs(counts)
    steps = _steps(rows.filter(pl.col("kind").is_in(counts["kind"].unique().implode()))).join(chain, on=["before", "kind"], how="left")
    onward, short = chain.select(kind="before", after="kind", onward="cost"), chain.select("before", after="kind", short="cost")
    both = steps.join(onward, on=["kind", "after"], how="left").join(short, on=["before", "after"], how="left")
    return both.with_columns(saved=pl.col("cost") + (pl.col("onward") - pl.col("short")).fill_null(0.0)).drop("onward", "short")


def _costs(counts: pl.DataFrame) -> pl.DataFrame:
    """Return every step from one known kind to another with its `cost` (-ln p), and the `mean` and `variance` of what comes next."""
    kinds = counts.select("kind").unique().sort("kind")
    befores = pl.concat([pl.DataFrame({"before": [""]}), kinds.select(before="kind")]).unique(maintain_order=True)
    frequency = pl.col("events").fill_null(0) + 0.5
    share, cost = pl.col("share"), pl.col("cost")
    every = befores.join(kinds, how="cross").join(counts, on=["before", "kind"], how="left", maintain_order="left")
    costs = every.with_columns(share=frequency / frequency.sum().over("before")).with_columns(cost=-share.log())
    mean = (share * cost).sum().over("before")
    return costs.select("before", "kind", "cost", mean=mean, variance=(share * cost**2).sum().over("before") - mean**2)


def _surprise(walked: pl.DataFrame) -> pl.DataFrame:
    """Return for each session of at least SHORTEST steps their number (`steps`) and `z`, how far its surprise is above the chain's expectation."""
    sessions = walked.group_by("session").agg(steps=pl.len(), excess=(pl.col("cost") - pl.col("mean")).sum(), variance=pl.col("variance").sum())
    z = pl.col("excess") / pl.max_horizontal("variance", 0.25).sqrt()
    return sessions.filter(pl.col("steps") >= SHORTEST).select("session", "steps", z=z).sort("session")
