"""Keep records in the database and rows in the lake, published together exactly once."""

from __future__ import annotations

from sluice.store.activity import ActivityEntry
from sluice.store.database import Database, connect
from sluice.store.failpoints import COMPACTION_POINTS, FAIL_POINTS
from sluice.store.lake import Lake
from sluice.store.migrate import pending, require_current, upgrade
from sluice.store.opening import open_store
from sluice.store.snapshot import SqlSnapshot
from sluice.store.staging import empty_table
from sluice.store.store import SqlStore

__all__ = [
    "COMPACTION_POINTS",
    "FAIL_POINTS",
    "ActivityEntry",
    "Database",
    "Lake",
    "SqlSnapshot",
    "SqlStore",
    "connect",
    "empty_table",
    "open_store",
    "pending",
    "require_current",
    "upgrade",
]
