"""Write the store of a shop after three years: runs with the verdicts of each rule, held rows, incidents; no file is read and no rule is judged for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import Engine, insert

from benchmarks.events import events
from sluice.config import load
from sluice.domain import RAW_TYPE, REASON_TYPE, ROW, Batch, Outcome, Score, Split
from sluice.store import SqlStore, connect, upgrade
from sluice.store.tables import INCIDENTS, RUNS, VERDICTS
from sluice.wiring.stores import open_store_of

END = datetime(2026, 3, 15, 6, tzinfo=UTC)
COLUMNS = {"event_id": "string", "user_id": "string", "item_id": "string", "event_type": "string", "ts": "timestamp", "price": "number", "quantity": "integer"}
MEASURES, KINDS = 25, ("between", "not_be_null", "be_in_set", "match_regex", "be_unique", "mean", "median", "sum")
PHASES = ("arrival", "cleaned", "published")


@dataclass(frozen=True)
class Size:
    """Say how large the store is.

    Attributes:
        runs: Published batches.
        holding: The newest of them, which hold all rows.
        held: Held rows.
        incidents: Incidents; one in twenty is open.
    """

    runs: int = 4000
    holding: int = 200
    held: int = 5_000_000
    incidents: int = 1000


QUICK = Size(runs=200, holding=10, held=20_000, incidents=50)
RULES = [f"expect_column_values_to_{kind}:m{number:02}" for number in range(MEASURES) for kind in KINDS]


def write_shop(folder: Path, size: Size) -> Path:
    """Write the store and its configuration; return the path of the configuration."""
    path = folder / "sluice.yaml"
    columns = "".join(f"      {name}: {{type: {kind}}}\n" for name, kind in COLUMNS.items())
    path.write_text(
        f"shop: Three years\nclock: {END.isoformat()}\ndatasets:\n  events:\n    source: {{files: 'landing/*.csv'}}\n"
        f"    key: [event_id]\n    time: ts\n    columns:\n{columns}",
        encoding="utf-8",
    )
    config = load(path)
    engine = connect(config.database_url)
    upgrade(engine)
    store = open_store_of(config)
    for number in range(size.holding):
        _hold(store, number, size)
    store.close()
    _record_runs(engine, size)
    return path


def _record_runs(engine: Engine, size: Size) -> None:
    """Record the runs that hold nothing, the verdicts of all rules on each, and the incidents."""
    rng = np.random.default_rng(0)
    with engine.begin() as connection:
        for number in range(size.runs - size.holding):
            at = END - timedelta(hours=6.5 * (size.runs - number))
            connection.execute(insert(RUNS), [_run(number, at, size)])
            connection.execute(insert(VERDICTS), list(_verdicts(f"r{number:011}", rng)))
        connection.execute(insert(INCIDENTS), [_incident(number, size) for number in range(size.incidents)])


def _run(number: int, at: datetime, size: Size) -> Mapping[str, object]:
    score = {"completeness": 99.5, "validity": 99.9, "uniqueness": 100.0}
    return {
        "id": f"r{number:011}", "number": number - size.runs, "dataset": "events", "kind": "ingest", "seq": number - size.runs, "at": at, "state": "published",
        "uri": f"landing/events-{number:05}.csv", "arrival": 99.5, "arrival_dimensions": score, "published": 100.0, "published_dimensions": score,
        "rows": 20_000, "good": 20_000, "bad": 0, "repaired": 40, "decision": "open", "reasons": [], "versions": {}, "basis": "", "fingerprint": "0",
        "error": "", "started": at, "finished": at, "stage": "", "digest": "",
    }  # fmt: skip  # one line a group


def _verdicts(run: str, rng: np.random.Generator) -> Iterator[Mapping[str, object]]:
    for phase in PHASES:
        failed = rng.random(len(RULES)) < 0.01
        for position, rule in enumerate(RULES):
            yield {
                "run_id": run, "phase": phase, "position": position, "rule": rule, "nature": "expectation", "dimension": "validity", "severity": "warning",
                "on_fail": "quarantine", "status": "failed" if failed[position] else "passed", "rows": 20_000, "failed": 7 * int(failed[position]),
                "columns": [rule[-3:]], "message": f"{rule[-3:]} is right", "observed": "", "filter": "", "fingerprint": "0",
            }  # fmt: skip  # one line a group


def _incident(number: int, size: Size) -> Mapping[str, object]:
    at = END - timedelta(hours=26 * (size.incidents - number))
    state = "open" if number >= size.incidents - size.incidents // 20 else "resolved"
    rule = RULES[number % len(RULES)]
    return {
        "dataset": "events", "rule": rule, "severity": "warning", "message": f"{rule[-3:]} is wrong", "first_seen": at, "last_seen": at, "times": 3,
        "state": state, "passes_since": "", "owner": "", "cause": "",
    }  # fmt: skip  # one line a group


def _hold(store: SqlStore, number: int, size: Size) -> None:
    """Publish a batch of which every row is held, for one of a dozen rules."""
    run, at = f"h{number:011}", END - timedelta(hours=6.5 * (size.holding - number))
    rows = events(size.held // size.holding, number).select(*COLUMNS).with_columns(pl.col("ts").dt.replace_time_zone("UTC"))
    rules = [RULES[place * len(KINDS)] for place in range(12)]
    reasons = pl.Series([[_reason(rule, run, at)] for rule in rules], dtype=REASON_TYPE)
    place = pl.int_range(pl.len())
    frame = rows.with_columns(
        (run + "." + place.cast(pl.String)).alias(ROW),
        pl.lit(None, dtype=RAW_TYPE).alias("_raw"),
        pl.lit("keep").alias("_action"),
        pl.lit(reasons).gather(place % len(rules)).alias("_reasons"),
    )
    held = Batch("events", run, frame, at)
    good = Batch("events", run, frame.clear().drop("_reasons"), at)
    with store.lease("events") as lease:
        store.publish(lease, store.stage(Outcome("ingest", Score(None), Score(None), Split(good, held), pl.DataFrame(), {}, "0")))


def _reason(rule: str, run: str, at: datetime) -> Mapping[str, object]:
    return {
        "name": rule,
        "message": f"{rule[-3:]} is wrong",
        "columns": ["price"],
        "severity": "critical",
        "dimension": "validity",
        "run_id": run,
        "run_time": at,
    }
