"""Likely cause of failing rows: how often a planted part is named first, and how often faults without a part are said to have none.

A shop's week of events is drawn for each seed: seven files, countries, agents that go with countries, sources, users and items by popularity. Parts are one
file, country, agent, source, user, item or hour, and two of them together; 30 to 100 % of the rows of a part fail, and up to a third of the failing rows
lie elsewhere. Faults without a part are drawn from all rows, from rows of a high price (a column that names no part), and in short runs of neighboring
rows. A part is named first where the rows of the named one and of the planted one overlap by 90 %, as where two columns name the same rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from benchmarks.figures import Figure, main
from sluice.domain import Cause
from sluice.rules.likely_cause import likely_cause

ROWS = 20_000
TRIALS = 40  # of each kind and seed
_MIN_OVERLAP = 0.9
Planter = Callable[[pl.DataFrame, np.random.Generator], pl.Series]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Plant every kind of fault into the events of each seed."""
    named = {kind: [_share(seed, kind, planter, with_part=True) for seed in range(options.seeds)] for kind, planter in PARTS.items()}
    without = {kind: [_share(seed, kind, planter, with_part=False) for seed in range(options.seeds)] for kind, planter in FAULTS.items()}
    figures = [Figure.over(f"likely cause, {kind}: named first", shares, "share") for kind, shares in named.items()]
    figures += [Figure.over(f"likely cause, {kind}: says that no part explains it", shares, "share") for kind, shares in without.items()]
    figures.append(Figure.over("likely cause, planted parts: named first", [float(np.mean(shares)) for shares in zip(*named.values(), strict=True)], "share"))
    none = [float(np.mean(shares)) for shares in zip(*without.values(), strict=True)]
    figures.append(Figure.over("likely cause, faults without a part: says that no part explains it", none, "share"))
    return figures


def draw_events(rng: np.random.Generator) -> pl.DataFrame:
    """Draw a week of events."""
    countries, agents = np.array(["US", "DE", "FR", "CN", "BR", "IN"]), np.array(["chrome", "safari", "firefox", "edge", "app"])
    country = rng.choice(len(countries), ROWS, p=[0.45, 0.2, 0.12, 0.1, 0.08, 0.05])
    favourite = rng.integers(0, len(agents), len(countries))
    agent = np.where(rng.random(ROWS) < 0.4, favourite[country], rng.choice(len(agents), ROWS, p=[0.5, 0.2, 0.1, 0.1, 0.1]))
    day = np.sort(rng.integers(0, 7, ROWS))
    return pl.DataFrame(
        {
            "file": [f"events-{number + 1}.csv" for number in day],
            "hour": [f"day {number} {hour:02}:00" for number, hour in zip(day, rng.integers(0, 24, ROWS), strict=True)],
            "country": countries[country],
            "agent": agents[agent],
            "source": rng.choice(["web", "shop", "partner", "import"], ROWS, p=[0.6, 0.25, 0.1, 0.05]),
            "user": [f"u{number}" for number in rng.zipf(1.4, ROWS) % 2000],
            "item": [f"i{number}" for number in rng.zipf(1.5, ROWS) % 500],
            "kind": rng.choice(["view", "cart", "purchase"], ROWS, p=[0.85, 0.1, 0.05]),
        }
    )


def _of_columns(*columns: str) -> Planter:
    def plant(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
        while True:  # a part of a few rows at least, and not most of them
            place = int(rng.integers(rows.height))
            part = pl.Series([True] * rows.height)
            for column in columns:
                part &= rows[column] == rows[column][place]
            if 20 <= part.sum() <= rows.height // 3:
                return part

    return plant


def _anywhere(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    return pl.Series(rng.random(rows.height) < rng.uniform(0.001, 0.2))


def _dear(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    price = rng.lognormal(3, 1, rows.height)
    return pl.Series(price > np.quantile(price, rng.uniform(0.8, 0.999)))


def _in_runs(rows: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    failing = np.zeros(rows.height, dtype=bool)
    for start in rng.integers(0, rows.height - 5, int(rng.integers(5, 200))):
        failing[start : start + int(rng.integers(1, 5))] = True
    return pl.Series(failing)


PARTS: Mapping[str, Planter] = {
    "one file": _of_columns("file"),
    "one country": _of_columns("country"),
    "one agent": _of_columns("agent"),
    "one source": _of_columns("source"),
    "one user": _of_columns("user"),
    "one item": _of_columns("item"),
    "one hour": _of_columns("hour"),
    "country and agent": _of_columns("country", "agent"),
    "file and source": _of_columns("file", "source"),
}
FAULTS: Mapping[str, Planter] = {"anywhere": _anywhere, "high prices": _dear, "short runs": _in_runs}


def _share(seed: int, kind: str, planter: Planter, *, with_part: bool) -> float:
    rng = np.random.default_rng([seed, len(kind), *kind.encode()])
    rows = draw_events(rng)
    right = 0
    for _ in range(TRIALS):
        planted = planter(rows, rng)
        if with_part:
            inside = planted & pl.Series(rng.random(rows.height) < rng.uniform(0.3, 1.0))
            elsewhere = float(inside.sum()) * rng.uniform(0, 0.5) / rows.height
            failing = inside | pl.Series(rng.random(rows.height) < elsewhere)
            right += _overlap(rows, likely_cause(rows, failing), planted) >= _MIN_OVERLAP
        else:
            right += likely_cause(rows, planted) is None
    return right / TRIALS


def _overlap(rows: pl.DataFrame, cause: Cause | None, planted: pl.Series) -> float:
    """Return the overlap of the named part with the planted one: their common rows among those of either."""
    if cause is None:
        return 0.0
    part = pl.Series([True] * rows.height)
    for condition in cause.conditions:
        part &= rows[condition.column] == condition.value
    return int((part & planted).sum()) / int((part | planted).sum())


if __name__ == "__main__":
    main(__doc__ or "", measure)
