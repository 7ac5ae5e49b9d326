"""Drift of whole batches: how often a shift of one day is found, and how often a clean day is told to have moved.

On the demo shop's generator without dirt: the detector counts each day in turn and judges the next ones, as they are and shifted. The
peer is what is mostly done: a Kolmogorov-Smirnov test of the day's prices against all before, at the same chance.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np
import polars as pl
from scipy.stats import ks_2samp

from benchmarks.detecting.visits import EVENTS, Shop, closes
from benchmarks.figures import Figure, main
from detectors.drift.detector import Drift
from sluice.domain import RUN, Artifact, Batch, Column, Run, Schema

HISTORY, JUDGED, PER_DAY = 21, 14, 15_000
CHANCE = 0.01
PRICES = {"prices +3 %": 1.03, "prices +10 %": 1.10}
COLUMNS = ("event_type", "price", "currency", "quantity", "rating", "ts", "received_at", "user_agent")
CATALOG = Schema("catalog", mode="snapshot", key=("item_id",), columns=(Column("item_id"), Column("category"), Column("price", "number"), Column("brand")))
SHIFTS: Mapping[str, Sequence[pl.Expr]] = {
    **{name: [pl.col("price") * factor] for name, factor in PRICES.items()},
    "hour +3": [pl.col(name) + pl.duration(hours=3) for name in ("ts", "received_at")],
    "mix, one in ten views counted as purchases": [
        pl.when((pl.col("event_type") == "view") & (pl.int_range(pl.len()) % 10 == 0)).then(pl.lit("purchase")).otherwise("event_type").alias("event_type")
    ],
}


@dataclass(frozen=True, eq=False)
class Published:
    """Represent a snapshot of some days."""

    rows: pl.DataFrame
    run_records: Sequence[Run]
    artifact: Artifact | None = None
    id: str = "0"

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the rows of the days."""
        return self.rows.lazy()

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return one run a day."""
        return self.run_records

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return no repairs."""
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return no rows: nothing was held."""
        return self.rows.clear().lazy()

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        """Return no rows: nothing was measured."""
        return pl.DataFrame()

    def without(self, batch_id: str) -> Published:
        """Return the same snapshot: no batch is replayed."""
        return self

    def model(self, name: str) -> Artifact | None:
        """Return the trained artifact."""
        return self.artifact


def judged(detector: Drift, days: Sequence[pl.DataFrame], shifts: Mapping[str, Sequence[pl.Expr]]) -> dict[str, float]:
    """Compute, by shift (and "none"), the share of the days after `HISTORY` that were flagged as drifted."""
    dataset, whole = detector.schema.dataset, detector.schema.mode == "snapshot"
    runs = [Run(str(day), dataset, "ingest", day, closes(day), "published", good=rows.height) for day, rows in enumerate(days)]
    alarms: dict[str, list[bool]] = {name: [] for name in ("none", *shifts)}
    artifact = None
    for day, rows in enumerate(days):
        if day >= HISTORY:
            snapshot = Published(rows, runs[:day], artifact)
            for name, moved in {"none": [], **shifts}.items():
                (verdict,) = detector.judge(Batch(dataset, str(day), rows.with_columns(moved), closes(day)), snapshot)
                alarms[name].append(verdict.status == "failed")
        snapshot = Published(rows.with_columns(pl.lit(str(day)).alias(RUN)), runs[: day + 1], artifact if whole else None)
        artifact = detector.partial_fit(artifact, snapshot, seed=0) if artifact else detector.train(snapshot, seed=0)
    return {name: sum(days_alarmed) / len(days_alarmed) for name, days_alarmed in alarms.items()}


def peer(days: Sequence[pl.DataFrame], factor: float) -> float:
    """Compute how often a plain Kolmogorov-Smirnov test of prices raises an alarm."""
    prices = [rows["price"].drop_nulls().to_numpy() for rows in days]
    tested = [ks_2samp(prices[day] * factor, np.concatenate(prices[:day])).pvalue < CHANCE for day in range(HISTORY, len(days))]
    return float(np.mean(tested))


def measure(options: argparse.Namespace) -> list[Figure]:
    """Measure shops of several seeds, events and catalogs."""
    ours: dict[str, list[float]] = {}
    plain: dict[str, list[float]] = {}
    for seed in range(1 if options.quick else options.seeds):
        shop = Shop.of(seed, days=HISTORY + JUDGED, per_day=3000 if options.quick else PER_DAY)
        catalogs = [shop.items.catalog(day) for day in range(len(shop.days))]
        for name, share in judged(Drift(EVENTS, columns=COLUMNS), shop.days, SHIFTS).items():
            ours.setdefault(f"events, {name}", []).append(share)
        for name, share in judged(Drift(CATALOG), catalogs, {name: SHIFTS[name] for name in PRICES}).items():
            ours.setdefault(f"catalog, {name}", []).append(share)
        for dataset, days in (("events", shop.days), ("catalog", catalogs)):
            for name, factor in {"none": 1.0, **PRICES}.items():
                plain.setdefault(f"{dataset}, {name}", []).append(peer(days, factor))
    peers = {name: f"plain KS test: {mean(shares):.0%}" for name, shares in plain.items()}
    return [Figure.over(f"drift, {name}: share of days told to have moved", shares, "", peers.get(name, "")) for name, shares in ours.items()]


if __name__ == "__main__":
    main(__doc__ or "", measure)
