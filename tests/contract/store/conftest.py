"""A store on each database, and outcomes made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from sluice.domain import (
    RAW_TYPE,
    REASON_TYPE,
    REPAIRS,
    ROW,
    Arrival,
    Batch,
    Column,
    GatePolicy,
    Outcome,
    Run,
    RunKind,
    Schema,
    Score,
    Split,
    Status,
    Verdict,
)
from sluice.store import SqlStore, connect, open_store, upgrade
from sluice.store.tables import METADATA
from tests.databases import empty_postgres, execute

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
COLUMNS = (Column("id"), Column("price", "number"), Column("ts", "timestamp"))
SCHEMAS = {
    "events": Schema("events", "append", ("id",), COLUMNS, "ts"),
    "catalog": Schema("catalog", "snapshot", ("id",), COLUMNS),
    "stock": Schema("stock", "upsert", ("id",), COLUMNS, "ts"),
}


@dataclass(frozen=True)
class Shop:
    """A store, and short ways to publish into it."""

    store: SqlStore
    reopen: Callable[[], SqlStore]
    now: datetime = NOW

    def outcome(
        self,
        batch: str,
        good: Sequence[str] = (),
        bad: Sequence[str] = (),
        *,
        dataset: str = "events",
        kind: RunKind = "ingest",
        rule: str = "not_null:price",
        price: float = 1.0,
        ids: Sequence[str] | None = None,
        repairs: pl.DataFrame | None = None,
        verdicts: Sequence[Verdict] | None = None,
        day: int = 1,
    ) -> Outcome:
        """An outcome of named rows; their keys are their row ids' last parts unless given."""
        rows = rows_of(good, price=price, ids=ids, day=day)
        held = rows_of(bad, price=None, day=day).with_columns(pl.lit([reason(rule)], dtype=REASON_TYPE).alias("_reasons"))
        judged = list(verdicts) if verdicts is not None else [verdict(rule, len(good) + len(bad), len(bad))]
        score = Score(100.0, {"completeness": 100.0})
        phases = {"published": judged} if kind == "audit" else {"arrival": judged, "cleaned": judged, "published": judged}
        split = Split(Batch(dataset, batch, rows, NOW), Batch(dataset, batch, held, NOW))
        return Outcome(kind, score, score, split, REPAIRS.to_frame() if repairs is None else repairs, phases, "0")

    def publish(self, batch: str, good: Sequence[str] = (), bad: Sequence[str] = (), *, dataset: str = "events", **more: object) -> Run:
        """Stage and publish under a lease."""
        with self.store.lease(dataset) as lease:
            return self.store.publish(lease, self.store.stage(self.outcome(batch, good, bad, dataset=dataset, **more)))  # type: ignore[arg-type]  # passed on

    def clean(self, dataset: str = "events", snapshot: str | None = None) -> list[str]:
        """The ids of the published rows."""
        rows = self.store.snapshot(snapshot).published(dataset).collect()
        return sorted(rows[ROW]) if rows.width else []

    def held(self, dataset: str = "events") -> list[str]:
        """The ids of the rows that are held."""
        return sorted(self.store.quarantine.held(dataset)[ROW])


def rows_of(row_ids: Sequence[str], *, price: float | None, ids: Sequence[str] | None = None, day: int = 1) -> pl.DataFrame:
    """Rows with declared columns and what every batch carries."""
    keys = list(ids) if ids is not None else [row_id.rpartition(".")[2] for row_id in row_ids]
    moments = [datetime(2026, 3, day, tzinfo=UTC)] * len(keys)
    schema = pl.Schema({"id": pl.String(), "price": pl.Float64(), "ts": pl.Datetime("us", "UTC"), ROW: pl.String()})
    rows = pl.DataFrame({"id": keys, "price": [price] * len(keys), "ts": moments, ROW: list(row_ids)}, schema=schema)
    return rows.with_columns(pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action"))


def reason(rule: str) -> dict[str, object]:
    """Why a row is held."""
    return {"name": rule, "message": "has a price", "columns": ["price"], "severity": "critical", "dimension": "completeness", "filter": "", "score": None}


def verdict(rule: str, rows: int, failed: int) -> Verdict:
    """What one rule says."""
    status: Status = "failed" if failed else "passed"
    return Verdict(rule, "expectation", "completeness", "critical", "quarantine", status, rows=rows, failed=failed, columns=("price",), message="has a price")


def empty(address: str) -> None:
    """Empty a PostgreSQL database that is up to date."""
    counters = ", ".join(f"('{name}', 0)" for name in ("snapshot", "run", "disposition", "taken_back", "activity"))
    deletes = [f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables)]  # a fortieth of the time of TRUNCATE, which makes new files
    deletes[deletes.index("DELETE FROM activity")] = "TRUNCATE activity"  # its rows cannot be deleted
    execute(connect(address), f"DO $$ BEGIN {'; '.join(deletes)}; INSERT INTO counters (name, value) VALUES {counters}; END $$")


@pytest.fixture
def arrival() -> Arrival:
    """Something that landed."""
    return Arrival("events", "f00", "landing/events.csv", "digest", 10, NOW)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a database of this session's own."""
    with empty_postgres("synchronous_commit = off") as address:
        engine = connect(address)
        upgrade(engine)
        engine.dispose()
        yield address


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An up-to-date SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "sluice.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, up-to-date database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("template"), tmp_path / "sluice.db")
        return f"sqlite:///{tmp_path / 'sluice.db'}"
    address: str = request.getfixturevalue("postgres")
    empty(address)
    return address


@pytest.fixture
def open_shop() -> Iterator[Callable[[str, Path], Shop]]:
    """Opens stores on a database and a folder, and closes them all."""
    opened: list[SqlStore] = []

    def reopen(url: str, folder: Path) -> SqlStore:
        opened.append(open_store(url, str(folder / "lake"), schemas=SCHEMAS, policies={"events": GatePolicy()}, clock=lambda: NOW))
        return opened[-1]

    yield lambda url, folder: Shop(reopen(url, folder), lambda: reopen(url, folder))
    for store in opened:
        store.close()


@pytest.fixture
def shop(open_shop: Callable[[str, Path], Shop], url: str, tmp_path: Path) -> Shop:
    """A store to publish into."""
    return open_shop(url, tmp_path)
