"""Let people act on incidents: record their owner, mute and cause, and since which run the rule passes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sluice.store.utc import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; an incident that is not resolved failed when it was seen last."""
    with op.batch_alter_table("incidents") as batch_op:
        batch_op.add_column(sa.Column("passes_since", sa.String(length=255), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owner", sa.String(length=255), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("muted_until", Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cause", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them; an expected incident is acknowledged, since earlier versions know no other word."""
    op.execute("UPDATE incidents SET state = 'acknowledged' WHERE state = 'expected'")
    with op.batch_alter_table("incidents") as batch_op:
        batch_op.drop_column("cause")
        batch_op.drop_column("muted_until")
        batch_op.drop_column("owner")
        batch_op.drop_column("passes_since")
