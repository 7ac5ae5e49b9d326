"""Count the rows of a run that repeat others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COUNTS = ("copies", "superseded", "replaced")


def upgrade() -> None:
    """Add the columns; earlier runs have no such rows."""
    with op.batch_alter_table("runs") as batch_op:
        for name in _COUNTS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("runs") as batch_op:
        for name in _COUNTS:
            batch_op.drop_column(name)
