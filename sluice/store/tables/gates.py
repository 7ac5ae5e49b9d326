"""Declare the tables of gates and models: decisions, overrides, models, and which of them serves."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, Table, UniqueConstraint

from sluice.store.sealed_columns import SealedText
from sluice.store.tables.columns import CODE, METADATA, NAME, key, required
from sluice.store.utc import Utc

DECISIONS = Table(
    "decisions",
    METADATA,
    key("id", Integer()),
    required("dataset", index=True),
    required("state", CODE),
    required("reasons", JSON()),  # messages as JSON; sentences in what 0.1 wrote
    required("at", Utc()),
    Column("snapshot", NAME),
    required("runs", JSON()),
    Column("override_id", Integer(), ForeignKey("overrides.id")),
    required("used_by"),
)
"""Record a decision of the gate that was used, and by whom."""

OVERRIDES = Table(
    "overrides",
    METADATA,
    key("id", Integer()),
    required("dataset", index=True),
    required("by"),
    required("reason", SealedText("overrides.reason")),
    required("at", Utc()),
    required("expires", Utc()),
)
"""Record that a person opened a gate until the override expires."""

MODELS = Table(
    "models",
    METADATA,
    key("name"),
    key("version", Integer()),
    required("state", CODE),
    required("digest"),
    required("card", JSON()),
    required("at", Utc()),
)
"""Record one version of a registered model; its bytes are beside the lake's tables, and `digest` is their SHA-256."""

CHAMPIONS = Table(
    "champions",
    METADATA,
    key("id", Integer()),
    required("name"),
    required("version", Integer()),
    required("seq", Integer()),
    UniqueConstraint("name", "seq"),
)
"""Record from which snapshot on a version is the champion of its name."""
