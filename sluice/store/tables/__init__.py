"""Declare the tables of the database: records of what happened, never rows of data.

They are tables of SQLAlchemy Core: mapping classes to them takes a short command longer than all its queries.
"""

from __future__ import annotations

from sluice.store.tables.answers import EVENT_IDS, EXPOSURES, IDEMPOTENCY_KEYS, RECORDED_EVENTS, SUPPRESSIONS, UNANSWERED_QUERIES
from sluice.store.tables.columns import METADATA
from sluice.store.tables.gates import CHAMPIONS, DECISIONS, MODELS, OVERRIDES
from sluice.store.tables.incidents import ACTIVITY, ALERT_INCIDENTS, ALERTS, INCIDENTS, LOOKS
from sluice.store.tables.jobs import CONFIGURATIONS, HEARTBEATS, LEASES, RUNNING_JOBS, SCHEDULED_RUNS, SUGGESTIONS, TRIALS
from sluice.store.tables.language_model import MODEL_ANSWERS, MODEL_PROPOSALS
from sluice.store.tables.rows import CORRECTED_CELLS, LABEL_PLANS, PRODUCT_MATCHES, QUARANTINE_STATUS, REQUESTS, UNDONE_REPAIRS
from sluice.store.tables.runs import COUNTERS, GUARDED, PROFILES, RUNS, VALUE_SCORES, VERDICTS

__all__ = [
    "ACTIVITY",
    "ALERTS",
    "ALERT_INCIDENTS",
    "CHAMPIONS",
    "CONFIGURATIONS",
    "CORRECTED_CELLS",
    "COUNTERS",
    "DECISIONS",
    "EVENT_IDS",
    "EXPOSURES",
    "GUARDED",
    "HEARTBEATS",
    "IDEMPOTENCY_KEYS",
    "INCIDENTS",
    "LABEL_PLANS",
    "LEASES",
    "LOOKS",
    "METADATA",
    "MODELS",
    "MODEL_ANSWERS",
    "MODEL_PROPOSALS",
    "OVERRIDES",
    "PRODUCT_MATCHES",
    "PROFILES",
    "QUARANTINE_STATUS",
    "RECORDED_EVENTS",
    "REQUESTS",
    "RUNNING_JOBS",
    "RUNS",
    "SCHEDULED_RUNS",
    "SUGGESTIONS",
    "SUPPRESSIONS",
    "TRIALS",
    "UNANSWERED_QUERIES",
    "UNDONE_REPAIRS",
    "VALUE_SCORES",
    "VERDICTS",
]
