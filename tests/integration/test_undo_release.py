"""A release is undone: rows, reasons, score and gate are as they were before it, and models that learned from its rows are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from numpy import zeros
from safetensors.numpy import save

from sluice.app import App, process_requests
from sluice.cli.main import outcome
from sluice.domain import REASONS, ROW, Artifact, Request
from sluice.errors import UsageError
from sluice.messages import render
from tests.integration.prices_shop import PRICE, SUITE, carry_out, config_of, published_shop, write_shop

CONFIG = config_of("clean: [parse]", "gate: {max_quarantined: 0.1}", SUITE)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop that has read two days of 40 rows, of which ten have a price below 0, so that the gate is closed."""
    lines = {day: [f"s{day}-{number},{-number - 1 if number < 10 else 5}" for number in range(40)] for day in (1, 2)}
    with published_shop(write_shop(tmp_path, CONFIG, lines)) as app:
        yield app


def held(app: App) -> pl.DataFrame:
    return app.store.quarantine.held("prices").select(ROW, "sku", "price", REASONS).sort(ROW)


def published(app: App) -> list[str]:
    return sorted(app.store.snapshot().published("prices").collect()["sku"])


def facts(app: App) -> tuple[object, ...]:
    gate = app.gate("prices")
    return gate.state, gate.score, published(app)


def test_everything_is_as_it_was_before_the_release(app: App) -> None:
    before, rows_before = facts(app), held(app)
    assert carry_out(app, "r1", "release", rule=PRICE) == "done: 20 of 20 rows were released"
    assert (app.gate("prices").state, held(app).height, len(published(app))) == ("open", 0, 80)
    assert carry_out(app, "u1", "undo_release", ("r1",)) == "done: 20 rows are held again"
    assert facts(app) == before
    assert held(app).equals(rows_before)
    assert len(app.store.snapshot("4").published("prices").collect()) == 80
    assert ("Ann", "ask to undo_release", "prices: r1") in {(entry.who, entry.what, str(entry.subject)) for entry in app.store.activity.entries()}


def test_rows_can_be_released_again_and_only_one_of_two_releases_is_undone(app: App) -> None:
    first, second, *_ = held(app)[ROW].to_list()
    carry_out(app, "r1", "release", (first,))
    carry_out(app, "r2", "release", (second,))
    (revised,) = app.store.runs.of("prices")[-1].revisions
    assert carry_out(app, "u1", "undo_release", ("r1",)) == "done: 1 row is held again"
    (after,) = app.store.runs.of("prices")[-1].revisions
    assert (revised.bad, after.bad, after.good) == (8, 9, 31)
    assert held(app).filter(pl.col(ROW) == first).height == 1
    assert carry_out(app, "r3", "release", (first,)) == "done: 1 of 1 row was released"
    (again,) = app.store.runs.of("prices")[-1].revisions
    assert (again.bad, again.published) == (8, revised.published)


def test_what_cannot_be_undone_is_refused_with_the_reason(app: App) -> None:
    carry_out(app, "r1", "release", rule=PRICE)
    app.store.requests.submit(Request("u0", "undo_release", "prices", "Ann", "x", app.now(), ("nowhere",)))
    process_requests(app)
    refused = app.store.requests.get("u0")
    assert refused is not None
    assert "`sluice quarantine releases prices`" in render(refused.answer)
    carry_out(app, "u1", "undo_release", ("r1",))
    assert "was undone already" in carry_out(app, "u2", "undo_release", ("r1",))
    with pytest.raises(UsageError, match="must name them"):
        app.store.requests.submit(Request("u3", "undo_release", "prices", "Ann", "x", app.now()))


def test_models_that_learned_from_the_rows_are_named(app: App) -> None:
    carry_out(app, "r1", "release", rule=PRICE)
    runs = [run.id for run in app.store.runs.of("prices") if run.kind == "release"]
    card = {"kind": "two_tower", "read": runs[:1]}
    app.store.models.save("recommender", Artifact(save({"weights": zeros(1)}), card), "champion", at=app.now())
    answer = carry_out(app, "u1", "undo_release", ("r1",))
    assert answer == "done: 20 rows are held again; recommender 1 learned from them: retrain, or roll back (`sluice models rollback`)"


def test_releases_are_listed_and_undone_on_the_command_line(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    config = ["--config", str(app.path), "--format", "json"]
    carry_out(app, "r1", "release", (held(app)[ROW][0],))
    assert outcome(["quarantine", "releases", "prices", *config]) == 0
    (release,) = json.loads(capsys.readouterr().out)
    assert (release["release"], release["rows"], release["undone"], release["by"]) == ("release-r1", 1, False, "Ann")
    assert outcome(["quarantine", "undo", "prices", "release-r1", "--by", "Bo", "--reason", "wrong", *config]) == 0
    (answer,) = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["answer"]["text"]) == ("done", "1 row is held again")
    assert outcome(["quarantine", "undo", "prices", "release-r1", "--by", "Bo", "--reason", "wrong", *config]) == 2


def test_the_answer_says_that_a_release_over_published_rows_is_final(tmp_path: Path) -> None:
    days = {day: [f"a,{price}", f"b,{price}"] for day, price in ((1, 5), (2, -1))}
    with published_shop(write_shop(tmp_path, CONFIG.replace("    key:", "    mode: upsert\n    key:"), days)) as app:
        answer = carry_out(app, "r1", "release", rule=PRICE)
        assert answer == "done: 2 of 2 rows were released; they replace 2 published rows, so that the release cannot be undone"
        assert carry_out(app, "u1", "undo_release", ("r1",)).startswith("refused")
