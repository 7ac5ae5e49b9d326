#!/usr/bin/env bash
# duckdb-engine 0.17.0 with SQLAlchemy 2.1.9 and DuckDB 2.0.1: reflecting any table fails, since SQLAlchemy's PostgreSQL dialect, which duckdb-engine derives from, now
# reads pg_catalog.pg_collation, and DuckDB has no such table. `information_schema.columns` names the same columns and types.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb-engine==0.17.0 duckdb==2.0.1 sqlalchemy==2.1.9
"$folder/venv/bin/python" - <<'PYTHON'
import sqlalchemy as sa

with sa.create_engine("duckdb:///:memory:").connect() as connection:
    connection.execute(sa.text("create table orders (id integer, price decimal(10, 2))"))
    described = connection.execute(sa.text("select column_name, data_type from information_schema.columns where table_name = 'orders'")).all()
    try:
        sa.Table("orders", sa.MetaData(), autoload_with=connection)
        reflected = "reflected"
    except sa.exc.ProgrammingError as error:
        reflected = "no pg_collation" if "pg_collation" in str(error) else str(error)
print("information_schema:", described, "; reflection:", reflected)
assert len(described) == 2 and reflected == "no pg_collation"
PYTHON
