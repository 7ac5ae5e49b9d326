"""Find unusual traffic in a batch of events: one verdict per pattern."""

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
from sluice.domain import EVIDENCE, ROW, Artifact, Batch, Message, Rows, Verdict
from sluice.errors import ModelError
from sluice.ports import Needs, Snapshot
from sluice.rules.evidence import count_message


@dataclass(frozen=True)
class Traffic(TrafficSettings):
    """Flag unusual events by twelve patterns: crawlers, click farms, replays, bursts, regular timing, clock skew, rare transitions and paths, and others.

    A pattern runs where the columns that it needs are configured. It learns what is usual from accepted batches, one by one, into a state of
    bounded size; crawlers, click farms, replays, clock skew and prices are also found without one. Its settings are those of `TrafficSettings`.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> columns = (Column("user_id"), Column("item_id"), Column("ts", "timestamp"))
        >>> traffic = Traffic(Schema("events", columns=columns, time="ts"))
        >>> [pattern.name for pattern in traffic.looked_for][:3]
        ['crawler', 'click_farm', 'replay']
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
        learned, damage = self._load_state(snapshot)
        names = [name for name in dict.fromkeys((ROW, *self.columns.values())) if name in batch.rows.columns]
        visits = self.visits(batch.part.exchange("visits", batch.rows.select(names), ())).rows  # the first part has those of all
        waits = self.min_rows - history.count_accepted(snapshot, self.schema) if learned is None and not damage else None
        silent = {pattern.name: verdict for pattern in self.looked_for if (verdict := self._silent(pattern, batch, visits, damage, waits))}
        looking = [pattern for pattern in self.looked_for if pattern.name not in silent]
        findings = batch.part.total("findings", self._find(looking, visits, learned, batch, snapshot) if batch.part.is_first else {})
        batch.part.wait()
        judged = {pattern.name: self._judged(pattern, batch, findings[pattern.name].frame) for pattern in looking}
        return [silent.get(pattern.name) or judged[pattern.name] for pattern in self.looked_for]

    def _find(
        self, patterns: Sequence[TrafficPattern], visits: pl.DataFrame, learned: TrafficState | None, batch: Batch, snapshot: Snapshot
    ) -> dict[str, Rows]:
        """Return what each pattern finds in the visits of a whole batch."""
        state = training.with_catalog_prices(self, learned or training.known_users_only(self, snapshot), snapshot)
        return {pattern.name: Rows(pattern.find(visits, state, self._parameters(batch))) for pattern in patterns}

    @property
    def needs(self) -> Needs:
        """Return that one part takes the columns of visits of all rows."""
        return Needs()

    def _load_state(self, snapshot: Snapshot) -> tuple[TrafficState | None, str]:
        """Load the learned state; return the reason instead where it cannot be read."""
        artifact = snapshot.model(self.name)
        try:
            return None if artifact is None else training.unpack_state(artifact.tensors), ""
        except ModelError as error:
            return None, str(error)

    def _damaged(self, pattern: TrafficPattern, damage: str) -> Verdict:
        return self._verdict(pattern, status="not_evaluated", message=pattern.message, observed=Message.text(damage))

    def _parameters(self, batch: Batch) -> DetectionParameters:
        """Collect the parameters of detection."""
        return DetectionParameters(self.significance_level, self.min_similarity, self.min_group_size, self.min_items, batch.at)

    def _silent(self, pattern: TrafficPattern, batch: Batch, visits: pl.DataFrame, damage: str, waits: int | None) -> Verdict | None:
        """Return the verdict of a pattern that is not looked for in the batch; None for one that is."""
        if damage and pattern.learns:
            return self._damaged(pattern, damage)
        if pattern.whole and not batch.whole:
            return self._verdict(pattern, status="skipped", message=Message.of("whole_batch_only"))
        if absent := self.absent(pattern, visits):
            return self._verdict(pattern, status="not_evaluated", message=pattern.message, observed=Message.of("columns_absent", columns=", ".join(absent)))
        if pattern.learns and waits is not None:
            return self._verdict(pattern, status="skipped", message=history.waiting_message(waits))
        return None

    def _judged(self, pattern: TrafficPattern, batch: Batch, findings: pl.DataFrame) -> Verdict:
        return self._of_hours(pattern, findings) if pattern.name == "hourly_volume" else self._of_rows(pattern, batch, findings)

    def _of_rows(self, pattern: TrafficPattern, batch: Batch, findings: pl.DataFrame) -> Verdict:
        rows = batch.rows.select(ROW).join(findings, on=ROW, how="left", maintain_order="left")
        failing = rows["message"].is_not_null().alias(pattern.name)
        blamed = pl.lit(list(self._blamed(pattern)), dtype=pl.List(pl.String)).alias("columns")
        evidence = rows.filter(failing).select(ROW, blamed, "score", "message", pl.lit(None, dtype=pl.String).alias("expected")).cast(EVIDENCE)
        judged, failed = batch.part.total(f"traffic:{pattern.name} counts", (rows.height, int(failing.sum())))
        facts = {"status": "failed" if failed else "passed", "rows": judged, "failed": failed}
        return self._verdict(pattern, failing=failing, message=pattern.message, observed=count_message(failed, judged), evidence=evidence, **facts)

    def _of_hours(self, pattern: TrafficPattern, findings: pl.DataFrame) -> Verdict:
        examples = tuple(
            Message.of(hourly_volume.code_of(kind), hour=hour.isoformat(), events=events, expected=expected)
            for hour, events, expected, kind in findings.head(3).select("hour", "events", "expected", "kind").rows()
        )
        observed = Message.of("odd_hours", hours=findings["hour"].n_unique(), examples=examples) if examples else Message.of("no_odd_hour")
        return self._verdict(pattern, status="failed" if examples else "passed", message=pattern.message, observed=observed, failed=int(bool(examples)))

    def _verdict(self, pattern: TrafficPattern, **facts: Any) -> Verdict:  # noqa: ANN401  # the fields of a Verdict
        rule = f"traffic:{pattern.name}"
        rule_hash = fingerprint("traffic", self.settings_as_json(), rule)
        on_fail = self.on_fail if pattern.strong else "flag"
        return Verdict(rule, "detector", "accuracy", self.severity, on_fail, columns=self._blamed(pattern), fingerprint=rule_hash, **facts)

    def _blamed(self, pattern: TrafficPattern) -> tuple[str, ...]:
        return tuple(self.columns[role] for role in pattern.needs)
