"""Declare the tables of the database: records of what happened, never rows of data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Float, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sluice.store.utc import Utc


class Base(DeclarativeBase):
    """Name every constraint, so that a migration can drop it again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Utc,
        str: String(255),
        list[str]: JSON,
        list[Any]: JSON,
        dict[str, int]: JSON,
        dict[str, float]: JSON,
        dict[str, Any]: JSON,
    }


class CounterRow(Base):
    """Hand out consecutive numbers: `snapshot` counts published runs and changes of a champion, `run` counts records of runs."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class RunRow(Base):
    """Record one batch or one audit; `number` is the order of recording, `stage` and `digest` name the files that it is published from."""

    __tablename__ = "runs"
    __table_args__ = (Index(None, "dataset", "seq"), Index(None, "state"))

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    dataset: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int | None] = mapped_column(unique=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    uri: Mapped[str] = mapped_column(Text)
    arrival: Mapped[float | None] = mapped_column(Float)
    arrival_dimensions: Mapped[dict[str, float]]
    published: Mapped[float | None] = mapped_column(Float)
    published_dimensions: Mapped[dict[str, float]]
    rows: Mapped[int]
    good: Mapped[int]
    bad: Mapped[int]
    repaired: Mapped[int]
    decision: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[Any]]  # messages as JSON; sentences in what 0.1 wrote
    versions: Mapped[dict[str, int]]
    basis: Mapped[str]
    fingerprint: Mapped[str]
    error: Mapped[str] = mapped_column(Text)
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(Text)
    digest: Mapped[str]
    copies: Mapped[int] = mapped_column(server_default="0")
    superseded: Mapped[int] = mapped_column(server_default="0")
    revises: Mapped[str | None]
    revision: Mapped[dict[str, Any] | None]
    replaced: Mapped[int] = mapped_column(server_default="0")
    layout: Mapped[dict[str, Any] | None]


class VerdictRow(Base):
    """Record the verdict of one rule on one run, in one phase; its mask is in the quarantine's reasons."""

    __tablename__ = "verdicts"
    __table_args__ = (UniqueConstraint("run_id", "phase", "position"), Index(None, "rule"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    phase: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    rule: Mapped[str] = mapped_column(Text)
    nature: Mapped[str] = mapped_column(String(16))
    dimension: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    on_fail: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    rows: Mapped[int]
    failed: Mapped[int]
    columns: Mapped[list[str]]
    message: Mapped[str] = mapped_column(Text)
    observed: Mapped[str] = mapped_column(Text)
    filter: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str]


class QuarantineStatusRow(Base):
    """Record that a quarantined row was released or rejected, or repeats a published row; a row without a record is held."""

    __tablename__ = "quarantine_status"

    dataset: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    run_id: Mapped[str | None]


class UndoneRepairRow(Base):
    """Record a repair that was undone."""

    __tablename__ = "undone_repairs"

    dataset: Mapped[str] = mapped_column(primary_key=True)
    repair_id: Mapped[str] = mapped_column(Text, primary_key=True)
    run_id: Mapped[str]
    at: Mapped[datetime]


class RequestRow(Base):
    """Record what a person requested; `taken_by` and `epoch` name the worker that carries it out, and its lease."""

    __tablename__ = "requests"
    __table_args__ = (Index(None, "dataset", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    dataset: Mapped[str]
    by: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    rows: Mapped[list[str]]
    rule: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(Text)
    finished: Mapped[datetime | None]
    model: Mapped[str] = mapped_column(server_default="")
    until: Mapped[datetime | None]
    taken_by: Mapped[str] = mapped_column(server_default="")
    epoch: Mapped[int] = mapped_column(server_default="0")


class DecisionRow(Base):
    """Record a decision of the gate that was used, and by whom."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[Any]]  # messages as JSON; sentences in what 0.1 wrote
    at: Mapped[datetime]
    snapshot: Mapped[str | None]
    runs: Mapped[list[str]]
    override_id: Mapped[int | None] = mapped_column(ForeignKey("overrides.id"))
    used_by: Mapped[str]


class OverrideRow(Base):
    """Record that a person opened a gate until the override expires."""

    __tablename__ = "overrides"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(index=True)
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    expires: Mapped[datetime]


class GuardedRow(Base):
    """Record how many planted errors were found, by column and kind (`Guarded`)."""

    __tablename__ = "guarded"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    snapshot: Mapped[int]
    rules: Mapped[str]
    settings: Mapped[str]
    rows: Mapped[int]
    columns: Mapped[dict[str, Any]]


class IncidentRow(Base):
    """Record a rule that keeps failing; at most one incident of a dataset and rule is unresolved."""

    __tablename__ = "incidents"
    __table_args__ = (Index(None, "dataset", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str]
    rule: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(16))
    message: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    times: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))


class ActivityRow(Base):
    """Log who did what, and why; rows are added and never changed."""

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class ModelRow(Base):
    """Record one version of a registered model; its bytes are beside the lake's tables, and `digest` is their SHA-256."""

    __tablename__ = "models"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str]
    card: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ChampionRow(Base):
    """Record from which snapshot on a version is the champion of its name."""

    __tablename__ = "champions"
    __table_args__ = (UniqueConstraint("name", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    seq: Mapped[int]


class LeaseRow(Base):
    """Record who may write what; `epoch` grows with each holder, `heartbeat` is in seconds by the database's clock."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    epoch: Mapped[int]
    heartbeat: Mapped[float] = mapped_column(Float)
    ttl: Mapped[float] = mapped_column(Float)


class ScheduledRunRow(Base):
    """Record one firing of a scheduled job that is done."""

    __tablename__ = "scheduled_runs"

    job: Mapped[str] = mapped_column(primary_key=True)
    fire_time: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    finished: Mapped[datetime | None]


class HeartbeatRow(Base):
    """Record when a worker was last alive."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
