"""Log what shoppers were shown, so that models can be compared by what was clicked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "exposures",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user", sa.String(length=300), nullable=True),
        sa.Column("item", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_exposures")),
    )
    op.create_index(op.f("ix_exposures_time"), "exposures", ["time"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("exposures")
