"""Open the store that the configuration names."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from sluice.config import Config
from sluice.ports import OutcomePublisher
from sluice.store import SqlStore, connect, migrate, open_store
from sluice.store.activity_log import KEY_VARIABLE
from sluice.wiring import clock
from sluice.wiring.forget_key import read_digests
from sluice.wiring.sealing_key import read_sealing


def open_store_of(config: Config, publisher: OutcomePublisher | None = None) -> SqlStore:
    """Open the configured store; one that is new is created first.

    Args:
        config: The configuration.
        publisher: What publishes outcomes, such as a worker process; this process unless given.

    Raises:
        MigrationNeeded: The database is older than the program.
        StoreError: Database or lake do not answer.
    """
    return open_store(
        config.database_url,
        config.path(config.lake),
        schemas={name: dataset.schema_of(name) for name, dataset in config.datasets.items()},
        policies={name: dataset.gate.policy() for name, dataset in config.datasets.items()},
        clock=functools.partial(clock.now, config),
        stage=Path(config.path(".sluice/stage")),
        publisher=publisher,
        people=config.roles,
        routing=config.routing,
        log_keys=os.environ.get(KEY_VARIABLE, ""),
        digests=read_digests(),
        sealing=read_sealing(),
        create=True,
    )


def create_if_new(url: str) -> None:
    """Create the database of records where there is none yet; an old one is left for `sluice db upgrade`."""
    engine = connect(url)
    try:
        migrate.create_if_new(engine)
    finally:
        engine.dispose()
