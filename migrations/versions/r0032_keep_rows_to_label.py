"""Keep the rows that people are asked to label."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "label_plans",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_label_plans")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("label_plans")
