"""The whole program on a shop that 0.1 left: its configuration, gates, models, held rows and repairs."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select

from sluice.app import App, build
from sluice.app.requests import carry_out
from sluice.domain import ROW, Request, RequestKind, canonical
from sluice.store import connect, upgrade
from sluice.store.tables import VERDICTS

DATA = Path(__file__).parents[2] / "data" / "store_of_0_1"
EXPECTED: dict[str, Any] = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with zipfile.ZipFile(DATA / "shop.zip") as archive:
        archive.extractall(tmp_path)
    engine = connect(f"sqlite:///{tmp_path / 'records.db'}")
    upgrade(engine)
    engine.dispose()
    with build(tmp_path / "sluice.yaml") as app:
        yield app


def request(app: App, kind: RequestKind, dataset: str, **facts: Any) -> Request:
    return carry_out(app, app.store.requests.submit(Request(f"{kind}-new", kind, dataset, "Ada", "looked at", app.now(), **facts)))


def published(app: App, dataset: str) -> pl.DataFrame:
    return app.store.snapshot().published(dataset).collect()


def rule_fingerprints(app: App, run_id: str) -> dict[str, str]:
    """Return the fingerprint of each rule that judged a run, by its present name."""
    query = select(VERDICTS.c.rule, VERDICTS.c.fingerprint).where(VERDICTS.c.run_id == run_id)
    with app.store.database.read() as connection:
        return {canonical(rule): fingerprint for rule, fingerprint in connection.execute(query)}


def test_the_gates_decide_as_before(app: App) -> None:
    for dataset, gate in EXPECTED["gates"].items():
        decision = app.gate(dataset)
        assert (decision.state, decision.snapshot, list(decision.runs)) == (gate["state"], gate["snapshot"], gate["runs"])
        assert len(decision.reasons) == len(gate["reasons"])


def test_the_recommender_of_an_old_kind_answers_as_before(app: App) -> None:
    card = app.store.models.versions("recommender")[0].card
    chosen: Any = card["chosen"]
    assert set(chosen["weights"]) == {"logistic_mf", "pure_svd"}
    with app.recommender(in_memory=False) as service:
        answer = [(item.item, item.score) for item in service.recommend("u05", 10)]
    assert [item for item, _ in answer] == [item for item, _ in EXPECTED["recommended"]]
    assert [score for _, score in answer] == pytest.approx([score for _, score in EXPECTED["recommended"]], rel=1e-5)


def test_rows_are_released_repairs_undone_and_waiting_rows_replayed(app: App) -> None:
    twin = app.store.quarantine.held("catalog", rule="record_linkage")[ROW].to_list()
    released = request(app, "release", "catalog", rule="record_linkage")
    assert released.state == "done"
    assert set(twin) <= set(published(app, "catalog")[ROW])

    repair = app.store.quarantine.repairs("catalog").filter(pl.col("cleaner") == "functional_dependency", pl.col("column") == "category").row(0, named=True)
    undone = request(app, "undo", "catalog", rows=(repair["repair_id"],))
    assert undone.state == "done"
    rows = pl.concat([published(app, "catalog"), app.store.quarantine.held("catalog")], how="diagonal")
    assert rows.filter(pl.col(ROW) == repair[ROW])["category"].to_list() == [repair["old"]]

    landing = app.config.root / "landing" / "catalog"
    item = "i777,new oval knife,Opinel,Knives,Kitchen > Tools > Knives,29,80\n"
    (landing / "catalog-03.csv").write_text((landing / "catalog-01.csv").read_text(encoding="utf-8") + item, encoding="utf-8")
    waiting = app.store.quarantine.held("events").filter(pl.col("item_id") == "i777")[ROW].to_list()
    runs = list(app.run(app.pending_arrivals(["catalog"])))
    batches = {row.partition(".")[0] for row in waiting}
    assert [run.kind for run in runs] == ["ingest", *["replay"] * len(batches)], "one run for each batch, which it revises"
    assert waiting and set(waiting) <= set(published(app, "events")[ROW])

    pending = next(request for request in app.store.requests.all("events") if request.state == "pending")
    assert carry_out(app, pending).state == "done"
    first, last = app.store.runs.of("events")[0], app.store.runs.of("events")[-1]
    before, after = rule_fingerprints(app, first.id), rule_fingerprints(app, last.id)
    assert len(before) > 20
    assert {rule: after[rule] for rule in before if rule in after} == {rule: before[rule] for rule in before if rule in after}
