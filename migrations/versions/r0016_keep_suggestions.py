"""Keep suggested rules, and which of them people refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sluice.store.utc import Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "suggestions",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edit", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("refused_by", sa.String(length=255), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("dataset", "kind", "rule", name=op.f("pk_suggestions")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("suggestions")
