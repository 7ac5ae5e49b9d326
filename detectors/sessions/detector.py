"""Sessions as a step of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import polars as pl

from detectors.autoencoder.detector import Autoencoder
from detectors.learning.calibration import Guarantee
from detectors.learning.restored import restore_model
from detectors.sessions.attribution import PARTS, SessionAttribution
from detectors.sessions.session_features import SessionAggregator
from detectors.sessions.session_snapshot import SessionSnapshot
from sluice.domain import EVIDENCE, ROW, Artifact, Batch, Message, OnFail, Rows, Schema, Severity, Status, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot
from sluice.rules.evidence import count_message


@dataclass(frozen=True)
class _Network(Autoencoder):
    """Run the autoencoder on sessions, under a name of its own."""

    kind: ClassVar[str] = "sessions"

    def silent(self, status: Status, **why: str) -> Verdict:
        """Return a verdict about no row."""
        return self._verdict(status=status, **why)


@dataclass(frozen=True)
class Sessions:
    """Learn what sessions are like as a whole: their length, pauses, items, hours and kinds.

    Of an unusual session it flags the events without which the session would be usual, and all events where there are none.

    Attributes:
        schema: Schema of the dataset (filled in by the program).
        session: Column of the session id.
        item: Column of the item id.
        time: Column of the event time; empty: the time column of the dataset.
        kind: Column of the kind of event; empty where there is none.
        kinds: Kinds that are counted one by one; all others are counted together.
        max_fpr: Highest share of clean sessions that may be flagged by mistake, 0 to 1; a long session is many rows.
        guarantee: How the rate is controlled: marginal, conditional or fdr.
        min_rows: Smallest number of accepted sessions to learn from; below it the detector is skipped.
        max_rows: Largest number of sessions to learn from, the newest ones.
        severity: Severity of the verdict.
        on_fail: What happens to a flagged row.
        training_steps: Weight updates in training, of 512 sessions each.
        device: Device to compute on: cpu or cuda; empty: cuda where there is one.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> columns = (Column("session_id"), Column("item_id"), Column("ts", "timestamp"))
        >>> Sessions(Schema("events", columns=columns, time="ts")).name
        'events.sessions'
    """

    schema: Schema
    session: str = "session_id"
    item: str = "item_id"
    time: str = ""
    kind: str = ""
    kinds: tuple[str, ...] = ("view", "cart", "purchase")
    max_fpr: float = 0.002
    guarantee: Guarantee = "marginal"
    min_rows: int = 4000
    max_rows: int = 40_000
    severity: Severity = "warning"
    on_fail: OnFail = "flag"
    training_steps: int = 400
    device: str = ""

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        if unknown := [name for name in self._aggregates.columns if name not in self.schema.names]:
            raise make_error(InvalidValue, "sessions_undeclared", names=tuple(unknown), columns=tuple(self.schema.names))
        if not self._aggregates.time:
            raise make_error(InvalidValue, "event_time_unnamed")
        assert self._network.name  # noqa: S101  # to make it is to check the settings that it shares

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return self._network.name

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn from the newest accepted sessions.

        Raises:
            ModelError: There are too few to learn from, or to calibrate the budget on.
        """
        return self._network.train(self._sessions(snapshot), seed=seed)

    def partial_fit(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Learn on from the sessions of the runs that came since.

        Raises:
            ModelError: Too few accepted sessions are left to calibrate the budget on.
        """
        return self._network.partial_fit(artifact, self._sessions(snapshot), seed=seed)

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Flag the events of sessions whose p-value is within the budget; skipped for parts of a batch, whose sessions are not seen whole."""
        if not batch.whole:
            return [self._silent("skipped", message="only a whole batch shows what a session is like")]
        if lacking := [name for name in (self._aggregates.session, self._aggregates.item, self._aggregates.time) if name not in batch.rows.columns]:
            return [self._silent("not_evaluated", observed=f"the batch has no column {', '.join(lacking)}")]
        names = [name for name in dict.fromkeys((ROW, *self._aggregates.columns)) if name in batch.rows.columns]
        events = batch.part.exchange("events by session", batch.rows.select(names), (self.session,))
        sessions = replace(batch, rows=self._aggregates.of(events))
        return [self._spread(verdict, events, batch, snapshot) for verdict in self._network.judge(sessions, self._sessions(snapshot))]

    @property
    def needs(self) -> Needs:
        """Return that the events of a session must meet."""
        return Needs.rows((self.session,), self._network.rule, exchanges=True)

    def _silent(self, status: Status, **why: str) -> Verdict:
        return replace(self._network.silent(status, **why), columns=self._aggregates.columns)

    def _spread(self, verdict: Verdict, rows: pl.DataFrame, batch: Batch, snapshot: Snapshot) -> Verdict:
        """Spread verdicts on sessions to those of their events that make them unusual; the sessions of a part have events of other parts."""
        if verdict.failing is None or verdict.evidence is None:
            return replace(verdict, columns=self._aggregates.columns)
        named = rows.select(ROW, pl.col(self.session).cast(pl.String, strict=False).alias("session"))
        flagged = named.join(verdict.evidence.rename({ROW: "session"}), on="session", how="left", maintain_order="left")
        flagged = flagged.join(self._blamed(flagged, rows, snapshot), on=ROW, how="left", maintain_order="left")
        apart = pl.col("size").is_not_null().any().over("session")  # a part of the session is to blame, and the rest of it is not
        flagged = flagged.with_columns(
            message=pl.when(pl.col("message").is_not_null() & (~apart | pl.col("size").is_not_null())).then(
                message_column("session_unusual", reason=pl.col("message"))
            )
        )
        failing = flagged["message"].is_not_null().alias(verdict.rule)
        without = message_column("session_part_unusual", reason=pl.col("message"), events=pl.col("size"), part=pl.col("part"))
        evidence = (
            flagged.filter(failing).with_columns(message=pl.when(pl.col("size").is_null()).then("message").otherwise(without)).select(*EVIDENCE).cast(EVIDENCE)
        )
        judged, failed = batch.part.total("events of sessions", (rows.height, int(failing.sum())))
        if not batch.part.meets((self.session,)):
            everywhere = batch.part.total("events of unusual sessions", Rows(evidence)).frame
            batch.part.wait()
            failing = batch.rows[ROW].is_in(everywhere[ROW].implode()).alias(verdict.rule)
            evidence = batch.rows.filter(failing).select(ROW).join(everywhere, on=ROW, how="left", maintain_order="left")
        observed = Message.of("sessions_and_rows", sessions=verdict.failed, of=verdict.rows, found=count_message(failed, judged))
        return replace(verdict, failing=failing, rows=judged, failed=failed, observed=observed, evidence=evidence, columns=self._aggregates.columns)

    def _blamed(self, flagged: pl.DataFrame, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """Return the blamed parts of the flagged sessions; see `SessionAttribution.to_blame`."""
        artifact = snapshot.model(self.name)
        odd = rows.filter(flagged["message"].is_not_null())
        if artifact is None or odd.is_empty():
            return PARTS.to_frame()
        return SessionAttribution(self._aggregates, restore_model(self._network, artifact).p_values).to_blame(odd)

    def _sessions(self, snapshot: Snapshot) -> SessionSnapshot:
        return SessionSnapshot(snapshot, self._aggregates, self.max_rows)

    @property
    def _aggregates(self) -> SessionAggregator:
        return SessionAggregator(self.session, self.item, self.time or (self.schema.time or ""), self.kind, self.kinds)

    @property
    def _network(self) -> _Network:
        settings = {name: getattr(self, name) for name in ("max_fpr", "guarantee", "min_rows", "max_rows", "severity", "on_fail", "training_steps", "device")}
        return _Network(self._aggregates.schema(self.schema.dataset), **settings)
