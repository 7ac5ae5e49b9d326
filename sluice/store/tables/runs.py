"""Declare the tables of runs, of their verdicts, and of what was measured of their batches."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from sluice.store.tables.columns import CODE, METADATA, NAME, key, required
from sluice.store.utc import Utc

COUNTERS = Table("counters", METADATA, key("name"), required("value", Integer()))
"""Hand out consecutive numbers: `snapshot` counts published runs and changes of a champion, `run` counts records of runs,
`activity` entries of the log, `disposition` transactions that settle held rows, `taken_back` those that hold settled rows again.
`lineage` is the number of the newest run of which a lineage event was accepted. `replayed/<dataset>` is the snapshot of the newest run of a dataset
since which the rows that wait for it were judged again."""

RUNS = Table(
    "runs",
    METADATA,
    key("id"),
    required("number", Integer(), unique=True),
    required("dataset"),
    required("kind", CODE),
    Column("seq", Integer(), unique=True),
    required("at", Utc()),
    required("state", CODE),
    required("uri", Text()),
    Column("arrival", Float()),
    required("arrival_dimensions", JSON()),
    Column("published", Float()),
    required("published_dimensions", JSON()),
    required("rows", Integer()),
    required("good", Integer()),
    required("bad", Integer()),
    required("repaired", Integer()),
    required("decision", CODE),
    required("reasons", JSON()),  # messages as JSON; sentences in what 0.1 wrote
    required("versions", JSON()),
    required("basis"),
    required("fingerprint"),
    required("error", Text()),
    Column("started", Utc()),
    Column("finished", Utc()),
    required("stage", Text()),
    required("digest"),
    required("copies", Integer(), server_default="0"),
    required("superseded", Integer(), server_default="0"),
    required("revisions", JSON(), server_default="[]"),
    required("replaced", Integer(), server_default="0"),
    Column("layout", JSON()),
    required("size", BigInteger(), server_default="0"),
    Column("mark", JSON(none_as_null=True)),
    required("stages", JSON(), server_default="{}"),
    Column("configuration", Integer()),
    Index(None, "dataset", "seq"),
    Index(None, "state"),
)
"""Record one batch or one audit; `number` is the order of recording, `stage` and `digest` name the files that it is published from."""

VERDICTS = Table(
    "verdicts",
    METADATA,
    key("id", Integer()),
    required("run_id", NAME, ForeignKey("runs.id", ondelete="CASCADE")),
    required("phase", CODE),
    required("position", Integer()),
    required("rule", Text()),
    required("nature", CODE),
    required("dimension", CODE),
    required("severity", CODE),
    required("on_fail", CODE),
    required("status", CODE),
    required("rows", Integer()),
    required("failed", Integer()),
    required("columns", JSON()),
    required("message", Text()),
    required("observed", Text()),
    required("filter", Text()),
    required("fingerprint"),
    UniqueConstraint("run_id", "phase", "position"),
    Index(None, "rule"),
)
"""Record the verdict of one rule on one run, in one phase; its mask is in the quarantine's reasons."""

PROFILES = Table(
    "profiles",
    METADATA,
    Column("run_id", NAME, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    key("column", Text()),
    required("position", Integer()),
    required("type", CODE),
    required("counts", JSON()),
    required("cells", JSON()),
)
"""Describe one column of the rows that a run judged; `cells` is the part of the description that shows values, all of it text."""

VALUE_SCORES = Table(
    "value_scores",
    METADATA,
    Column("run_id", NAME, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    key("column", Text()),
    key("position", Integer()),
    Column("value", Text()),
    required("others", Boolean()),
    required("rows", Integer()),
    required("held", Integer()),
    required("failing", Integer()),
    Column("score", Float()),
)
"""Score the rows that a run judged and that have one value in a column; `value` is null for rows without one, and for all `others` together."""

GUARDED = Table(
    "guarded",
    METADATA,
    key("id", Integer()),
    required("dataset", index=True),
    required("at", Utc()),
    required("snapshot", Integer()),
    required("rules"),
    required("settings"),
    required("rows", Integer()),
    required("columns", JSON()),
)
"""Record how many planted errors were found, by column and kind (`Guarded`)."""
