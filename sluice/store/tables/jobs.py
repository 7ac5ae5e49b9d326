"""Declare the tables of jobs: leases, firings, heartbeats, the configuration in force, suggested and tried rules."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Integer, Table, Text

from sluice.store.sealed_columns import SealedJson, SealedText
from sluice.store.tables.columns import CODE, DIGEST, METADATA, NAME, key, required
from sluice.store.utc import Utc

LEASES = Table(
    "leases",
    METADATA,
    key("name"),
    Column("owner", NAME),
    required("epoch", Integer()),
    required("heartbeat", Float()),
    required("ttl", Float()),
)
"""Record who may write what; `epoch` grows with each holder, `heartbeat` is in seconds by the database's clock."""

SCHEDULED_RUNS = Table(
    "scheduled_runs",
    METADATA,
    key("job"),
    key("fire_time"),
    required("state", CODE),
    required("at", Utc()),
    Column("finished", Utc()),
    required("attempts", Integer(), server_default="1"),
)
"""Record one firing of a scheduled job, by its time in UTC: begun, failed or done. `at` is when the newest of its attempts began."""

CONFIGURATIONS = Table(
    "configurations",
    METADATA,
    key("number", Integer()),
    required("digest", DIGEST, index=True),
    required("text", Text()),
    required("author"),
    required("note", Text()),
    required("at", Utc()),
    required("state", CODE),
    required("approved_by", server_default=""),
    required("base", Integer(), server_default="0"),
    required("machine", Text(), server_default=""),
    required("files", JSON(), server_default="{}"),
)
"""Record a version of the configuration: the live one of the greatest number is in force; `base` is the one before it."""

RUNNING_JOBS = Table(
    "running_jobs",
    METADATA,
    key("id"),
    required("kind", CODE),
    required("dataset"),
    required("file", Text()),
    required("stage", Text()),
    required("done", Integer()),
    Column("total", Integer()),
    required("started", Utc()),
    required("owner"),
    required("heartbeat", Float()),
    required("cancelled_by", server_default=""),
)
"""Record a job that has run for a second or longer; `heartbeat` is in seconds by the database's clock, `cancelled_by` is who asked for its end."""

HEARTBEATS = Table("heartbeats", METADATA, key("worker"), required("at", Utc()))
"""Record when a worker was last alive."""

SUGGESTIONS = Table(
    "suggestions",
    METADATA,
    key("dataset"),
    key("kind", CODE),
    key("rule", Text()),
    required("position", Integer()),
    required("edit", JSON()),
    required("reason", Text()),
    required("evidence", Text()),
    required("at", Utc()),
    required("refused_by", server_default=""),
)
"""Record a rule that accepted batches suggest; what was refused is remembered."""

TRIALS = Table(
    "trials",
    METADATA,
    key("id"),
    required("dataset"),
    required("edit", SealedJson("trials.edit")),
    required("digest"),
    required("days", Integer()),
    required("difference", SealedText("trials.difference")),
    required("done", Integer()),
    Column("total", Integer()),
    required("batches", SealedJson("trials.batches")),
    required("rules", SealedJson("trials.rules")),
)
"""Record a rule that a person tries on recorded batches, and what came of it; requests name its `id`."""
