"""A store that 0.1 wrote, before names changed, opened by today's program."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.domain import REASONS, Column, GatePolicy, Schema, canonical
from sluice.errors import MigrationNeeded
from sluice.store import SqlStore, connect, dashboard_queries, open_store, upgrade
from sluice.store.dashboard_queries import QuarantineFilter

DATA = Path(__file__).parents[2] / "data" / "store_of_0_1"
CATALOG = ("item_id", "title", "brand", "product_line", "category")
EVENTS = ("event_id", "user_id", "session_id", "item_id", "event_type")
STAMPS = (Column("ts", "timestamp"), Column("received_at", "timestamp"))
SCHEMAS = {
    "catalog": Schema("catalog", "snapshot", ("item_id",), (*map(Column, CATALOG), Column("price", "number"), Column("weight_g", "number"))),
    "events": Schema(
        "events", "append", ("event_id",), (*map(Column, EVENTS), *STAMPS, Column("price", "number"), Column("quantity", "integer"), Column("ip")), "ts"
    ),
}


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    return facts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(DATA / "shop.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    engine = connect(f"sqlite:///{folder / 'records.db'}")
    upgrade(engine)
    engine.dispose()
    with opened(folder) as store:
        yield store


class opened:  # noqa: N801  # a context, used like a function
    """A store that is closed when the context ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> SqlStore:
        self.store = open_store(
            f"sqlite:///{self.folder / 'records.db'}",
            str(self.folder / "lake"),
            schemas=SCHEMAS,
            policies={"events": GatePolicy()},
            clock=lambda: datetime(2026, 3, 6, 6, tzinfo=UTC),
            stage=self.folder / ".sluice" / "stage",
        )
        return self.store

    def __exit__(self, *_: object) -> None:
        self.store.close()


def renamed(counts: dict[str, int]) -> dict[str, int]:
    return {canonical(name): count for name, count in counts.items()}


def counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(sorted(frame.group_by(column).len().iter_rows()))


def test_it_asks_for_the_upgrade_first(folder: Path) -> None:
    with pytest.raises(MigrationNeeded, match="sluice db upgrade"), opened(folder):
        pass


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_held_rows_are_counted_under_the_present_names_of_rules(store: SqlStore, expected: dict[str, Any], dataset: str) -> None:
    held = {entry.rule: entry.rows for entry in dashboard_queries.held_by_rule(store, QuarantineFilter(dataset))}
    assert held == renamed(expected["held"][dataset])
    states = {state: dashboard_queries.count_rows(store, QuarantineFilter(dataset, state)) for state in dashboard_queries.ROW_STATES}
    assert states == {**dict.fromkeys(dashboard_queries.ROW_STATES, 0), **expected["states"][dataset]}
    assert store.snapshot().repeats(dataset).collect().is_empty()


def test_rows_are_found_by_the_old_and_by_the_present_name_of_their_rule(store: SqlStore) -> None:
    linked = store.quarantine.held("catalog", rule="record_linkage")
    assert linked.equals(store.quarantine.held("catalog", rule="matching"))
    assert linked[REASONS].explode().struct.field("name").to_list() == ["record_linkage"]


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_flags_repairs_and_published_rows_are_all_there(store: SqlStore, expected: dict[str, Any], dataset: str) -> None:
    assert counts(store.snapshot().flags(dataset).collect(), "rule") == renamed(expected["flags"][dataset])
    assert counts(store.quarantine.repairs(dataset), "cleaner") == renamed(expected["repairs"][dataset])
    assert store.snapshot().published(dataset).collect().height == expected["published"][dataset]


def test_runs_keep_their_decisions_and_fingerprints(store: SqlStore, expected: dict[str, Any]) -> None:
    runs = [[run.id, run.dataset, run.kind, run.state, run.decision, run.fingerprint] for run in dashboard_queries.all_runs(store)]
    assert runs == [[*facts[:3], canonical(facts[3]), *facts[4:]] for facts in expected["runs"]]
    assert {run.state for run in store.runs.of("events")} == {"published", "failed", "intent"}


def test_verdicts_incidents_and_requests_speak_of_the_present_rules(store: SqlStore, expected: dict[str, Any]) -> None:
    for run_id, verdicts in expected["verdicts"].items():
        now = [[verdict.phase, verdict.rule, verdict.status, verdict.failed] for verdict in dashboard_queries.run_verdicts(store, run_id)]
        assert now == [[phase, canonical(rule), status, failed] for phase, rule, status, failed in verdicts]
    incidents = sorted([incident.dataset, incident.rule, incident.state] for incident in store.incidents.all())
    assert incidents == sorted([dataset, canonical(rule), state] for dataset, rule, state in expected["incidents"])
    assert sorted([request.id, request.kind, request.state, request.rule] for request in store.requests.all()) == expected["requests"]


def test_models_and_leases_live_on(store: SqlStore, expected: dict[str, Any]) -> None:
    for name, versions in expected["models"].items():
        assert [[model.version, model.state, model.digest] for model in store.models.versions(name)] == [[facts[0], facts[1], facts[3]] for facts in versions]
        champion = store.models.load(name)
        assert champion is not None and store.snapshot().model(name) == champion
    assert store.scheduled_runs.last_finished("ingest", "2026-03-06 06:15") == "2026-03-06 05:15"
    assert store.activity.last_heartbeat() is not None
    with store.leases.hold("model.recommender") as lease:
        assert lease.epoch > 1


def test_a_run_that_was_promised_is_finished_under_the_present_names(store: SqlStore, expected: dict[str, Any]) -> None:
    (promised,) = (facts for facts in expected["runs"] if facts[3] == "intent")
    (finished,) = store.recover()
    assert (finished.id, finished.state, finished.fingerprint) == (promised[0], "published", promised[5])
    rules = {verdict.rule for verdict in dashboard_queries.run_verdicts(store, finished.id)}
    assert rules and rules == {canonical(rule) for rule in rules}
    held = store.quarantine.held("events")
    assert held.height == expected["states"]["events"]["held"] + finished.bad
    names = held[REASONS].explode().struct.field("name").unique().to_list()
    assert all(name == canonical(name) for name in names)
    assert held.schema[REASONS] == store.snapshot("17").quarantine("events").collect_schema()[REASONS]
