"""Take the names of the field: leases, scheduled runs, quarantine status, champions; and the present words in the records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sluice.domain import canonical, canonical_kind, original, original_kind
from sluice.store.stored_names import rename_stored_words
from sluice.store.utc import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Copy the renamed tables, rename columns, and translate the words."""
    for create in (_leases, _scheduled_runs, _quarantine_status, _undone_repairs, _champions):
        create()
    with op.batch_alter_table("activity") as batch_op:
        batch_op.alter_column("why", new_column_name="reason", existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("requests") as batch_op:
        batch_op.add_column(sa.Column("taken_by", sa.String(length=255), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    rename_stored_words(op.get_bind(), canonical, canonical_kind)


def downgrade() -> None:
    """Do the reverse."""
    rename_stored_words(op.get_bind(), original, original_kind)
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_column("epoch")
        batch_op.drop_column("taken_by")
    with op.batch_alter_table("activity") as batch_op:
        batch_op.alter_column("reason", new_column_name="why", existing_type=sa.Text(), existing_nullable=False)
    _restore_tables()


def _copy(old: str, new: str, columns: dict[str, str], order: str = "") -> None:
    """Copy the rows of a table into its successor, column by column, and drop it."""
    olds, news = (", ".join(f'"{name}"' for name in names) for names in (columns, columns.values()))
    op.execute(f"INSERT INTO {new} ({news}) SELECT {olds} FROM {old}{order}")  # noqa: S608  # the names stand in this file
    op.drop_table(old)


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("heartbeat", sa.Float(), nullable=False),
        sa.Column("ttl", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    _copy("claims", "leases", {"name": "name", "owner": "owner", "epoch": "epoch", "beat": "heartbeat", "ttl": "ttl"})


def _scheduled_runs() -> None:
    op.create_table(
        "scheduled_runs",
        sa.Column("job", sa.String(length=255), nullable=False),
        sa.Column("fire_time", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("finished", Utc(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job", "fire_time", name=op.f("pk_scheduled_runs")),
    )
    _copy("slots", "scheduled_runs", {"job": "job", "slot": "fire_time", "state": "state", "at": "at", "finished": "finished"})


def _quarantine_status() -> None:
    op.create_table(
        "quarantine_status",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("row_id", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("run_id", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("dataset", "row_id", name=op.f("pk_quarantine_status")),
    )
    same = {name: name for name in ("dataset", "row_id", "state", "by", "at", "run_id")}
    _copy("dispositions", "quarantine_status", {**same, "why": "reason"})


def _undone_repairs() -> None:
    op.create_table(
        "undone_repairs",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("repair_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(length=255), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "repair_id", name=op.f("pk_undone_repairs")),
    )
    _copy("undone", "undone_repairs", {name: name for name in ("dataset", "repair_id", "run_id", "at")})


def _champions() -> None:
    op.create_table(
        "champions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_champions")),
        sa.UniqueConstraint("name", "seq", name=op.f("uq_champions_name_seq")),
    )
    _copy("reigns", "champions", {"name": "name", "version": "version", "seq": "seq"}, " ORDER BY id")


def _restore_tables() -> None:
    op.create_table(
        "claims",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("beat", sa.Float(), nullable=False),
        sa.Column("ttl", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_claims")),
    )
    _copy("leases", "claims", {"name": "name", "owner": "owner", "epoch": "epoch", "heartbeat": "beat", "ttl": "ttl"})
    op.create_table(
        "slots",
        sa.Column("job", sa.String(length=255), nullable=False),
        sa.Column("slot", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("finished", Utc(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_slots")),
    )
    _copy("scheduled_runs", "slots", {"job": "job", "fire_time": "slot", "state": "state", "at": "at", "finished": "finished"})
    op.create_table(
        "dispositions",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("row_id", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("run_id", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("dataset", "row_id", name=op.f("pk_dispositions")),
    )
    same = {name: name for name in ("dataset", "row_id", "state", "by", "at", "run_id")}
    _copy("quarantine_status", "dispositions", {**same, "reason": "why"})
    op.create_table(
        "undone",
        sa.Column("dataset", sa.String(length=255), nullable=False),
        sa.Column("repair_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(length=255), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "repair_id", name=op.f("pk_undone")),
    )
    _copy("undone_repairs", "undone", {name: name for name in ("dataset", "repair_id", "run_id", "at")})
    op.create_table(
        "reigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reigns")),
        sa.UniqueConstraint("name", "seq", name=op.f("uq_reigns_name_seq")),
    )
    _copy("champions", "reigns", {"name": "name", "version": "version", "seq": "seq"}, " ORDER BY id")
