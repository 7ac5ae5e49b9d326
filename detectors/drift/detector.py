"""Detect drift of whole batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np
import polars as pl

from detectors.drift.findings import describe_shift
from detectors.drift.histograms import WIDTH
from detectors.drift.shift_tests import find_shifts
from detectors.drift.state import MAX_BATCHES, DriftState
from detectors.features.columns import select_columns
from detectors.learning import history
from detectors.learning.fingerprint import fingerprint
from sluice.domain import RUN, Artifact, Batch, Message, OnFail, Run, Schema, Severity, Verdict
from sluice.errors import InvalidValue, ModelError
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

MESSAGE = Message.of("column_drifted")
FEWEST = 30  # rows of a batch whose distribution says something


@dataclass(frozen=True)
class Drift:
    """Find shifts that all rows of a batch have in common, such as prices that are all 10 % higher, against the accepted batches.

    It gives one verdict per batch. Slow drift is found by a cumulative sum over the newest batches (CUSUM).

    Attributes:
        schema: Schema of the dataset (filled in by the program).
        columns: Columns to use; empty: all but keys, identifiers and personal columns.
        min_batches: Smallest number of accepted batches to compare with; below it the detector is skipped.
        max_fpr: Probability that a batch without a shift fails, 0 to 1.
        severity: Severity of the verdict.
        on_fail: What happens to the batch.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.messages import render
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("orders", columns=(Column("price", "number"),))
        >>> batch = make_batch(schema, {"price": [float(i) for i in range(40)]})
        >>> (verdict,) = Drift(schema).judge(batch, MemorySnapshot())
        >>> verdict.status, render(verdict.message)
        ('skipped', 'waits for 8 more accepted batches')
    """

    schema: Schema
    columns: tuple[str, ...] = ()
    min_batches: int = 8
    max_fpr: float = 0.01
    severity: Severity = "warning"
    on_fail: OnFail = "flag"

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        select_columns(self.schema, self.columns)
        if not 0 < self.max_fpr < 1:
            raise make_error(InvalidValue, "batch_share_unfit")
        if not 3 <= self.min_batches <= MAX_BATCHES:
            raise make_error(InvalidValue, "min_batches_unfit", max_batches=MAX_BATCHES)

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return f"{self.schema.dataset}.drift"

    @property
    def min_rows(self) -> int:
        """Return the fewest accepted rows to start with."""
        return FEWEST

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Count the newest accepted batches; of a snapshot the past ones are gone, and what was counted of them is kept.

        Raises:
            ModelError: Nothing is published yet.
        """
        champion = snapshot.model(self.name) if self.schema.mode == "snapshot" else None
        if champion is not None:
            return self.partial_fit(champion, snapshot, seed=seed)
        batches = self._batches(snapshot, self._ingested(snapshot)[-MAX_BATCHES:])
        if not batches:
            raise history.waiting_error(FEWEST)
        state = DriftState.of(pl.concat(batches), select_columns(self.schema, self.columns), self.schema)
        return self._artifact(state.after(batches), snapshot, seed, rows=history.count_accepted(snapshot, self.schema))

    def partial_fit(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Count the batches that came since.

        Raises:
            ModelError: The artifact is damaged.
        """
        processed = set(map(str, cast("Sequence[object]", artifact.card.get("seen", ()))))
        new = [run for run in self._ingested(snapshot) if run.id not in processed]
        state = DriftState.unpack(artifact.tensors).after(self._batches(snapshot, new))
        return self._artifact(state, snapshot, seed, rows=int(str(artifact.card["rows"])))

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Compare the batch with the accepted ones, column by column."""
        if not batch.whole or batch.part.total("drift rows", batch.rows.height) < FEWEST:
            return [self._verdict(status="skipped", message=f"only a whole batch of at least {FEWEST} rows shows a shift")]
        artifact = snapshot.model(self.name)
        try:
            state = DriftState.unpack(artifact.tensors) if artifact else None
        except ModelError as error:
            return [self._verdict(status="not_evaluated", message=MESSAGE, observed=str(error))]
        n_batches = len(state.counts) if state else 0
        if state is None or n_batches < self.min_batches:
            return [self._verdict(status="skipped", message=Message.of("waits_for_accepted_batches", batches=self.min_batches - n_batches))]
        own = tuple(map(tuple, state.counted(batch.rows).tolist()))  # whole numbers, which add up
        now = np.array(batch.part.total("drift counts", own), np.int64).reshape(-1, WIDTH)
        shifts = find_shifts(state.counts, now, [item.ordered for item in state.bins], needs=self.min_batches, chance=self.max_fpr)
        descriptions = [describe_shift(item, state.bins[item.channel], state.counts[:, item.channel], now[item.channel]) for item in shifts]
        columns = tuple(dict.fromkeys(state.bins[item.channel].channel.column for item in shifts))
        return [self._verdict(columns, status="failed" if shifts else "passed", message=MESSAGE, observed=Message.join(descriptions))]

    @property
    def needs(self) -> Needs:
        """Return that it asks for the counts of other rows."""
        return Needs()

    def _ingested(self, snapshot: Snapshot) -> list[Run]:
        return [run for run in snapshot.runs(self.schema.dataset) if run.kind == "ingest"]

    def _batches(self, snapshot: Snapshot, runs: Sequence[Run]) -> list[pl.DataFrame]:
        """Yield the accepted rows of each run that has enough of them."""
        published = snapshot.published(self.schema.dataset)
        present = published.collect_schema().names()
        if RUN not in present or not runs:
            return []
        time = [self.schema.time] if self.schema.time else []
        names = [name for name in dict.fromkeys([*select_columns(self.schema, self.columns), *time]) if name in present]
        order = {run.id: place for place, run in enumerate(runs)}
        parts = published.filter(pl.col(RUN).is_in(list(order))).select(*names, RUN).collect().partition_by(RUN, as_dict=True)
        ranked = sorted(((order[str(key[0])], rows) for key, rows in parts.items()), key=lambda part: part[0])
        return [rows.drop(RUN) for _, rows in ranked if rows.height >= FEWEST]

    def _artifact(self, state: DriftState, snapshot: Snapshot, seed: int, *, rows: int) -> Artifact:
        runs = self._ingested(snapshot)
        learned = {"rows": rows, "runs": [{"id": run.id, "score": run.published.value} for run in runs], "seen": [run.id for run in runs]}
        card = {"kind": "drift", "basis": snapshot.id, "metrics": {"batches": len(state.counts)}, "settings": self._settings(), "seed": seed, **learned}
        return Artifact(state.pack(), card)

    def _verdict(self, columns: tuple[str, ...] = (), **facts: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        rule_hash = fingerprint("drift", self._settings())
        of = columns or select_columns(self.schema, self.columns)
        return Verdict("drift", "detector", "accuracy", self.severity, self.on_fail, columns=of, fingerprint=rule_hash, **facts)

    def _settings(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "schema"}
