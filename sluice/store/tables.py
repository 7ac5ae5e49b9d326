"""Declare the tables of the database: records of what happened, never rows of data.

They are tables of SQLAlchemy Core: mapping classes to them takes a short command longer than all its queries.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint, false
from sqlalchemy.types import TypeEngine

from sluice.store.utc import Utc

# Constraints are named, so that a migration can drop them again
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_NAME, _CODE, _DIGEST = String(255), String(16), String(64)


def _key(name: str, kind: TypeEngine[Any] = _NAME) -> Column[Any]:
    return Column(name, kind, primary_key=True)


def _required(name: str, kind: TypeEngine[Any] = _NAME, *references: ForeignKey, **options: Any) -> Column[Any]:  # noqa: ANN401  # of Column
    return Column(name, kind, *references, nullable=False, **options)


COUNTERS = Table("counters", METADATA, _key("name"), _required("value", Integer()))
"""Hand out consecutive numbers: `snapshot` counts published runs and changes of a champion, `run` counts records of runs,
`activity` entries of the log, `disposition` transactions that settle held rows, `taken_back` those that hold settled rows again.
`lineage` is the number of the newest run of which a lineage event was accepted.
`replayed/<dataset>` is the snapshot of the newest
run of a dataset since which the rows that wait for it were judged again."""

RUNS = Table(
    "runs",
    METADATA,
    _key("id"),
    _required("number", Integer(), unique=True),
    _required("dataset"),
    _required("kind", _CODE),
    Column("seq", Integer(), unique=True),
    _required("at", Utc()),
    _required("state", _CODE),
    _required("uri", Text()),
    Column("arrival", Float()),
    _required("arrival_dimensions", JSON()),
    Column("published", Float()),
    _required("published_dimensions", JSON()),
    _required("rows", Integer()),
    _required("good", Integer()),
    _required("bad", Integer()),
    _required("repaired", Integer()),
    _required("decision", _CODE),
    _required("reasons", JSON()),  # messages as JSON; sentences in what 0.1 wrote
    _required("versions", JSON()),
    _required("basis"),
    _required("fingerprint"),
    _required("error", Text()),
    Column("started", Utc()),
    Column("finished", Utc()),
    _required("stage", Text()),
    _required("digest"),
    _required("copies", Integer(), server_default="0"),
    _required("superseded", Integer(), server_default="0"),
    _required("revisions", JSON(), server_default="[]"),
    _required("replaced", Integer(), server_default="0"),
    Column("layout", JSON()),
    _required("size", BigInteger(), server_default="0"),
    Column("mark", JSON(none_as_null=True)),
    _required("stages", JSON(), server_default="{}"),
    Column("configuration", Integer()),
    Index(None, "dataset", "seq"),
    Index(None, "state"),
)
"""Record one batch or one audit; `number` is the order of recording, `stage` and `digest` name the files that it is published from."""

VERDICTS = Table(
    "verdicts",
    METADATA,
    _key("id", Integer()),
    _required("run_id", _NAME, ForeignKey("runs.id", ondelete="CASCADE")),
    _required("phase", _CODE),
    _required("position", Integer()),
    _required("rule", Text()),
    _required("nature", _CODE),
    _required("dimension", _CODE),
    _required("severity", _CODE),
    _required("on_fail", _CODE),
    _required("status", _CODE),
    _required("rows", Integer()),
    _required("failed", Integer()),
    _required("columns", JSON()),
    _required("message", Text()),
    _required("observed", Text()),
    _required("filter", Text()),
    _required("fingerprint"),
    UniqueConstraint("run_id", "phase", "position"),
    Index(None, "rule"),
)
"""Record the verdict of one rule on one run, in one phase; its mask is in the quarantine's reasons."""

PROFILES = Table(
    "profiles",
    METADATA,
    Column("run_id", _NAME, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    _key("column", Text()),
    _required("position", Integer()),
    _required("type", _CODE),
    _required("counts", JSON()),
    _required("cells", JSON()),
)
"""Describe one column of the rows that a run judged; `cells` is the part of the description that shows values, all of it text."""

VALUE_SCORES = Table(
    "value_scores",
    METADATA,
    Column("run_id", _NAME, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    _key("column", Text()),
    _key("position", Integer()),
    Column("value", Text()),
    _required("others", Boolean()),
    _required("rows", Integer()),
    _required("held", Integer()),
    _required("failing", Integer()),
    Column("score", Float()),
)
"""Score the rows that a run judged and that have one value in a column; `value` is null for rows without one, and for all `others` together."""

QUARANTINE_STATUS = Table(
    "quarantine_status",
    METADATA,
    _key("dataset"),
    _key("row_id"),
    _required("state", _CODE),
    _required("by"),
    _required("reason", Text()),
    _required("at", Utc()),
    Column("run_id", _NAME),
    _required("number", Integer(), server_default="0"),
    Index(None, "dataset", "number"),
)
"""Record that a quarantined row was released or rejected, or repeats a published row; a row without a record is held.

`number` grows with each transaction that adds records; it is 0 in what was recorded before there were numbers.
"""

UNDONE_REPAIRS = Table("undone_repairs", METADATA, _key("dataset"), _key("repair_id", Text()), _required("run_id"), _required("at", Utc()))
"""Record a repair that was undone."""

REQUESTS = Table(
    "requests",
    METADATA,
    _key("id"),
    _required("kind", _CODE),
    _required("dataset"),
    _required("by"),
    _required("note", Text()),
    _required("at", Utc()),
    _required("rows", JSON()),
    Column("rule", Text()),
    _required("state", _CODE),
    _required("answer", Text()),
    Column("finished", Utc()),
    _required("model", server_default=""),
    Column("until", Utc()),
    _required("taken_by", server_default=""),
    _required("epoch", Integer(), server_default="0"),
    _required("ask", Boolean(), server_default=false()),
    Column("person", JSON(none_as_null=True)),
    _required("approved_by", server_default=""),
    Index(None, "dataset", "state"),
)
"""Record what a person requested; `taken_by` and `epoch` name the worker that carries it out, and its lease; `person` signed in."""

CORRECTED_CELLS = Table(
    "corrected_cells",
    METADATA,
    _key("request"),
    _key("position", Integer()),
    _required("row_id"),
    _required("column", Text()),
    Column("text", Text()),
)
"""Record the right values that a request names, until it is answered; then they are repairs, or were not taken over."""

DECISIONS = Table(
    "decisions",
    METADATA,
    _key("id", Integer()),
    _required("dataset", index=True),
    _required("state", _CODE),
    _required("reasons", JSON()),  # messages as JSON; sentences in what 0.1 wrote
    _required("at", Utc()),
    Column("snapshot", _NAME),
    _required("runs", JSON()),
    Column("override_id", Integer(), ForeignKey("overrides.id")),
    _required("used_by"),
)
"""Record a decision of the gate that was used, and by whom."""

OVERRIDES = Table(
    "overrides",
    METADATA,
    _key("id", Integer()),
    _required("dataset", index=True),
    _required("by"),
    _required("reason", Text()),
    _required("at", Utc()),
    _required("expires", Utc()),
)
"""Record that a person opened a gate until the override expires."""

GUARDED = Table(
    "guarded",
    METADATA,
    _key("id", Integer()),
    _required("dataset", index=True),
    _required("at", Utc()),
    _required("snapshot", Integer()),
    _required("rules"),
    _required("settings"),
    _required("rows", Integer()),
    _required("columns", JSON()),
)
"""Record how many planted errors were found, by column and kind (`Guarded`)."""

INCIDENTS = Table(
    "incidents",
    METADATA,
    _key("id", Integer()),
    _required("dataset"),
    _required("rule", Text()),
    _required("severity", _CODE),
    _required("message", Text()),
    _required("first_seen", Utc()),
    _required("last_seen", Utc()),
    _required("times", Integer()),
    _required("state", _CODE),
    _required("passes_since", server_default=""),
    _required("owner", server_default=""),
    Column("muted_until", Utc()),
    _required("cause", _CODE, server_default=""),
    Index(None, "dataset", "state"),
)
"""Record a rule that keeps failing; at most one incident of a dataset and rule is unresolved. `passes_since` is the run since which the rule passes."""

ALERTS = Table(
    "alerts",
    METADATA,
    _key("id", Integer()),
    _required("at", Utc()),
    _required("sink"),
    _required("title", Text()),
    _required("lines", JSON()),
    _required("dataset"),
    _required("run_id"),
    _required("incidents", JSON()),
    _required("state", _CODE),
    _required("attempts", Integer()),
    Column("due", Utc()),
    _required("error", Text()),
    Column("sent", Utc()),
    _required("sending", Boolean()),
    _required("repeated", Boolean()),
    _required("route", Text(), server_default=""),
    _required("severity", _CODE, server_default="critical"),
    _required("kind", _CODE, server_default="news"),
    _required("wait", Text(), server_default=""),
    _required("forced", Boolean(), server_default=false()),
    Column("message", Integer()),
    Index(None, "state"),
)
"""Record what is to be sent to one address, and what became of it; times are by the database's clock."""

ALERT_INCIDENTS = Table(
    "alert_incidents",
    METADATA,
    _key("alert_id", Integer()),
    _key("incident_id", Integer()),
    Index(None, "incident_id"),
)
"""Find the alerts that were not muted of an incident, which `alerts` lists by alert."""

ACTIVITY = Table(
    "activity",
    METADATA,
    _key("id", Integer()),
    _required("at", Utc()),
    _required("who"),
    _required("what"),
    _required("subject", Text()),
    _required("reason", Text()),
    Column("number", Integer()),
    _required("subject_salt", _DIGEST, server_default=""),
    _required("subject_digest", _DIGEST, server_default=""),
    _required("reason_salt", _DIGEST, server_default=""),
    _required("reason_digest", _DIGEST, server_default=""),
    _required("erased", Integer(), server_default="0"),
    _required("key_id", _DIGEST, server_default=""),
    _required("digest", _DIGEST, server_default=""),
    Index(None, "number", unique=True),
)
"""Log who did what, and why; triggers refuse every change but the erasure of a text with its salt. `number` is the place in the chain of digests."""

MODELS = Table(
    "models",
    METADATA,
    _key("name"),
    _key("version", Integer()),
    _required("state", _CODE),
    _required("digest"),
    _required("card", JSON()),
    _required("at", Utc()),
)
"""Record one version of a registered model; its bytes are beside the lake's tables, and `digest` is their SHA-256."""

CHAMPIONS = Table(
    "champions",
    METADATA,
    _key("id", Integer()),
    _required("name"),
    _required("version", Integer()),
    _required("seq", Integer()),
    UniqueConstraint("name", "seq"),
)
"""Record from which snapshot on a version is the champion of its name."""

LEASES = Table(
    "leases",
    METADATA,
    _key("name"),
    Column("owner", _NAME),
    _required("epoch", Integer()),
    _required("heartbeat", Float()),
    _required("ttl", Float()),
)
"""Record who may write what; `epoch` grows with each holder, `heartbeat` is in seconds by the database's clock."""

SCHEDULED_RUNS = Table(
    "scheduled_runs",
    METADATA,
    _key("job"),
    _key("fire_time"),
    _required("state", _CODE),
    _required("at", Utc()),
    Column("finished", Utc()),
    _required("attempts", Integer(), server_default="1"),
)
"""Record one firing of a scheduled job, by its time in UTC: begun, failed or done. `at` is when the newest of its attempts began."""

CONFIGURATIONS = Table(
    "configurations",
    METADATA,
    _key("number", Integer()),
    _required("digest", _DIGEST, index=True),
    _required("text", Text()),
    _required("author"),
    _required("note", Text()),
    _required("at", Utc()),
    _required("state", _CODE),
    _required("approved_by", server_default=""),
    _required("base", Integer(), server_default="0"),
    _required("machine", Text(), server_default=""),
)
"""Record a version of the configuration: the live one of the greatest number is in force; `base` is the one before it."""

RUNNING_JOBS = Table(
    "running_jobs",
    METADATA,
    _key("id"),
    _required("kind", _CODE),
    _required("dataset"),
    _required("file", Text()),
    _required("stage", Text()),
    _required("done", Integer()),
    Column("total", Integer()),
    _required("started", Utc()),
    _required("owner"),
    _required("heartbeat", Float()),
    _required("cancelled_by", server_default=""),
)
"""Record a job that has run for a second or longer; `heartbeat` is in seconds by the database's clock, `cancelled_by` is who asked for its end."""

HEARTBEATS = Table("heartbeats", METADATA, _key("worker"), _required("at", Utc()))
"""Record when a worker was last alive."""

SUGGESTIONS = Table(
    "suggestions",
    METADATA,
    _key("dataset"),
    _key("kind", _CODE),
    _key("rule", Text()),
    _required("position", Integer()),
    _required("edit", JSON()),
    _required("reason", Text()),
    _required("evidence", Text()),
    _required("at", Utc()),
    _required("refused_by", server_default=""),
)
"""Record a rule that accepted batches suggest; what was refused is remembered."""

TRIALS = Table(
    "trials",
    METADATA,
    _key("id"),
    _required("dataset"),
    _required("edit", JSON()),
    _required("digest"),
    _required("days", Integer()),
    _required("difference", Text()),
    _required("done", Integer()),
    Column("total", Integer()),
    _required("batches", JSON()),
    _required("rules", JSON()),
)
"""Record a rule that a person tries on recorded batches, and what came of it; requests name its `id`."""

LABEL_PLANS = Table(
    "label_plans",
    METADATA,
    _key("dataset"),
    _required("rows", JSON()),
    _required("done", Integer()),
    Column("total", Integer()),
)
"""Record the rows of a dataset that people are asked to label, and how many are chosen while others are."""

PRODUCT_MATCHES = Table("product_matches", METADATA, _key("dataset"), _required("matches", JSON()))
"""Record which products of a dataset may be listed under several ids, and the pairs that people are asked about."""

LOOKS = Table("looks", METADATA, _key("viewer"), _required("at", Utc()), Column("since", Utc()))
"""Record when a person looked last at what is new; `since` is the last look of the visit before."""

UNANSWERED_QUERIES = Table(
    "unanswered_queries",
    METADATA,
    _key("query", String(200)),
    _required("times", Integer()),
    _required("first", Utc()),
    _required("last", Utc()),
)
"""Count queries of the search that no item answered."""

RECORDED_EVENTS = Table(
    "recorded_events",
    METADATA,
    _key("number", BigInteger().with_variant(Integer(), "sqlite")),
    Column("event", String(128), unique=True),
    _required("user", String(300)),
    _required("item", String(300)),
    Column("kind", String(300)),
    _required("time", Utc()),
    _required("recorded", Utc()),
    _required("snapshot", Integer()),
    Index(None, "user", "number"),
)
"""Record an event that counts in the next answers until it is published; `event` is the id that its sender gave it, `snapshot` the newest one then."""

EXPOSURES = Table(
    "exposures",
    METADATA,
    _key("number", BigInteger().with_variant(Integer(), "sqlite")),
    _required("list", String(32)),
    _required("time", Utc(), index=True),
    Column("user", String(300)),
    _required("item", String(300)),
    _required("position", Integer()),
    _required("place", String(100)),
    _required("model", Integer()),
)
"""Record an item that a shopper was shown: by which version of the recommender, in which list and position, and where; `user` may be a pseudonym."""

EVENT_IDS = Table(
    "event_ids",
    METADATA,
    _key("number", BigInteger().with_variant(Integer(), "sqlite")),
    _required("event", _DIGEST, unique=True),
    _required("body", _DIGEST),
    _required("timed_body", _DIGEST),
    _required("recorded", Utc(), index=True),
)
"""Record digests of the id of an event, of what it says without its time, and with it; they outlive the event, so that it is recorded once."""

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    _key("sender"),
    _key("key", _DIGEST),
    _required("body", _DIGEST),
    _required("answer", Text()),
    _required("at", Utc(), index=True),
)
"""Record the answer to a request that carries a key; `key` and `body` are digests, `at` is by the database's clock."""

SUPPRESSIONS = Table(
    "suppressions",
    METADATA,
    _key("id", Integer()),
    _required("at", Utc()),
    _required("by"),
    _required("reason", Text()),
    _required("mode", _CODE),
    _required("key_id", _DIGEST),
    _required("identifiers", JSON()),
    _required("cells", JSON()),
    Column("finished", Utc()),
    Column("report", JSON(none_as_null=True)),
    Column("plan", JSON(none_as_null=True)),
)
"""Record whose data were erased, by keyed digests; `plan` holds what is searched while the erasure runs, and is cleared at its end."""
