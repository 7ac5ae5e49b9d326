"""Declare the tables of incidents and alerts, and of what people did and when they looked."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text, false

from sluice.store.sealed_columns import SealedText
from sluice.store.tables.columns import CODE, DIGEST, METADATA, key, required
from sluice.store.utc import Utc

INCIDENTS = Table(
    "incidents",
    METADATA,
    key("id", Integer()),
    required("dataset"),
    required("rule", Text()),
    required("severity", CODE),
    required("message", Text()),
    required("first_seen", Utc()),
    required("last_seen", Utc()),
    required("times", Integer()),
    required("state", CODE),
    required("passes_since", server_default=""),
    required("owner", server_default=""),
    Column("muted_until", Utc()),
    required("cause", CODE, server_default=""),
    Index(None, "dataset", "state"),
)
"""Record a rule that keeps failing; at most one incident of a dataset and rule is unresolved. `passes_since` is the run since which the rule passes."""

ALERTS = Table(
    "alerts",
    METADATA,
    key("id", Integer()),
    required("at", Utc()),
    required("sink"),
    required("title", Text()),
    required("lines", JSON()),
    required("dataset"),
    required("run_id"),
    required("incidents", JSON()),
    required("state", CODE),
    required("attempts", Integer()),
    Column("due", Utc()),
    required("error", Text()),
    Column("sent", Utc()),
    required("sending", Boolean()),
    required("repeated", Boolean()),
    required("route", Text(), server_default=""),
    required("severity", CODE, server_default="critical"),
    required("kind", CODE, server_default="news"),
    required("wait", Text(), server_default=""),
    required("forced", Boolean(), server_default=false()),
    Column("message", Integer()),
    Index(None, "state"),
)
"""Record what is to be sent to one address, and what became of it; times are by the database's clock."""

ALERT_INCIDENTS = Table(
    "alert_incidents",
    METADATA,
    key("alert_id", Integer()),
    key("incident_id", Integer()),
    Index(None, "incident_id"),
)
"""Find the alerts that were not muted of an incident, which `alerts` lists by alert."""

ACTIVITY = Table(
    "activity",
    METADATA,
    key("id", Integer()),
    required("at", Utc()),
    required("who"),
    required("what"),
    required("subject", SealedText("activity.subject")),
    required("reason", SealedText("activity.reason")),
    Column("number", Integer()),
    required("subject_salt", DIGEST, server_default=""),
    required("subject_digest", DIGEST, server_default=""),
    required("reason_salt", DIGEST, server_default=""),
    required("reason_digest", DIGEST, server_default=""),
    required("erased", Integer(), server_default="0"),
    required("key_id", DIGEST, server_default=""),
    required("digest", DIGEST, server_default=""),
    Index(None, "number", unique=True),
)
"""Log who did what, and why; triggers refuse every change but the erasure of a text with its salt. `number` is the place in the chain of digests."""

LOOKS = Table("looks", METADATA, key("viewer"), required("at", Utc()), Column("since", Utc()))
"""Record when a person looked last at what is new; `since` is the last look of the visit before."""
