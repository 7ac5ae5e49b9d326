"""Steps that nobody takes: a purchase of what its visitor never looked at, a removal of what was never put in.

Which steps are possible is not stated but counted: how often, among accepted events, each kind follows which other one by the same visitor
on the same item, as in a Markov chain of first order. A step that hardly any event of its kind is may still be what nearly always comes next:
of all views few follow a review, but after a review hardly anything else is done. So it must be rare among both: the events of its kind, and
those that follow what came before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import polars as pl
from numpy.typing import NDArray

from detectors.traffic.frames import add_counts, hash_names, make_findings, most_frequent_kinds, pack_table, shift_within, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "rare_transition", ("user", "item", "kind", "time")
MESSAGE = Message.of("traffic_rare_transition")
RARE = 0.002  # share of the accepted events of its kind, and of those after the same, that are steps as rare or rarer, below which a step is impossible
FEWEST = 500  # accepted events of a kind, below which nothing is known of it
PAIRS = 100_000  # visitors and items that are remembered with what was done last, the newest
_STEPS = pl.Schema({"before": pl.String(), "kind": pl.String(), "events": pl.Int64()})
_LAST = pl.Schema({"pair": pl.UInt64(), "kind": pl.String(), "time": pl.Datetime("us", "UTC")})


@dataclass(frozen=True, slots=True, eq=False)
class TransitionCounts:
    """Hold what was learned about transitions.

    Attributes:
        counts: How often each kind followed which: columns `before` (empty: nothing), `kind`, `events`; of the most usual kinds.
        last: What each visitor did last with an item: `pair` (a hash), `kind`, `time`; at most PAIRS, the newest.
    """

    counts: pl.DataFrame
    last: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_STEPS.to_frame(), _LAST.to_frame())

    def after(self, rows: pl.DataFrame, *, pairs: int = PAIRS) -> Self:
        """Return the state after these accepted events; only the newest `pairs` are remembered."""
        steps = derive_transitions(rows, self)
        counts = most_frequent_kinds(add_counts(self.counts, steps.group_by("before", "kind").agg(events=pl.len())))
        new = steps.filter(pl.col("kind").is_in(counts["kind"].unique().implode())).select("pair", "kind", "time").cast(_LAST)
        last = pl.concat([self.last, new]).sort("time", maintain_order=True).unique("pair", keep="last", maintain_order=True)
        return type(self)(counts, last.tail(pairs))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("steps", self.counts) | pack_table("last", self.last)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("steps", _STEPS, arrays), unpack_table("last", _LAST, arrays))


def find_rare_transitions(rows: pl.DataFrame, learned: TransitionCounts) -> pl.DataFrame:
    """Events that are a step which accepted ones hardly ever are.

    Args:
        rows: Visits: `_row_id`, `user`, `item`, `kind`, `time`.
        learned: What was learned of steps.
    """
    steps = derive_transitions(rows, learned).join(learned.counts, on=["before", "kind"], how="left").with_columns(pl.col("events").fill_null(0))
    totals = learned.counts.group_by("kind").agg(total=pl.col("events").sum())
    scored = _shared(_shared(steps, learned.counts, "kind"), learned.counts, "before").join(totals, on="kind", how="inner")
    odd = scored.with_columns(p=pl.max_horizontal("of_kind", "of_before")).filter((pl.col("total") >= FEWEST) & (pl.col("p") < RARE))
    counts = {"events": pl.col("events"), "total": pl.col("total")}
    message = pl.when(pl.col("before") == "").then(message_column("rare_first_event", **counts)).otherwise(message_column("rare_next_event", **counts))
    return make_findings(odd, pl.col("p"), message)


def _shared(steps: pl.DataFrame, counts: pl.DataFrame, side: str) -> pl.DataFrame:
    """Steps with `of_` that side: among accepted ones with the same kind, or the same before it, the share of those as rare or rarer, one more counted."""
    cumulative = counts.sort("events", "before", "kind").with_columns(total=pl.col("events").sum().over(side), rarer=pl.col("events").cum_sum().over(side))
    totals = cumulative.group_by(side).agg(pl.col("total").first())
    joined = steps.join(totals, on=side, how="left").join(cumulative.select("before", "kind", "rarer"), on=["before", "kind"], how="left")
    share = (pl.col("rarer").fill_null(0) + 1) / (pl.col("total").fill_null(0) + 1)
    return joined.with_columns(share.alias(f"of_{side}")).drop("total", "rarer")


def derive_transitions(rows: pl.DataFrame, learned: TransitionCounts) -> pl.DataFrame:
    """Events with the kind that came `before` them by the same visitor on the same item, empty where none did, and their `pair`.

    Of events of one moment, the kind that is more usual is taken to be the earlier: a clock may stamp many at once.
    """
    whole = rows.drop_nulls(NEEDS)
    mixed = hash_names(whole["user"]).to_numpy() * 3 + hash_names(whole["item"]).to_numpy()  # wraps around, as it should
    ordered = whole.with_columns(pl.Series("pair", mixed, dtype=pl.UInt64), usual=pl.len().over("kind")).sort(
        "pair", "time", "usual", "_row_id", descending=[False, False, True, False]
    )
    earlier = ordered.join(learned.last.select("pair", earlier="kind"), on="pair", how="left", maintain_order="left")
    return earlier.with_columns(before=pl.coalesce(shift_within("kind", "pair"), "earlier", pl.lit(""))).drop("earlier", "usual")
