"""Bots among a batch of events: each way to tell them is one Verdict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from detectors.traffic import crawl, farm
from detectors.traffic.visits import Found, Visits
from sluice.domain import EVIDENCE, ROW, Batch, OnFail, Schema, Severity, Verdict
from sluice.ports import Snapshot


@dataclass(frozen=True)
class Traffic:
    """Flags every event of a crawler (`traffic:crawl`) and of accounts that push items together (`traffic:farm`).

    Nothing is trained: what is usual is read off the batch itself, whose users are mostly people, and off the published past.

    Attributes:
        schema: The dataset (filled in by the program).
        user: The column that names the visitor.
        item: The column that names what was looked at.
        time: The column that says when; empty: the dataset's own time column.
        kind: The column that says what was done, by which broad interest is told from a crawl; empty where there is none.
        chance: How likely one crawler or farm may be found by chance in a batch of people.
        similarity: How equal the items of two accounts must be to belong together (Jaccard, 0 to 1).
        group: The fewest accounts of a farm.
        items: The fewest different items that an account of a farm acts on.
        severity: Who is told.
        on_fail: What happens to a flagged row: removing is the right cure for bots.
    """

    schema: Schema
    user: str = "user_id"
    item: str = "item_id"
    time: str = ""
    kind: str = ""
    chance: float = 0.001
    similarity: float = 0.6
    group: int = 5
    items: int = 3
    severity: Severity = "warning"
    on_fail: OnFail = "quarantine"

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        named = [name for name in (self.user, self.item, self.time, self.kind) if name]
        if unknown := [name for name in named if name not in self.schema.names]:
            raise ValueError(f"user, item, time and kind must name declared columns; {', '.join(unknown)} is not one of {', '.join(self.schema.names)}")
        if not (self.time or self.schema.time):
            raise ValueError("time must name the column that says when an event happened")
        if not 0 < self.similarity <= 1 or not 0 < self.chance < 1:
            raise ValueError("similarity and chance are shares between 0 and 1")

    def judge(self, batch: Batch, past: Snapshot) -> Sequence[Verdict]:
        """One Verdict each for crawlers and for farms; skipped for parts of a batch, whose users are not seen whole."""
        columns = tuple(name for name in (self.user, self.item, self.time or str(self.schema.time)) if name)
        if not batch.whole:
            return [self._verdict(way, columns, status="skipped", message="only a whole batch shows how a visitor behaves") for way in ("crawl", "farm")]
        if lacking := [name for name in columns if name not in batch.rows.columns]:
            observed = f"the batch has no column {', '.join(lacking)}"
            return [self._verdict(way, columns, status="not_evaluated", message=MESSAGES[way], observed=observed) for way in ("crawl", "farm")]
        visits = Visits.of(batch.rows, *columns, kind=self.kind)
        known = self._known(past)
        found = {
            "crawl": crawl.find(visits, chance=self.chance),
            "farm": farm.find(visits, known, similarity=self.similarity, group=self.group, items=self.items, chance=self.chance),
        }
        return [self._told(way, columns, batch, each) for way, each in found.items()]

    def _known(self, past: Snapshot) -> pl.Series:
        """The users that were seen before."""
        published = past.clean(self.schema.dataset)
        if self.user not in published.collect_schema().names():
            return pl.Series(self.user, [], dtype=pl.String)
        return published.select(pl.col(self.user).cast(pl.String)).unique().collect()[self.user]

    def _told(self, way: str, columns: tuple[str, ...], batch: Batch, found: Found) -> Verdict:
        rows = batch.rows.select(ROW, pl.col(self.user).cast(pl.String).alias("user")).join(found.users, on="user", how="left", maintain_order="left")
        failing = rows["message"].is_not_null().alias(way)
        blamed = pl.lit(list(columns), dtype=pl.List(pl.String)).alias("columns")
        evidence = rows.filter(failing).select(ROW, blamed, "score", "message", pl.lit(None, dtype=pl.String).alias("expected")).cast(EVIDENCE)
        failed = int(failing.sum())
        status = "failed" if failed else "passed"
        observed = f"{failed:,} of {rows.height:,} rows, by {found.users.height:,} visitors"
        counts = {"rows": rows.height, "failed": failed}
        return self._verdict(way, columns, status=status, failing=failing, message=MESSAGES[way], observed=observed, evidence=evidence, **counts)

    def _verdict(self, way: str, columns: tuple[str, ...], **found: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        settings = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "schema"}
        fingerprint = hashlib.sha256(json.dumps([way, settings], sort_keys=True).encode()).hexdigest()[:12]
        return Verdict(f"traffic:{way}", "detector", "accuracy", self.severity, self.on_fail, columns=columns, fingerprint=fingerprint, **found)


MESSAGES = {
    "crawl": "no visitor makes far more events than the others do, at the pace or with the breadth of a machine",
    "farm": "no group of new visitors acts on the same few items",
}
