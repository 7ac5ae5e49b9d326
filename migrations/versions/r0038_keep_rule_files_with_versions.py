"""Keep the texts of rule files with the versions of the configuration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier versions have none."""
    with op.batch_alter_table("configurations") as batch:
        batch.add_column(sa.Column("files", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("configurations") as batch:
        batch.drop_column("files")
