"""Keep a profile of each column of each batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; batches from before have no profiles."""
    op.create_table(
        "profiles",
        sa.Column("run_id", sa.String(length=255), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_profiles_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "column", name=op.f("pk_profiles")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("profiles")
