"""Record what kind an alert is of, why it waits, and which alerts went in one message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; alerts from before went one by one."""
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="news"))
        batch.add_column(sa.Column("wait", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("forced", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("message", sa.Integer(), nullable=True))
    op.execute("UPDATE alerts SET message = id")


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("alerts") as batch:
        for column in ("message", "forced", "wait", "kind"):
            batch.drop_column(column)
