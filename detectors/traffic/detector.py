"""Odd traffic among a batch of events: each way to tell it is one Verdict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import polars as pl

from detectors import history
from detectors.traffic import learning
from detectors.traffic.state import State
from detectors.traffic.visits import Visits
from detectors.traffic.ways import WAYS, Asked, Way
from sluice.config import Duration
from sluice.domain import EVIDENCE, ROW, Artifact, Batch, OnFail, Schema, Severity, Verdict
from sluice.ports import Snapshot

ROLES = ("user", "item", "time", "kind", "session", "ip", "agent", "country", "received", "price", "quantity")


@dataclass(frozen=True)
class Traffic:
    """Flags odd events in twelve ways: crawl, farm, replay, burst, timing, clock, sequence, path, funnel, session, price and mix.

    A way is looked for where the columns that it needs are named. What is usual is learned from accepted batches, one by one, and kept in a
    state of bounded size; crawl, farm, replay and clock find something without it, too.

    Attributes:
        schema: The dataset (filled in by the program).
        user: The column that names the visitor.
        item: The column that names what was looked at.
        time: The column that says when; empty: the dataset's own time column.
        kind: The column that says what was done; as for all that follow, empty where there is none.
        session: The column that names a session.
        ip: The column with the address; nothing of it is kept.
        agent: The column with the user agent.
        country: The column with the country.
        received: The column that says when the server heard of it.
        price: The column with the price.
        quantity: The column with how many.
        dataset: The dataset whose prices are those to be paid, such as the catalog.
        by: Its column that names the item; empty: as in the events.
        reference: Its column with the price; empty: as in the events.
        ways: The ways to look for; empty: all whose columns are named.
        chance: How likely one thing (a visitor, an item, an hour, …) may be found by chance in a batch, by each way.
        similarity: How equal the items of two accounts must be to belong to one farm (Jaccard, 0 to 1).
        group: The fewest accounts of a farm.
        items: The fewest different items that an account of a farm acts on.
        needs: The fewest accepted rows to learn from.
        horizon: How far back a whole fit reads.
        severity: Who is told.
        on_fail: What happens to a row of a crawl, farm, replay or burst; what the other ways find is only flagged, for it is weaker proof.
    """

    schema: Schema
    user: str = "user_id"
    item: str = "item_id"
    time: str = ""
    kind: str = ""
    session: str = ""
    ip: str = ""
    agent: str = ""
    country: str = ""
    received: str = ""
    price: str = ""
    quantity: str = ""
    dataset: str = ""
    by: str = ""
    reference: str = ""
    ways: tuple[str, ...] = ()
    chance: float = 0.001
    similarity: float = 0.6
    group: int = 5
    items: int = 3
    needs: int = 5000
    horizon: Duration = timedelta(days=28)
    severity: Severity = "warning"
    on_fail: OnFail = "quarantine"

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        if unknown := [name for name in self._columns.values() if name not in self.schema.names]:
            raise ValueError(f"{', '.join(ROLES)} must name declared columns; {', '.join(unknown)} is not one of {', '.join(self.schema.names)}")
        if "time" not in self._columns:
            raise ValueError("time must name the column that says when an event happened")
        if not 0 < self.similarity <= 1 or not 0 < self.chance < 1:
            raise ValueError("similarity and chance are shares between 0 and 1")
        if unknown := [name for name in self.ways if name not in WAYS]:
            raise ValueError(f"ways are {', '.join(WAYS)}; {', '.join(unknown)} is none")
        if blind := [f"{name} needs {', '.join(self._lacking(WAYS[name]))}" for name in self.ways if self._lacking(WAYS[name])]:
            raise ValueError(f"columns must be named for each of the ways: {'; '.join(blind)}")

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return f"{self.schema.dataset}.traffic"

    def train(self, past: Snapshot, *, seed: int) -> Artifact:
        """Learn from the accepted batches within the horizon; nothing is drawn, so the seed does not matter.

        Raises:
            ModelError: There are too few rows.
        """
        return learning.train(self, past, seed=seed)

    def update(self, artifact: Artifact, past: Snapshot, *, seed: int) -> Artifact:
        """Learn on from the batches that came since, but for what was flagged in them and not released."""
        return learning.update(self, artifact, past, seed=seed)

    def judge(self, batch: Batch, past: Snapshot) -> Sequence[Verdict]:
        """One Verdict a way; ways that take a whole batch are skipped for parts of one."""
        kept = past.model(self.name)
        state = learning.catalogued(self, learning.unpacked(kept.tensors) if kept else learning.acquainted(self, past), past)
        visits = self.visits(batch.rows).rows
        return [self._judged(way, batch, visits, state, None if kept else self.needs - history.count(past, self.schema)) for way in self._looked_for]

    def odd(self, visits: pl.DataFrame, state: State, asked: Asked) -> pl.Series:
        """The ids of the events that any way finds."""
        able = [way for way in self._looked_for if not self._absent(way, visits) and way.name != "mix"]
        return pl.concat([pl.Series(ROW, [], dtype=pl.String), *(way.find(visits, state, asked)[ROW] for way in able)]).unique()

    def visits(self, rows: pl.DataFrame) -> Visits:
        """The rows as visits."""
        return Visits.of(rows, self._columns)

    def _asked(self, batch: Batch) -> Asked:
        """What the ways are asked with."""
        return Asked(self.chance, self.similarity, self.group, self.items, batch.at)

    def settings(self) -> dict[str, Any]:
        """All but the schema, as JSON knows them."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "schema"}
        return {name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in told.items()}

    def _judged(self, way: Way, batch: Batch, visits: pl.DataFrame, state: State, waits: int | None) -> Verdict:
        if way.whole and not batch.whole:
            return self._verdict(way, status="skipped", message="only a whole batch shows how a visitor behaves")
        if absent := self._absent(way, visits):
            return self._verdict(way, status="not_evaluated", message=way.message, observed=f"the batch has no column {', '.join(absent)}")
        if way.learns and waits is not None:
            return self._verdict(way, status="skipped", message=history.waits_for(waits))
        found = way.find(visits, state, self._asked(batch))
        return self._of_hours(way, found) if way.name == "mix" else self._of_rows(way, batch, found)

    def _of_rows(self, way: Way, batch: Batch, found: pl.DataFrame) -> Verdict:
        rows = batch.rows.select(ROW).join(found, on=ROW, how="left", maintain_order="left")
        failing = rows["message"].is_not_null().alias(way.name)
        blamed = pl.lit(list(self._blamed(way)), dtype=pl.List(pl.String)).alias("columns")
        evidence = rows.filter(failing).select(ROW, blamed, "score", "message", pl.lit(None, dtype=pl.String).alias("expected")).cast(EVIDENCE)
        failed = int(failing.sum())
        told = {"status": "failed" if failed else "passed", "observed": f"{failed:,} of {rows.height:,} rows", "rows": rows.height, "failed": failed}
        return self._verdict(way, failing=failing, message=way.message, evidence=evidence, **told)

    def _of_hours(self, way: Way, found: pl.DataFrame) -> Verdict:
        each = [
            f"{hour:%d %b %H:00} has {events:,} where {expected:,.0f} are usual"
            for hour, events, expected in found.head(3).select("hour", "events", "expected").rows()
        ]
        observed = f"{found['hour'].n_unique():,} hours stray: {'; '.join(each)}" if each else "no hour strays"
        return self._verdict(way, status="failed" if each else "passed", message=way.message, observed=observed, failed=int(bool(each)))

    def _verdict(self, way: Way, **found: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        fingerprint = hashlib.sha256(json.dumps([way.name, self.settings()], sort_keys=True).encode()).hexdigest()[:12]
        on_fail = self.on_fail if way.strong else "flag"
        return Verdict(f"traffic:{way.name}", "detector", "accuracy", self.severity, on_fail, columns=self._blamed(way), fingerprint=fingerprint, **found)

    def _blamed(self, way: Way) -> tuple[str, ...]:
        return tuple(self._columns[role] for role in way.needs)

    def _lacking(self, way: Way) -> list[str]:
        catalog = ["dataset"] if way.name == "price" and not self.dataset else []
        return [role for role in way.needs if role not in self._columns] + catalog

    def _absent(self, way: Way, visits: pl.DataFrame) -> list[str]:
        return [self._columns[role] for role in way.needs if role not in visits.columns]

    @property
    def _looked_for(self) -> list[Way]:
        return [way for name, way in WAYS.items() if name in (self.ways or WAYS) and not self._lacking(way)]

    @property
    def _columns(self) -> dict[str, str]:
        """The column of each role that is named."""
        named = {role: getattr(self, role) for role in ROLES} | {"time": self.time or self.schema.time or ""}
        return {role: name for role, name in named.items() if name}
