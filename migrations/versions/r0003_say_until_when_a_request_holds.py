"""Say until when what is asked for holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sluice.store.utc import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier requests know no end."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("until", Utc(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("until")
