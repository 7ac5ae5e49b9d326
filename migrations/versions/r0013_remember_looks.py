"""Remember when each person looked last at what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sluice.store.utc import Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "looks",
        sa.Column("viewer", sa.String(length=255), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("since", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("viewer", name=op.f("pk_looks")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("looks")
