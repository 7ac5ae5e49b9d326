"""Put digests that are remembered under a key: those that were stored before there was one can be guessed from a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, not_, or_, select, update

from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.blobs import Blobs
from sluice.store.lake_records import LakeRecords
from sluice.store.tables import EVENT_IDS, IDEMPOTENCY_KEYS, RUNS

_CHUNK = 10_000  # rows that are held at once
_COLUMNS: Mapping[Table, tuple[str, ...]] = {EVENT_IDS: ("event", "body", "timed_body"), IDEMPOTENCY_KEYS: ("key", "body")}


def put_under_key(connection: Connection, digests: KeyedDigests) -> None:
    """Put the digests of the database that name no key under the present one; none where there is no key. They are recognised as before.

    Args:
        connection: A transaction that writes.
        digests: Compute digests.
    """
    if not digests.keys:
        return
    for table, columns in _COLUMNS.items():
        _change(connection, table, columns, digests)
    recorded = RUNS.c.mark
    for row in connection.execute(select(RUNS.c.id, recorded).where(recorded.is_not(None), recorded["digests"].as_string() != "")).all():
        connection.execute(update(RUNS).where(RUNS.c.id == row.id).values(mark=mark_under_key(row.mark, digests)))


def put_records_under_key(blobs: Blobs, digests: KeyedDigests) -> None:
    """Put the digests of rows in the records of published runs that lie in the lake under the present key; none where there is no key."""
    for name in LakeRecords(blobs).numbers().values() if digests.keys else ():
        facts = json.loads(blobs.get(name))
        mark = facts["run"].get("mark")
        if mark and (changed := mark_under_key(mark, digests)) != mark:
            facts["run"]["mark"] = changed
            blobs.put(name, json.dumps(facts, ensure_ascii=False).encode())


def mark_under_key(mark: Mapping[str, Any], digests: KeyedDigests) -> dict[str, Any]:
    """Return the facts of a mark with its digests of rows under the present key."""
    return {**mark, "digests": " ".join(map(digests.row_under_key, mark["digests"].split()))}


def _change(connection: Connection, table: Table, columns: tuple[str, ...], digests: KeyedDigests) -> None:
    keys = list(table.primary_key.columns)
    open_to_guesses = select(*{*keys, *(table.c[name] for name in columns)}).where(or_(*(not_(table.c[name].contains(":")) for name in columns)))
    while rows := connection.execute(open_to_guesses.limit(_CHUNK)).mappings().all():
        for row in rows:
            changed = {name: digests.under_key(row[name]) for name in columns}
            connection.execute(update(table).where(*(key == row[key.name] for key in keys)).values(changed))
