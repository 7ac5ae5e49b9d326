"""Split a behaviour log into days, and judge, clean and learn from it with the program's own code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from recommender.data.interactions import INTERACTIONS
from recommender.evaluation.holdout import Holdout
from sluice.config import Step
from sluice.domain import RAW, RAW_TYPE, ROW, RUN, Artifact, Batch, Column, Outcome, Run, Schema
from sluice.pipeline import evaluate
from sluice.ports import Steps

DATA = Path(__file__).parents[3] / "shared/data/behaviour"
START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 6
NUMBERS = np.random.default_rng(3).permutation(13_000)  # more than either has items
EVENTS = Schema("events", columns=(Column("user", "integer"), Column("item", "integer"), Column("ts", "timestamp")), time="ts")


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Hold users' sequences, and the next items of some users.

    Attributes:
        events: Columns `user`, `item`, `place` (of the event among the user's own).
        asked: Columns `history` (items) and `target`.
    """

    events: pl.DataFrame
    test: pl.DataFrame

    def days(self, seed: int) -> list[pl.DataFrame]:
        """Split the log into days, each of other users, as rows of EVENTS."""
        users = self.events["user"].unique().sort()
        day = pl.DataFrame({"user": users, "day": np.random.default_rng(seed).permutation(users.len()) % DAYS})
        dated = self.events.join(day, on="user").with_columns(ts=START + pl.duration(days="day", minutes="place"))
        return [dated.filter(pl.col("day") == nth).sort("user", "place").select("user", "item", "ts") for nth in range(DAYS)]

    def holdout(self, *, odd: bool) -> Holdout:
        """Return a hold-out of every second test user."""
        some = self.test.with_row_index("user").filter(pl.col("user") % 2 == int(odd)).with_columns(pl.col("user").cast(pl.String).str.zfill(9))
        targets = some.select("user", item=pl.col("target").cast(pl.String), new_user=pl.lit(value=False))
        histories = some.select("user", item="history").explode("item").with_columns(ts=START + pl.duration(minutes=pl.int_range(pl.len()).over("user")))
        return Holdout(START, INTERACTIONS.to_frame(), targets, to_interactions(histories))


def beauty(count: int) -> Log:
    """Read Amazon Beauty; each user's last item is a target, for a sample of users."""
    rows_of_ids = [[int(word) for word in line.split()] for line in (DATA / "beauty/beauty.txt").read_text().splitlines()]
    users = [(user, _renumbered(items)) for user, *items in rows_of_ids]
    some = [users[position][1] for position in np.random.default_rng(3).permutation(len(users))[:count].tolist()]
    targets = pl.DataFrame({"history": [items[:-1] for items in some], "target": [items[-1] for items in some]})
    return Log(_placed([user for user, _ in users], [items[:-1] for _, items in users]), targets)


def office() -> Log:
    """Read Amazon Office."""
    train, test = (pl.read_parquet(DATA / f"office/{part}.parquet") for part in ("train", "test"))
    test = test.filter(pl.col("history").list.len() > 0).select("history", "target")
    targets = test.select(pl.col("history").map_elements(_renumbered, pl.List(pl.Int64)), pl.Series("target", _renumbered(test["target"])))
    return Log(_placed(list(range(train.height)), [_renumbered(items) for items in train["item_ids"]]), targets)


def _renumbered(items: Iterable[int]) -> list[int]:
    """Renumber items: both files number them in order of appearance, so adjacent numbers are similar items."""
    return [int(number) for number in NUMBERS[list(items)]]


def _placed(users: Sequence[int], items: Sequence[Sequence[int]]) -> pl.DataFrame:
    frame = pl.DataFrame({"user": users, "item": items}, schema={"user": pl.Int64, "item": pl.List(pl.Int64)}).explode("item").drop_nulls()
    return frame.with_columns(place=pl.int_range(pl.len()).over("user"))


@dataclass(frozen=True, slots=True, eq=False)
class OtherDays:
    """Provide a Snapshot of the other days of a log, as accepted; the newest is the one before the judged day."""

    days: Sequence[pl.DataFrame]
    id: str = "1"

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return all their rows."""
        return pl.concat([day.with_columns(pl.lit(f"day{nth}").alias(RUN)) for nth, day in enumerate(self.days)]).lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return none."""
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return none."""
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return one run per day."""
        return [
            Run(f"day{nth}", dataset, "ingest", nth, START + timedelta(days=nth + 1), "published", rows=day.height, good=day.height)
            for nth, day in enumerate(self.days)
        ]

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        """Return none."""
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        """Return none."""
        return None

    def without(self, batch_id: str) -> OtherDays:
        """Return the same snapshot."""
        return self


def steps(rows: float) -> Steps:
    """Return the steps that judge and clean a behaviour log: familiar transitions, row counts, and duplicates."""
    log = {"user": "user", "item": "item", "time": "ts"}
    suite = [
        Step(name="expect_transition_overlap_to_match_history", settings={**log, "baseline_batches": DAYS - 1, "min_batches": 2}),
        Step(name="expect_table_row_count_to_match_weekday", settings={"tolerance": rows, "tolerance_above": 1.0}),
    ]
    return Steps([SchemaJudge(EVENTS), Checker.build(EVENTS, suite)], Chain([Deduplicate(EVENTS, subset=("user", "item"))]))


def judge_day(rows: pl.DataFrame, other_days: Sequence[pl.DataFrame], day_steps: Steps) -> Outcome:
    """Judge a day, with the other days accepted before it."""
    named = rows.sort("ts", maintain_order=True).with_columns(pl.format("b.{}", pl.int_range(pl.len())).alias(ROW), pl.lit(None, dtype=RAW_TYPE).alias(RAW))
    return evaluate(Batch("events", "b", named, START + timedelta(days=DAYS + 1)), day_steps, OtherDays(other_days))


def to_interactions(rows: pl.DataFrame) -> pl.DataFrame:
    """Convert rows to interactions."""
    named = rows.select(
        pl.col("user").cast(pl.String),
        pl.col("item").cast(pl.String),
        kind=pl.lit(None, dtype=pl.String),
        time="ts",
        weight=pl.lit(1.0),
        ordered=pl.lit(value=True),
    )
    return named.with_columns(pl.col("time").cast(INTERACTIONS["time"])).sort("user", "time", maintain_order=True)
