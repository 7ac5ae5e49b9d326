"""Run the migrations on the connection that the program passes."""

from __future__ import annotations

from alembic import context

from sluice.store.tables import METADATA


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in METADATA.tables  # other programs may have tables in the same database


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
    compare_type=True,
    include_name=_ours,
)
with context.begin_transaction():
    context.run_migrations()
