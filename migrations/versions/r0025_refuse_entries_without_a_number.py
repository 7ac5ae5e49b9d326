"""Refuse new entries of the activity log without a number, which would pass for entries from before the chain."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_REFUSED = "an entry of the activity log needs a number"


def upgrade() -> None:
    """Create the trigger; entries from before the chain stay as they are, and their texts can still be erased."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER activity_insert BEFORE INSERT ON activity WHEN NEW.number IS NULL BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END")
        return
    op.execute(f"CREATE FUNCTION sluice_number_activity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$")
    op.execute("CREATE TRIGGER activity_numbered BEFORE INSERT ON activity FOR EACH ROW WHEN (NEW.number IS NULL) EXECUTE FUNCTION sluice_number_activity()")


def downgrade() -> None:
    """Drop the trigger."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER activity_insert")
        return
    op.execute("DROP TRIGGER activity_numbered ON activity")
    op.execute("DROP FUNCTION sluice_number_activity()")
