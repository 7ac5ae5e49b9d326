"""Open the store of a database and a lake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sluice.domain import GatePolicy, People, Routing, Schema
from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.ports import OutcomePublisher
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.activity_log import with_log_keys
from sluice.store.database import Database, connect
from sluice.store.lake import Lake
from sluice.store.migrate import require_current
from sluice.store.sealed_columns import with_sealing
from sluice.store.sealing import Sealing
from sluice.store.store import SqlStore


def open_store(
    url: str,
    lake: str,
    *,
    schemas: Mapping[str, Schema],
    policies: Mapping[str, GatePolicy],
    clock: Callable[[], datetime],
    stage: Path | None = None,
    publisher: OutcomePublisher | None = None,
    people: People | None = None,
    routing: Routing | None = None,
    log_keys: str = "",
    digests: KeyedDigests | None = None,
    sealing: Sealing | None = None,
    create: bool = False,
) -> SqlStore:
    """Open a store whose database is up to date and whose lake keeps commits.

    Args:
        url: SQLAlchemy address of the database.
        lake: A folder, or an `s3://` address.
        schemas: Every dataset's declared columns, by name.
        policies: Every dataset's limits, by name; the defaults where a name is missing.
        clock: Dates records.
        stage: A local folder in which outcomes wait; inside the lake unless given.
        publisher: What publishes them, such as a worker process; this process unless given.
        people: Who may do what; everybody everything unless given.
        routing: Who is told what; nobody unless given.
        log_keys: Keys of the activity log, separated by blanks, the present one first; empty: the log is chained without a key.
        digests: Compute digests of ids that are remembered; without a key unless given.
        sealing: Encrypts the bytes of models and what people write; they are stored as they are unless given.
        create: Create the database where there is none.

    Raises:
        MigrationNeeded: The database is older than the program.
        StoreError: Database or lake do not answer, or the lake would lose commits.
    """
    tables = Lake(lake, schemas=schemas)
    if stage is None and tables.remote:
        raise make_error(StoreError, "lake_without_folder")
    engine = with_log_keys(with_sealing(connect(url), sealing or Sealing()), log_keys)
    try:
        require_current(engine, create=create)
        tables.probe()
    except BaseException:
        engine.dispose()
        raise
    waiting = stage or Path(lake, "_stage")
    return SqlStore(
        Database(engine),
        tables,
        schemas=schemas,
        policies=policies,
        clock=clock,
        stage=waiting,
        publisher=publisher,
        people=people,
        routing=routing,
        digests=digests,
        sealing=sealing,
    )
