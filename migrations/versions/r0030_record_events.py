"""Record the events that a shop posts, which a restart of the service lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "recorded_events",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=128), nullable=True),
        sa.Column("user", sa.String(length=300), nullable=False),
        sa.Column("item", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=300), nullable=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_recorded_events")),
        sa.UniqueConstraint("event", name=op.f("uq_recorded_events_event")),
    )
    op.create_index(op.f("ix_recorded_events_user_recorded_events_number"), "recorded_events", ["user", "number"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("recorded_events")
