"""Chain the entries of the activity log, and refuse to change them. Entries from before are not part of the chain, which begins with the next one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TEXTS = ("subject", "reason")
_UNCHANGED = ("id", "number", "at", "who", "what", "erased", "key_id", "digest", *(f"{name}_digest" for name in _TEXTS))
_DIGEST = sa.String(length=64)


def upgrade() -> None:
    """Add the columns, the counter and the triggers."""
    op.add_column("activity", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("activity", sa.Column("erased", sa.Integer(), server_default="0", nullable=False))
    for name in ("key_id", "digest", *(f"{text}_{part}" for text in _TEXTS for part in ("salt", "digest"))):
        op.add_column("activity", sa.Column(name, _DIGEST, server_default="", nullable=False))
    op.create_index(op.f("ix_activity_number"), "activity", ["number"], unique=True)
    op.execute("INSERT INTO counters (name, value) VALUES ('activity', 0)")
    (_guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgres)()


def downgrade() -> None:
    """Drop the triggers, the counter and the columns."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER activity_{act}")
    else:
        op.execute("DROP TRIGGER activity_append_only ON activity")
        op.execute("DROP FUNCTION sluice_keep_activity()")
    op.execute("DELETE FROM counters WHERE name = 'activity'")
    op.drop_index(op.f("ix_activity_number"), "activity")
    with op.batch_alter_table("activity") as batch:
        for name in ("number", "erased", "key_id", "digest", *(f"{text}_{part}" for text in _TEXTS for part in ("salt", "digest"))):
            batch.drop_column(name)


def _forbidden(differs: str) -> str:
    """Return the condition of a change that is no erasure: a text is erased together with the salt of its commitment."""
    changes = [f"NEW.{name} {differs} OLD.{name}" for name in _UNCHANGED]
    texts = [f"((NEW.{name} {differs} OLD.{name} OR NEW.{name}_salt {differs} OLD.{name}_salt) AND NEW.{name}_salt <> '')" for name in _TEXTS]
    return " OR ".join([*changes, *texts])


def _guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END"
    op.execute(f"CREATE TRIGGER activity_update BEFORE UPDATE ON activity WHEN {_forbidden('IS NOT')} {refuse}")
    op.execute(f"CREATE TRIGGER activity_delete BEFORE DELETE ON activity {refuse}")


def _guard_postgres() -> None:
    condition = _forbidden("IS DISTINCT FROM")
    op.execute(
        "CREATE FUNCTION sluice_keep_activity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'the activity log is append-only'; END IF; "
        f"IF {condition} THEN RAISE EXCEPTION 'the activity log is append-only'; END IF; RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON activity FOR EACH ROW EXECUTE FUNCTION sluice_keep_activity()")
