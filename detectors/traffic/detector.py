"""Odd traffic among a batch of events: each way to tell it is one Verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from detectors.learning import history
from detectors.learning.fingerprint import fingerprint
from detectors.traffic import hourly_volume, training
from detectors.traffic.patterns import DetectionParameters, TrafficPattern
from detectors.traffic.settings import TrafficSettings
from detectors.traffic.state import TrafficState
from sluice.domain import EVIDENCE, ROW, Artifact, Batch, Verdict, counted
from sluice.errors import ModelError
from sluice.ports import Snapshot


@dataclass(frozen=True)
class Traffic(TrafficSettings):
    """Flags odd events in twelve ways: crawl, farm, replay, burst, timing, clock, sequence, path, funnel, session, price and mix.

    A way is looked for where the columns that it needs are named. What is usual is learned from accepted batches, one by one, and kept in a
    state of bounded size; crawl, farm, replay, clock and price find something without it, too. Its settings are those of `TrafficSettings`.
    """

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn from the accepted batches within the horizon; nothing is drawn, so the seed does not matter.

        Raises:
            ModelError: There are too few rows.
        """
        return training.train(self, snapshot, seed=seed)

    def partial_fit(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn on from the batches that came since, but for what was flagged in them and not released."""
        return training.partial_fit(self, artifact, snapshot, seed=seed)

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return one verdict per pattern; patterns that need a whole batch are skipped for parts of one."""
        kept, damage = self._kept(snapshot)
        state = training.with_catalog_prices(self, kept or training.known_users_only(self, snapshot), snapshot)
        visits = self.visits(batch.rows).rows
        if damage:
            return [self._damaged(way, damage) if way.learns else self._judged(way, batch, visits, state, None) for way in self.looked_for]
        return [
            self._judged(way, batch, visits, state, None if kept else self.min_rows - history.count_accepted(snapshot, self.schema)) for way in self.looked_for
        ]

    def _kept(self, snapshot: Snapshot) -> tuple[TrafficState | None, str]:
        """Load the learned state; return the reason instead where it cannot be read."""
        artifact = snapshot.model(self.name)
        try:
            return None if artifact is None else training.unpack_state(artifact.tensors), ""
        except ModelError as error:
            return None, str(error)

    def _damaged(self, way: TrafficPattern, damage: str) -> Verdict:
        return self._verdict(way, status="not_evaluated", message=way.message, observed=damage)

    def _asked(self, batch: Batch) -> DetectionParameters:
        """Collect the parameters of detection."""
        return DetectionParameters(self.significance_level, self.min_similarity, self.min_group_size, self.min_items, batch.at)

    def _judged(self, way: TrafficPattern, batch: Batch, visits: pl.DataFrame, state: TrafficState, waits: int | None) -> Verdict:
        if way.whole and not batch.whole:
            return self._verdict(way, status="skipped", message="only a whole batch shows how a visitor behaves")
        if absent := self.absent(way, visits):
            return self._verdict(way, status="not_evaluated", message=way.message, observed=f"the batch has no column {', '.join(absent)}")
        if way.learns and waits is not None:
            return self._verdict(way, status="skipped", message=history.waiting_message(waits))
        found = way.find(visits, state, self._asked(batch))
        return self._of_hours(way, found) if way.name == "hourly_volume" else self._of_rows(way, batch, found)

    def _of_rows(self, way: TrafficPattern, batch: Batch, found: pl.DataFrame) -> Verdict:
        rows = batch.rows.select(ROW).join(found, on=ROW, how="left", maintain_order="left")
        failing = rows["message"].is_not_null().alias(way.name)
        blamed = pl.lit(list(self._blamed(way)), dtype=pl.List(pl.String)).alias("columns")
        evidence = rows.filter(failing).select(ROW, blamed, "score", "message", pl.lit(None, dtype=pl.String).alias("expected")).cast(EVIDENCE)
        failed = int(failing.sum())
        told = {"status": "failed" if failed else "passed", "observed": f"{failed:,} of {counted(rows.height, 'row')}", "rows": rows.height, "failed": failed}
        return self._verdict(way, failing=failing, message=way.message, evidence=evidence, **told)

    def _of_hours(self, way: TrafficPattern, found: pl.DataFrame) -> Verdict:
        each = [
            f"{hour:%d %b %H:00} has {events:,} where {expected:,.0f} are usual{hourly_volume.describe_count(kind)}"
            for hour, events, expected, kind in found.head(3).select("hour", "events", "expected", "kind").rows()
        ]
        hours = found["hour"].n_unique()
        stray = "1 hour strays" if hours == 1 else f"{hours:,} hours stray"
        observed = f"{stray}: {'; '.join(each)}" if each else "no hour strays"
        return self._verdict(way, status="failed" if each else "passed", message=way.message, observed=observed, failed=int(bool(each)))

    def _verdict(self, way: TrafficPattern, **found: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        rule = f"traffic:{way.name}"
        rule_hash = fingerprint("traffic", self.told(), rule)
        on_fail = self.on_fail if way.strong else "flag"
        return Verdict(rule, "detector", "accuracy", self.severity, on_fail, columns=self._blamed(way), fingerprint=rule_hash, **found)

    def _blamed(self, way: TrafficPattern) -> tuple[str, ...]:
        return tuple(self.columns[role] for role in way.needs)
