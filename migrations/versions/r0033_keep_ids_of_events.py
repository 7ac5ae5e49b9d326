"""Keep digests of the ids of recorded events, which outlive the events: one that was sent again after its batch was published counted twice."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Row

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_EVENTS = sa.table(
    "recorded_events",
    *(sa.column(name, sa.String()) for name in ("event", "user", "item", "kind")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("time", "recorded")),
    sa.column("number", sa.BigInteger()),
)


def upgrade() -> None:
    """Create the table, with the ids of the events that are there."""
    ids = op.create_table(
        "event_ids",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("timed_body", sa.String(length=64), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_ids")),
        sa.UniqueConstraint("event", name=op.f("uq_event_ids_event")),
    )
    op.create_index(op.f("ix_event_ids_recorded"), "event_ids", ["recorded"])
    events = op.get_bind().execute(sa.select(_EVENTS).where(_EVENTS.c.event.is_not(None)).order_by(_EVENTS.c.number))
    for part in events.partitions(1000):
        op.bulk_insert(ids, [_digests(event) for event in part])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("event_ids")


def _digests(event: Row[tuple[object, ...]]) -> dict[str, object]:
    time = event.time.replace(tzinfo=UTC) if event.time.tzinfo is None else event.time.astimezone(UTC)
    body = (event.event, event.user, event.item, event.kind)
    return {"event": _digest(event.event), "body": _digest(*body), "timed_body": _digest(*body, time.isoformat()), "recorded": event.recorded}


def _digest(*texts: str | None) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
