"""Name the model that a request is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier requests are about no model."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("model", sa.String(length=255), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("model")
