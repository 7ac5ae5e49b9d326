"""Upgrading a database, old or new, once or by two at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from sluice.domain import RecordedEvent
from sluice.errors import MigrationNeeded, StoreError, UsageError
from sluice.store import connect, open_store, pending, require_current, upgrade
from sluice.store.database import Database
from sluice.store.migrate import _head, _migrating, config
from sluice.store.recorded_events import RecordedEvents
from sluice.store.tables import METADATA
from tests.processes import Started


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).parent.mkdir()
    yield engine
    engine.dispose()


def test_an_empty_database_is_made_by_upgrading(engine: Engine) -> None:
    assert pending(engine)
    with pytest.raises(MigrationNeeded, match="sluice db upgrade"):
        require_current(engine)
    upgrade(engine)
    upgrade(engine)
    assert not pending(engine)
    require_current(engine)
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())


def test_a_store_asks_for_the_upgrade(url: str, tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(MigrationNeeded):
        open_store(engine.url.render_as_string(hide_password=False), str(tmp_path / "lake"), schemas={}, policies={}, clock=lambda: None)  # type: ignore[arg-type,return-value]  # never asked


def test_the_migrations_make_what_the_models_declare(engine: Engine) -> None:
    upgrade(engine)
    with _migrating(engine) as connection:
        connection.execute(text("CREATE TABLE of_another_program (id INTEGER)"))
        command.check(config(connection))


def test_a_downgrade_takes_everything_back(engine: Engine) -> None:
    upgrade(engine)
    with _migrating(engine) as connection:
        command.downgrade(config(connection), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert pending(engine)


def test_an_event_from_before_its_id_was_kept_counts_once(engine: Engine) -> None:
    upgrade(engine)
    event = RecordedEvent("änn", "mug", None, datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC), "e1")
    events = RecordedEvents(Database(engine), lambda: event.time)
    events.add(event)
    with _migrating(engine) as connection:
        command.downgrade(config(connection), "0032")
    upgrade(engine)
    events.add(event)
    events.add(replace(event, time=event.time + timedelta(hours=1)), timed=False)
    assert len(events.of("änn")) == 1
    with pytest.raises(UsageError, match="another event has the id e1"):
        events.add(replace(event, time=event.time + timedelta(hours=1)))


def test_a_newer_database_is_refused(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        require_current(engine)


def test_the_newest_revision_is_known_without_alembic(engine: Engine) -> None:
    with engine.connect() as connection:
        assert ScriptDirectory.from_config(config(connection)).get_current_head() == _head()


def upgrade_at(url: str) -> None:
    upgrade(connect(url))


def test_of_two_upgrades_at_once_both_succeed(url: str, engine: Engine) -> None:
    upgrades = [Started(upgrade_at, url) for _ in range(2)]
    for process in upgrades:
        process.expect(0)
    assert not pending(engine)


def test_of_many_who_begin_a_database_at_once_none_is_refused(tmp_path: Path) -> None:
    for nth in range(30):
        engines = [connect(f"sqlite:///{tmp_path}/{nth}.db") for _ in range(6)]
        together = Barrier(len(engines))

        def begin(engine: Engine, together: Barrier = together) -> str:
            together.wait()
            with engine.connect() as connection:
                return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())

        with ThreadPoolExecutor(len(engines)) as threads:
            assert set(threads.map(begin, engines)) == {"wal"}
        for engine in engines:
            engine.dispose()
