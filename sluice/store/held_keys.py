"""Find the keys that a snapshot dataset published before and lacks now, since the row of its newest table is held."""

from __future__ import annotations

import polars as pl

from sluice.domain import OTHER, ROW, RUN, STATE
from sluice.rules import published_tables
from sluice.store.dispositions import settled_rows
from sluice.store.store import SqlStore

_TABLES = 30  # a key that was held in so many tables is no news


def missing_keys(store: SqlStore, dataset: str) -> list[str]:
    """Return the ids of the held rows whose keys an earlier table published, and no later one.

    Args:
        store: The store.
        dataset: A dataset; where its tables do not replace one another, no key goes missing.
    """
    schema = store.schemas[dataset]
    if schema.mode != "snapshot" or not schema.key:
        return []
    held = store.quarantine.held(dataset, columns=[]).select(ROW, pl.col(ROW).alias("held"))
    snapshot, missing = store.snapshot(), []
    for table in reversed(published_tables(snapshot.runs(dataset))[-_TABLES:]):
        if held.is_empty():
            break
        replaced = snapshot.repeats(dataset).filter(pl.col(RUN) == table.id, pl.col(STATE) == "superseded").select(ROW, OTHER)
        before = replaced.join(held.lazy().rename({ROW: OTHER}), on=OTHER, how="inner", maintain_order="right").select(ROW, "held").collect()
        with store.database.read() as connection:
            once_held = settled_rows(connection, dataset, before[ROW].to_list()).filter(pl.col("state") == "superseded")
        missing += before.join(once_held, on=ROW, how="anti", maintain_order="left")["held"].to_list()
        held = before.join(once_held, on=ROW, how="semi", maintain_order="left")  # the table before held it, too
    return list(dict.fromkeys(missing))
