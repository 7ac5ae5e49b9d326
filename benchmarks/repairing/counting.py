"""Count what was found, and measure what dirt costs a recommender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from benchmarks.repairing.log import CleanLog
from benchmarks.repairing.published import Published
from recommender.data.interactions import INTERACTIONS, collapse_repeats
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import rank_items
from recommender.models.cooccurrence import CoOccurrence
from sluice.domain import ROW


@dataclass(frozen=True, slots=True)
class Detection:
    """Hold the counts of one kind.

    Attributes:
        precision: Of the rows that were not published as they came, the share that was dirty.
        recall: Of the dirty rows, the share that was not published as it came.
        false: Of the other rows of the dirty days, the share that was not published as it came.
    """

    precision: float
    recall: float
    false: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-12)


def count_found(truth: pl.DataFrame, rows: pl.Series, answered: pl.Series) -> Detection:
    """Compare the rows that were answered with the dirty ones.

    Args:
        truth: Truth of the dirty days.
        rows: Ids of all rows of the dirty days.
        answered: Ids of the rows that were not published as they came.
    """
    dirty, acted = set(truth[ROW]), set(answered) & set(rows)
    right = len(dirty & acted)
    return Detection(right / len(acted) if acted else float(not dirty), right / max(len(dirty), 1), len(acted - dirty) / max(rows.len() - len(dirty), 1))


def recall_at_20(log: CleanLog, interactions: pl.DataFrame) -> float:
    """Learn co-occurrence from interactions, and ask for the next item of each user, whose history is the clean one."""
    vocabulary = Vocabulary(tuple(sorted({*interactions["item"], *log.catalog["item_id"]})))
    ranker = CoOccurrence.fit(TrainingData(build_sequences(collapse_repeats(interactions), vocabulary), vocabulary))
    clean = to_interactions(log.days)
    last_items = log.targets.filter(pl.col("user_id").is_in(clean["user"].unique().implode())).sort("user_id")
    histories = build_sequences(collapse_repeats(clean.filter(pl.col("user").is_in(last_items["user_id"].implode()))), vocabulary)
    targets = vocabulary.encode(last_items["item_id"]).to_numpy()
    return float((rank_items(ranker, histories, targets).ranks < 20).mean())


def to_interactions(days: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Read events as a recommender does that nothing stands before."""
    rows = pl.concat(days)
    columns: dict[str, str | pl.Expr] = {
        "user": "user_id",
        "item": "item_id",
        "kind": pl.lit(None, dtype=pl.String),
        "time": "ts",
        "weight": pl.lit(1.0),
        "ordered": pl.lit(value=True),
    }
    return rows.select(**columns).cast(INTERACTIONS).drop_nulls(["user", "item", "time"]).sort("user", "time", maintain_order=True)


def mended_share(truth: pl.DataFrame, published: Published) -> float:
    """Return the share of the changed cells that were published as before."""
    cells = truth.filter(pl.col("column").is_not_null())
    last = published.changed.unique([ROW, "column"], keep="last", maintain_order=True)
    mended = cells.join(last, on=[ROW, "column"], suffix="_set").filter(~pl.col(ROW).is_in(published.held.implode()))
    return mended.filter(_same(pl.col("old"), pl.col("new_set"))).height / max(cells.height, 1)


def _same(old: pl.Expr, new: pl.Expr) -> pl.Expr:
    """Compare texts as times within a minute, as numbers within half a cent, or as they are."""
    times = [text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False) for text in (old, new)]
    near = (times[0] - times[1]).dt.total_seconds(fractional=True).abs() <= 60
    close = (old.cast(pl.Float64, strict=False) - new.cast(pl.Float64, strict=False)).abs() <= 0.005
    return pl.coalesce(near, close, old == new)
