"""Let a run that judged rows again revise the run that they arrived with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; earlier runs revise none."""
    with op.batch_alter_table("runs") as batch_op:
        batch_op.add_column(sa.Column("revises", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_column("revision")
        batch_op.drop_column("revises")
