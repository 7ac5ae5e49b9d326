"""Keep the scores of each batch by the values of some columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; batches from before have no scores by value."""
    op.create_table(
        "value_scores",
        sa.Column("run_id", sa.String(length=255), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("others", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("failing", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_value_scores_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "column", "position", name=op.f("pk_value_scores")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("value_scores")
