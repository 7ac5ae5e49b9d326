"""Declare the tables of the recommender and the HTTP API, and of people who were forgotten."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text

from sluice.store.sealed_columns import SealedJson, SealedText
from sluice.store.tables.columns import CODE, DIGEST, METADATA, key, required
from sluice.store.utc import Utc

UNANSWERED_QUERIES = Table(
    "unanswered_queries",
    METADATA,
    key("query", String(200)),
    required("times", Integer()),
    required("first", Utc()),
    required("last", Utc()),
)
"""Count queries of the search that no item answered."""

RECORDED_EVENTS = Table(
    "recorded_events",
    METADATA,
    key("number", BigInteger().with_variant(Integer(), "sqlite")),
    Column("event", String(128), unique=True),
    required("user", String(300)),
    required("item", String(300)),
    Column("kind", String(300)),
    required("time", Utc()),
    required("recorded", Utc()),
    required("snapshot", Integer()),
    Index(None, "user", "number"),
)
"""Record an event that counts in the next answers until it is published; `event` is the id that its sender gave it, `snapshot` the newest one then."""

EXPOSURES = Table(
    "exposures",
    METADATA,
    key("number", BigInteger().with_variant(Integer(), "sqlite")),
    required("list", String(32)),
    required("time", Utc(), index=True),
    Column("user", String(300)),
    required("item", String(300)),
    required("position", Integer()),
    required("place", String(100)),
    required("model", Integer()),
)
"""Record an item that a shopper was shown: by which version of the recommender, in which list and position, and where; `user` may be a pseudonym."""

EVENT_IDS = Table(
    "event_ids",
    METADATA,
    key("number", BigInteger().with_variant(Integer(), "sqlite")),
    required("event", DIGEST, unique=True),
    required("body", DIGEST),
    required("timed_body", DIGEST),
    required("recorded", Utc(), index=True),
)
"""Record digests of the id of an event, of what it says without its time, and with it; they outlive the event, so that it is recorded once."""

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    METADATA,
    key("sender"),
    key("key", DIGEST),
    required("body", DIGEST),
    required("answer", Text()),
    required("at", Utc(), index=True),
)
"""Record the answer to a request that carries a key; `key` and `body` are digests, `at` is by the database's clock."""

SUPPRESSIONS = Table(
    "suppressions",
    METADATA,
    key("id", Integer()),
    required("at", Utc()),
    required("by"),
    required("reason", SealedText("suppressions.reason")),
    required("mode", CODE),
    required("key_id", DIGEST),
    required("identifiers", JSON()),
    required("cells", JSON()),
    Column("finished", Utc()),
    Column("report", JSON(none_as_null=True)),
    Column("plan", SealedJson("suppressions.plan", none_as_null=True)),
)
"""Record whose data were erased, by keyed digests; `plan` holds what is searched while the erasure runs, and is cleared at its end."""
