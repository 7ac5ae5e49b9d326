"""Plant a text in every registered place of a shop, the way that other tests fill a database: by its tables alone, without the code that writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from deltalake import write_deltalake
from safetensors.numpy import save
from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Float, Integer, Table, func, insert, select, update
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from sluice.app import App
from sluice.domain import FLAGS, REPEATS, RUN, Artifact
from sluice.domain.value_places import ERASURE_PLANS, PLACES
from sluice.store import SqlStore
from sluice.store.sealed_records import sealed_columns
from sluice.store.tables import ACTIVITY, METADATA

NOW = datetime(2026, 3, 10, tzinfo=UTC)
_WRITTEN_BY_RUNS = {ACTIVITY.name}  # its triggers refuse changes: its texts come with the acts that it records


def plant_in_records(app: App, user: str, text: str) -> set[str]:
    """Plant a text in every column of the database that an erasure changes, in its first row, or in a row of its own; return these columns.

    Args:
        app: The shop.
        user: What stands in columns that hold the id of a user, and nothing else.
        text: What stands in the others.
    """
    planted: set[str] = set()
    for place in PLACES:
        if place.eraser not in ("replace", "delete") or place.name == ERASURE_PLANS:
            continue
        for name, columns in place.columns.items():
            if name not in _WRITTEN_BY_RUNS:
                _plant(app.store, METADATA.tables[name], columns, user if place.eraser == "delete" else text)
            planted.update(f"{name}.{column}" for column in columns)
    return planted


def plant_table(store: SqlStore, table: Table, text: str) -> None:
    """Plant a text in the sealed columns of a table, in its first row, or in a row of its own."""
    _plant(store, table, tuple(column.name for column in sealed_columns() if column.table is table), text)


def _plant(store: SqlStore, table: Table, columns: tuple[str, ...], text: str) -> None:
    keys = list(table.primary_key.columns)
    with store.database.write() as connection:
        if not connection.execute(select(func.count()).select_from(table)).scalar_one():
            required = [column for column in table.columns if not column.nullable or column.primary_key]
            connection.execute(insert(table).values({column.name: _filler(connection, column) for column in required}))
        rows = connection.execute(select(table)).mappings().all()
        row = max(rows, key=lambda row: sum(bool(row[name]) for name in columns))  # such as a run that has revisions
        values = {name: _planted(table.c[name], row[name], text) for name in columns}
        connection.execute(update(table).where(*(key == row[key.name] for key in keys)).values(values))


def _planted(column: Column[Any], before: object, text: str) -> object:
    if not _is(column, JSON):
        return text
    message = {"code": "text", "params": {"text": text}}
    if isinstance(before, Mapping):
        return {**before, "planted": text}
    if isinstance(before, list) and before and isinstance(before[0], Mapping) and "reasons" in before[0]:  # revisions of a run
        return [{**before[0], "reasons": [*before[0]["reasons"], message]}, *before[1:]]
    return [*before, message] if isinstance(before, list) else [message]


def _filler(connection: Connection, column: Column[Any]) -> object:
    if column.foreign_keys:
        return connection.execute(select(next(iter(column.foreign_keys)).column).limit(1)).scalar_one()
    fillers: list[tuple[type[TypeEngine[Any]], object]] = [(Boolean, False), (Integer, 1), (Float, 1.0), (DateTime, NOW), (Date, NOW.date()), (JSON, [])]
    return next((value for kind, value in fillers if _is(column, kind)), "planted")


def _is(column: Column[Any], kind: type[TypeEngine[Any]]) -> bool:
    inner = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(inner, kind)


def plant_in_files(app: App, user: str, text: str) -> None:
    """Plant a text in the kinds of files that no run of a small shop writes: models that no longer serve, the cache of texts, the stage, flags and repeats."""
    for vocabulary in ([user], []):  # the first of them no longer serves
        app.store.models.save("recommender", Artifact(save({"w": np.zeros(1, np.float32)}, {"vocabulary": json.dumps(vocabulary)}), {}), "champion", at=NOW)
    state = app.config.root / ".sluice"
    for folder in ("text", "stage/left over"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "text/encoder-1.safetensors").write_bytes(save({"w": np.zeros(1)}, {"texts": text}))
    pl.DataFrame({"cell": [text]}).write_parquet(state / "stage/left over/part.parquet")
    for table, schema in {"flags": FLAGS, "repeats": REPEATS}.items():
        if app.store.lake.open(table, "events") is None:
            cells = {name: [text if dtype == pl.String else None] for name, dtype in {**schema, RUN: pl.String()}.items()}
            write_deltalake(app.store.lake.address(table, "events"), pl.DataFrame(cells, schema={**schema, RUN: pl.String()}))
