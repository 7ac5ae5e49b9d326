"""The suite that one day suggests, on the days that follow: right ones pass, faults are reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
import pytest

from checks.checker import Checker
from checks.schema import SchemaJudge
from checks.suggest import suggest
from sluice.domain import GatePolicy, Run, Verdict
from sluice.rules import count, decide, score, split
from sluice.testing import MemorySnapshot
from tests.unit.checks.second_days import MAKERS, SCHEMAS, START, batch_of, planted

DAYS = 30


@pytest.fixture(scope="module")
def checkers() -> Mapping[str, Checker]:
    samples = {name: (SCHEMAS[name], make(0)) for name, make in MAKERS.items()}
    return {
        name: Checker.build(schema, [entry.step for entry in suggest(schema, rows, {other: value for other, value in samples.items() if other != name})])
        for name, (schema, rows) in samples.items()
    }


def judge(checkers: Mapping[str, Checker], dataset: str, rows: pl.DataFrame, day: int, columns: tuple[str, ...] | None = None) -> list[Verdict]:
    runs = [
        Run(f"{dataset}{past}", dataset, "ingest", past, START + timedelta(days=past + 1), "published", rows=MAKERS[dataset](past).height)
        for past in range(max(0, day - 14), day)
    ]
    tables = {"catalog": MAKERS["catalog"](day if dataset != "catalog" else day - 1)}
    batch = batch_of(dataset, rows, day, columns)
    snapshot = MemorySnapshot(tables, runs)
    return [*SchemaJudge(SCHEMAS[dataset]).judge(batch, snapshot), *checkers[dataset].judge(batch, snapshot)]


@pytest.mark.parametrize("dataset", list(MAKERS))
def test_a_month_of_right_days_is_published_and_the_gate_stays_open(checkers: Mapping[str, Checker], dataset: str) -> None:
    findings, states = [], []
    for day in range(1, DAYS):
        rows = MAKERS[dataset](day)
        verdicts = judge(checkers, dataset, rows, day)
        findings += [(day, verdict.rule, verdict.failed) for verdict in verdicts if verdict.status == "failed"]
        batch = batch_of(dataset, rows, day)
        held = split(batch, verdicts).bad.rows.height
        run = Run(batch.id, dataset, "ingest", day, batch.at, "published", published=score(map(count, verdicts)), rows=rows.height, good=rows.height, bad=held)
        states.append(decide(run, [], GatePolicy())[0])
        assert held == 0
    assert set(states) == {"open"}
    assert len(findings) / (DAYS / 7) <= 1, findings


FAULTS = [
    *[("events", column, "missing") for column in ("visitor", "event_type", "sku", "device", "ts")],
    *[("orders", column, "missing") for column in ("status", "currency", "total", "quantity", "placed_at")],
    *[("catalog", column, "missing") for column in ("title", "vendor", "price", "stock", "rating")],
    *[("orders", column, "range") for column in ("total", "quantity", "shipping")],
    *[("catalog", column, "range") for column in ("price", "weight", "stock", "rating")],
    ("events", "sku", "reference"),
    *[("events", "value", "unit"), ("orders", "total", "unit"), ("orders", "shipping", "unit")],
    *[("catalog", "price", "unit"), ("catalog", "weight", "unit"), ("catalog", "stock", "unit"), ("catalog", "rating", "unit")],
]


def test_faults_of_the_second_day_are_reported(checkers: Mapping[str, Checker]) -> None:
    missed = []
    for dataset, column, fault in FAULTS:
        right, wrong = MAKERS[dataset](1), planted(MAKERS[dataset](1), column, fault)
        before = {verdict.rule for verdict in judge(checkers, dataset, right, 1) if verdict.status == "failed"}
        after = {verdict.rule for verdict in judge(checkers, dataset, wrong, 1) if verdict.status == "failed"}
        if not after - before:
            missed.append((dataset, column, fault))
    assert len(missed) / len(FAULTS) <= 0.05, missed


def test_a_column_that_is_gone_for_one_kind_is_reported(checkers: Mapping[str, Checker]) -> None:
    rows = MAKERS["events"](1).with_columns(transaction_id=pl.lit(None, dtype=pl.String))
    failed = [verdict for verdict in judge(checkers, "events", rows, 1) if verdict.status == "failed"]
    assert [(verdict.columns, verdict.filter) for verdict in failed] == [(("transaction_id",), 'event_type == "purchase"')]
