"""Record whether a request is previewed first, and waits for a confirmation where its effect is large."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier requests are carried out at once."""
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("ask", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop it; what waits for a confirmation is refused, so that nobody publishes it unseen."""
    op.execute("UPDATE requests SET state = 'refused' WHERE state = 'asked' OR (ask AND state IN ('pending', 'taken'))")
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("ask")
