"""Record with a run up to where its table was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; an earlier version kept the mark in the files that it landed."""
    with op.batch_alter_table("runs") as batch:
        batch.add_column(sa.Column("mark", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("runs") as batch:
        batch.drop_column("mark")
