"""Measure what attributes of users and context give the user tower: with them against without, on the same rows.

MovieLens 100k, as the package recbole carries it, has age, gender, occupation and zip code of its users; hour and weekday follow from the time of a
rating. Of each user the last ten films are asked for, one after the other, each with what the user rated before; learned from all but the last twenty. Which
columns are read was decided on the ten films in between, as in a retrain, at seed 0.

The made shop is no public set: a seeded log with a known effect. Each user has one of ten tastes, of 40 items. Three of four choices fall on the five
items of the taste that belong to the device and the campaign of the moment, every fourth on any item of the taste.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch

from benchmarks.figures import Figure, main
from recommender.data.sequences import Sequences, Vocabulary, build_sequences
from recommender.data.side_features import SideFeatures
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import Ranking, Reals, rank_items
from recommender.evaluation.validation import EvaluationSet
from recommender.promotion.paired_bootstrap import paired_difference
from recommender.training.side_selection import hide
from recommender.two_tower.model import TwoTowerModel

FILMS = Path(__file__).parents[3] / "shared/data/behaviour/ml-100k"
TARGETS = 10  # of the last events of each user, and as many before them for the choice
EPOCHS, QUICK, DIMENSIONS = 8, 1, 32
USERS, EVENTS, TASTES, GROUPS, CHOICES = 1000, 40, 10, 8, 5  # of the made shop
DEPENDENT = 0.75  # share of its choices
METRICS: Mapping[str, Callable[[Ranking], Reals]] = {"NDCG@20": lambda ranking: ranking.gains, "Recall@20": lambda ranking: ranking.hits}


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Hold a log with side columns.

    Attributes:
        events: Schema INTERACTIONS, side columns, and `back`: 1 for a user's last event.
        vocabulary: The items.
    """

    events: pl.DataFrame
    vocabulary: Vocabulary

    @classmethod
    def of(cls, events: pl.DataFrame) -> Log:
        """Complete the columns of a log that is in order."""
        whole = events.with_columns(kind=pl.lit(None, dtype=pl.String), weight=pl.lit(1.0), ordered=pl.lit(value=True))
        return cls(whole.with_columns(back=pl.int_range(pl.len(), 0, -1).over("user")), Vocabulary(tuple(events["item"].unique().sort())))

    def learned(self, side: SideFeatures | None, after: int) -> Sequences:
        """Return the events before the last ones of each user."""
        rows = self.events.filter(pl.col("back") > after)
        return build_sequences(rows, self.vocabulary, side.encode(rows) if side else None)

    def questions(self, side: SideFeatures, last: int) -> Iterator[EvaluationSet]:
        """Yield what is asked: events `last` to `last + TARGETS - 1` before the end, each with the history before it."""
        train = self.learned(None, 2 * TARGETS)
        for back in range(last, last + TARGETS):
            target_rows, before = (self.events.filter(mask) for mask in (pl.col("back") == back, pl.col("back") > back))
            histories = build_sequences(before, self.vocabulary).with_request(side.encode(target_rows))
            yield EvaluationSet(train, histories, self.vocabulary.encode(target_rows["item"]).to_numpy().astype(np.int64))


def read_films() -> Log:
    """Read MovieLens 100k."""
    users, ratings = (pl.read_csv(FILMS / f"ml-100k.{name}", separator="\t", infer_schema=False) for name in ("user", "inter"))
    users, ratings = (table.rename(lambda name: name.split(":")[0]) for table in (users, ratings))
    area = pl.col("zip_code").str.slice(0, 1)
    texts = {"user.gender": pl.col("gender"), "user.occupation": pl.col("occupation"), "user.zip": area}
    attributes = {"user.age": pl.col("age").cast(pl.Float64), **texts}
    seconds = pl.col("timestamp").cast(pl.Float64).cast(pl.Int64)
    rated = ratings.select(user="user_id", item="item_id", time=pl.from_epoch(seconds).cast(pl.Datetime("us", "UTC")))
    described = rated.join(users.select(user="user_id", **attributes), on="user", how="left")
    moment = {"context.hour": pl.col("time").dt.hour().cast(pl.Float64), "context.weekday": pl.col("time").dt.weekday().cast(pl.Float64)}
    return Log.of(described.with_columns(**moment).sort("user", "time", "item"))


def make_shop(seed: int) -> Log:
    """Make a log in which three of four choices depend on device and campaign."""
    rng = np.random.default_rng(seed)
    size = USERS * EVENTS
    taste, device, campaign = np.repeat(rng.integers(TASTES, size=USERS), EVENTS), rng.integers(2, size=size), rng.integers(4, size=size)
    within, anywhere = CHOICES * (4 * device + campaign) + rng.integers(CHOICES, size=size), rng.integers(GROUPS * CHOICES, size=size)
    items = taste * GROUPS * CHOICES + np.where(rng.random(size) < DEPENDENT, within, anywhere)
    rows = {"user": [f"u{user:05}" for user in np.repeat(np.arange(USERS), EVENTS)], "item": [f"i{item:04}" for item in items]}
    times = pl.datetime_range(pl.datetime(2026, 1, 1), pl.datetime(2026, 1, 1) + pl.duration(minutes=size - 1), "1m", time_zone="UTC", eager=True)
    texts = {"context.device": [f"d{one}" for one in device], "context.campaign": [f"c{one}" for one in campaign]}
    return Log.of(pl.DataFrame({**rows, "time": times.dt.cast_time_unit("us"), **texts}))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure both sets with all seeds."""
    torch.set_num_threads(1)
    seeds, epochs = range(1 if options.quick else options.seeds), QUICK if options.quick else EPOCHS
    sets = {"made shop, device and campaign": make_shop(0)} | ({"MovieLens 100k, attributes and time": read_films()} if FILMS.exists() else {})
    return [figure for name, log in sets.items() for figure in _figures(name, log, seeds, epochs)]


def _figures(name: str, log: Log, seeds: Sequence[int], epochs: int) -> Iterator[Figure]:
    learned = SideFeatures.fit(log.events.filter(pl.col("back") > 2 * TARGETS))
    useful = _useful(log, learned, epochs)
    print(f"{name}: read {', '.join(useful) or 'none'}", flush=True)
    side = learned.keep(useful)
    runs = [{with_side: _rank(log, side, epochs, seed, read=with_side) for with_side in (False, True)} for seed in seeds]
    for metric, of in METRICS.items():
        before, after = (np.concatenate([of(run[read]) for run in runs]) for read in (False, True))
        change = paired_difference(before, after)
        by_seed = [float(of(run[True]).mean()) for run in runs]
        peer = f"without them; paired 95 % interval of the change {change.low:+.2%} to {change.high:+.2%}"
        yield Figure.over(f"{name}, two-tower, {metric}", by_seed, "", peer, float(before.mean()))


def _useful(log: Log, side: SideFeatures, epochs: int) -> list[str]:
    """Return the columns that give something on the events before those that are asked for in the end."""
    model = _fit(log, side, epochs, 0)
    complete = _ranks(model, log.questions(side, TARGETS + 1)).gains.mean()
    hidden = {name: (hide(question, side, [name]) for question in log.questions(side, TARGETS + 1)) for name in side.columns}
    return [name for name, questions in hidden.items() if complete > _ranks(model, questions).gains.mean()]


def _rank(log: Log, side: SideFeatures, epochs: int, seed: int, *, read: bool) -> Ranking:
    return _ranks(_fit(log, side if read else None, epochs, seed), log.questions(side, 1))


def _fit(log: Log, side: SideFeatures | None, epochs: int, seed: int) -> TwoTowerModel:
    return TwoTowerModel.fit(TrainingData(log.learned(side, 2 * TARGETS), log.vocabulary, epochs=epochs, dimensions=DIMENSIONS), seed=seed)


def _ranks(model: TwoTowerModel, questions: Iterator[EvaluationSet]) -> Ranking:
    rankings = [rank_items(model, question.histories, question.targets) for question in questions]
    return Ranking(np.concatenate([one.ranks for one in rankings]), np.zeros(0, np.int64))


if __name__ == "__main__":
    main(__doc__ or "", measure)
