"""Keep versions of the configuration, name the one of each run, and who approved a request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and add the columns; the configuration of earlier runs is not recorded."""
    op.create_table(
        "configurations",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("approved_by", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("base", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("machine", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_configurations")),
    )
    op.create_index(op.f("ix_configurations_digest"), "configurations", ["digest"])
    with op.batch_alter_table("runs") as batch:
        batch.add_column(sa.Column("configuration", sa.Integer(), nullable=True))
    with op.batch_alter_table("requests") as batch:
        batch.add_column(sa.Column("approved_by", sa.String(length=255), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("requests") as batch:
        batch.drop_column("approved_by")
    with op.batch_alter_table("runs") as batch:
        batch.drop_column("configuration")
    op.drop_table("configurations")
