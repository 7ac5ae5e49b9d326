#!/usr/bin/env bash
# Alembic 1.20.1 on SQLite: `batch_alter_table` copies a table into a new one where SQLite cannot alter it in place, such as to drop a column or to change a type.
# It reflects columns, keys and indexes and makes them again, but no triggers: SQLite drops them with the former table, and nothing says so. A table that triggers
# make append-only can then be changed. Adding a column is done in place and keeps them; whoever copies the table has to create its triggers again.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q alembic==1.20.1 sqlalchemy==2.1.9
"$folder/venv/bin/python" - <<'P'
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, String, create_engine, text

with create_engine("sqlite://").connect() as connection:
    connection.execute(text("CREATE TABLE log (id INTEGER PRIMARY KEY, entry TEXT, note TEXT)"))
    connection.execute(text("CREATE INDEX of_entry ON log (entry)"))
    connection.execute(text("CREATE TRIGGER keep BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append-only'); END"))
    operations = Operations(MigrationContext.configure(connection))

    def kept() -> list[tuple[str, str]]:
        return [tuple(row) for row in connection.execute(text("SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY name"))]

    with operations.batch_alter_table("log") as batch:
        batch.add_column(Column("by", String))
    print("after a column was added:", kept())
    assert kept() == [("trigger", "keep"), ("index", "of_entry")]
    with operations.batch_alter_table("log") as batch:
        batch.drop_column("note")
    print("after a column was dropped:", kept())
    assert kept() == [("index", "of_entry")]
P
