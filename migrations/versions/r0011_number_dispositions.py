"""Number what becomes of held rows, so that a reader asks for what came since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COUNTERS = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.Integer))
_NAMES = ("disposition", "taken_back")


def upgrade() -> None:
    """Add the column, with 0 for what was recorded before, and start the counters."""
    with op.batch_alter_table("quarantine_status") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_quarantine_status_dataset_quarantine_status_number"), ["dataset", "number"], unique=False)
    op.bulk_insert(_COUNTERS, [{"name": name, "value": 0} for name in _NAMES])


def downgrade() -> None:
    """Drop both."""
    op.execute(_COUNTERS.delete().where(_COUNTERS.c.name.in_(_NAMES)))
    with op.batch_alter_table("quarantine_status") as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_status_dataset_quarantine_status_number"))
        batch_op.drop_column("number")
