"""Keep the products that may be listed under several ids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "product_matches",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_product_matches")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("product_matches")
