"""Declare the tables of held rows, of repairs that were undone, and of what people requested for rows."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text, false

from sluice.store.sealed_columns import SealedText
from sluice.store.tables.columns import CODE, METADATA, NAME, key, required
from sluice.store.utc import Utc

QUARANTINE_STATUS = Table(
    "quarantine_status",
    METADATA,
    key("dataset"),
    key("row_id"),
    required("state", CODE),
    required("by"),
    required("reason", SealedText("quarantine_status.reason")),
    required("at", Utc()),
    Column("run_id", NAME),
    required("number", Integer(), server_default="0"),
    Index(None, "dataset", "number"),
)
"""Record that a quarantined row was released or rejected, or repeats a published row; a row without a record is held.

`number` grows with each transaction that adds records; it is 0 in what was recorded before there were numbers.
"""

UNDONE_REPAIRS = Table("undone_repairs", METADATA, key("dataset"), key("repair_id", Text()), required("run_id"), required("at", Utc()))
"""Record a repair that was undone."""

REQUESTS = Table(
    "requests",
    METADATA,
    key("id"),
    required("kind", CODE),
    required("dataset"),
    required("by"),
    required("note", SealedText("requests.note")),
    required("at", Utc()),
    required("rows", JSON()),
    Column("rule", Text()),
    required("state", CODE),
    required("answer", SealedText("requests.answer")),
    Column("finished", Utc()),
    required("model", server_default=""),
    Column("until", Utc()),
    required("taken_by", server_default=""),
    required("epoch", Integer(), server_default="0"),
    required("ask", Boolean(), server_default=false()),
    Column("person", JSON(none_as_null=True)),
    required("approved_by", server_default=""),
    Index(None, "dataset", "state"),
)
"""Record what a person requested; `taken_by` and `epoch` name the worker that carries it out, and its lease; `person` signed in."""

CORRECTED_CELLS = Table(
    "corrected_cells",
    METADATA,
    key("request"),
    key("position", Integer()),
    required("row_id"),
    required("column", Text()),
    Column("text", SealedText("corrected_cells.text", lenient=False)),
)
"""Record the right values that a request names, until it is answered; then they are repairs, or were not taken over."""

LABEL_PLANS = Table(
    "label_plans",
    METADATA,
    key("dataset"),
    required("rows", JSON()),
    required("done", Integer()),
    Column("total", Integer()),
)
"""Record the rows of a dataset that people are asked to label, and how many are chosen while others are."""

PRODUCT_MATCHES = Table("product_matches", METADATA, key("dataset"), required("matches", JSON()))
"""Record which products of a dataset may be listed under several ids, and the pairs that people are asked about."""
