"""Number the attempts at each firing of a scheduled job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what an earlier version recorded is done."""
    with op.batch_alter_table("scheduled_runs") as batch:
        batch.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("scheduled_runs") as batch:
        batch.drop_column("attempts")
