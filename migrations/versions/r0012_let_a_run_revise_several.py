"""Let one run revise several others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_RUNS = sa.table("runs", sa.column("id", sa.String()), sa.column("revises", sa.String()), sa.column("revision", sa.JSON()), sa.column("revisions", sa.JSON()))


def upgrade() -> None:
    """Put the revision of each run into a list."""
    with op.batch_alter_table("runs") as batch_op:
        batch_op.add_column(sa.Column("revisions", sa.JSON(), nullable=False, server_default="[]"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_RUNS.c.id, _RUNS.c.revision).where(_RUNS.c.revises.is_not(None))).all():
        connection.execute(sa.update(_RUNS).where(_RUNS.c.id == row.id).values(revisions=[row.revision]))
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_column("revision")
        batch_op.drop_column("revises")


def downgrade() -> None:
    """Keep the first revision of each run; the others are lost."""
    with op.batch_alter_table("runs") as batch_op:
        batch_op.add_column(sa.Column("revises", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_RUNS.c.id, _RUNS.c.revisions)).all():
        if row.revisions:
            first = {name: value for name, value in row.revisions[0].items() if name != "own"}
            connection.execute(sa.update(_RUNS).where(_RUNS.c.id == row.id).values(revises=first["run"], revision=first))
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_column("revisions")
