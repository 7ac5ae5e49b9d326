"""Record how long each stage of a run took, and the jobs that run now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and create the table."""
    with op.batch_alter_table("runs") as batch:
        batch.add_column(sa.Column("stages", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "running_jobs",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.Column("heartbeat", sa.Float(), nullable=False),
        sa.Column("cancelled_by", sa.String(length=255), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_jobs")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("running_jobs")
    with op.batch_alter_table("runs") as batch:
        batch.drop_column("stages")
