"""Keep how much of each dataset is guarded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing was measured before."""
    op.create_table(
        "guarded",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(length=255), nullable=False),
        sa.Column("settings", sa.String(length=255), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarded")),
    )
    with op.batch_alter_table("guarded") as batch_op:
        batch_op.create_index(batch_op.f("ix_guarded_dataset"), ["dataset"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("guarded")
