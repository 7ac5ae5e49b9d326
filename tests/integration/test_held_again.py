"""A held row that is sent again, as it is or corrected, through the whole program."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sluice.app import App, build, process_requests
from sluice.cli.main import app as app_of_commands
from sluice.domain import ROW, Request, Run
from sluice.errors import UsageError
from sluice.messages import render
from sluice.store.row_states import row_states

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  orders:
    source: {{files: "landing/*.csv"}}
    mode: {mode}
    key: [id]
    {more}
    columns: {{id: {{required: true}}, price: {{type: number}}, ts: {{type: timestamp}}}}
    suite:
      - expect_column_values_to_be_between: {{column: price, min_value: 0, on_fail: quarantine}}
"""


def shop(folder: Path, mode: str = "append", more: str = "") -> Path:
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(CONFIG.format(mode=mode, more=more))
    return folder


def land(folder: Path, name: str, *rows: tuple[str, float, int]) -> Run:
    lines = [f"{key},{price},2026-03-01T{hour}:00:00Z" for key, price, hour in rows]
    (folder / "landing" / name).write_text("id,price,ts\n" + "\n".join(lines) + "\n")
    with build(folder / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
    return run


def states(app: App, run: Run) -> list[tuple[str, str, str | None]]:
    """Return position, state and other row of the rows of a run; every row that arrived has one state."""
    every_row = row_states(app.store, "orders").sort(ROW)
    assert every_row[ROW].is_unique().all()
    assert every_row.height == sum(run.rows for run in app.store.runs.of("orders") if run.kind == "ingest")
    return [(row.removeprefix(f"{run.id}."), state, other) for row, state, other in every_row.rows() if row.startswith(f"{run.id}.")]


@pytest.mark.parametrize("mode", ["append", "upsert"])
def test_a_held_row_that_comes_again_is_a_copy_of_the_held_row_and_is_released_once(tmp_path: Path, mode: str) -> None:
    folder = shop(tmp_path, mode)
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 10), ("b", 2, 10))
    second = land(folder, "a-2026-03-02.csv", ("a", -1, 10), ("b", 2, 10), ("c", 3, 10))
    assert (first.bad, second.bad, second.copies, second.good) == (1, 0, 2, 1)
    with build(folder / "sluice.yaml") as app:
        assert states(app, second) == [("0", "copy", f"{first.id}.0"), ("1", "copy", f"{first.id}.1"), ("2", "published", None)]
        assert app.store.quarantine.held("orders")[ROW].to_list() == [f"{first.id}.0"]
        app.store.requests.submit(Request("r1", "release", "orders", "Ada", "right", app.now(), rows=(f"{first.id}.0",)))
        process_requests(app)
        assert states(app, first) == [("0", "published", None), ("1", "published", None)]
        assert sorted(app.store.snapshot().published("orders").collect()["id"]) == ["a", "b", "c"]


@pytest.mark.parametrize("mode", ["append", "upsert"])
def test_a_corrected_row_supersedes_the_held_one(tmp_path: Path, mode: str) -> None:
    folder = shop(tmp_path, mode)
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 10), ("b", -2, 10))
    second = land(folder, "a-2026-03-02.csv", ("a", 1, 10), ("b", 2, 10))
    assert (second.good, second.bad, second.replaced, second.decision) == (2, 0, 2, "open")
    with build(folder / "sluice.yaml") as app:
        assert states(app, first) == [("0", "superseded", f"{second.id}.0"), ("1", "superseded", f"{second.id}.1")]
        assert app.store.quarantine.held("orders").is_empty()
        assert app.gate("orders").open


def test_an_older_row_supersedes_no_held_one(tmp_path: Path) -> None:
    folder = shop(tmp_path, "upsert", "time: ts")
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 12), ("b", 2, 12))
    land(folder, "a-2026-03-02.csv", ("a", 1, 11))
    with build(folder / "sluice.yaml") as app:
        assert states(app, first)[0] == ("0", "held", None)


def test_a_shop_that_decides_on_changes_itself_decides_on_held_rows_too(tmp_path: Path) -> None:
    folder = shop(tmp_path, "append", "on_change: hold")
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 12), ("b", 2, 12))
    land(folder, "a-2026-03-02.csv", ("a", 1, 12))
    with build(folder / "sluice.yaml") as app:
        assert states(app, first)[0] == ("0", "held", None)


def test_a_row_that_is_good_by_a_mended_rule_supersedes_its_held_equal(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 12), ("b", 2, 12))
    configuration = folder / "sluice.yaml"
    configuration.write_text(configuration.read_text().replace("min_value: 0", "min_value: -9"))
    second = land(folder, "a-2026-03-02.csv", ("a", -1, 12), ("b", 2, 12))
    with build(configuration) as app:
        assert states(app, first)[0] == ("0", "superseded", f"{second.id}.0")
        assert states(app, second) == [("0", "published", None), ("1", "copy", f"{first.id}.1")]


def test_a_table_supersedes_the_held_rows_of_the_one_before(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot")
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 10), ("b", 2, 10), ("c", -3, 10))
    second = land(folder, "a-2026-03-02.csv", ("a", -1, 10), ("b", 2, 10), ("d", 4, 10))
    assert (first.decision, second.bad, second.copies) == ("closed", 1, 0)
    with build(folder / "sluice.yaml") as app:
        assert states(app, first) == [("0", "superseded", f"{second.id}.0"), ("1", "superseded", f"{second.id}.1"), ("2", "superseded", None)]
        assert states(app, second) == [("0", "held", None), ("1", "published", None), ("2", "published", None)]
        (revision,) = second.revisions
        assert (revision.run, revision.good, revision.bad, revision.superseded, revision.own) == (first.id, 0, 0, 3, 0)
        (incident,) = app.store.incidents.all("orders")
        assert incident.rule == "expect_column_values_to_be_between:price"
        app.store.requests.submit(Request("r1", "release", "orders", "Ada", "right", app.now(), rows=(f"{first.id}.2",)))
        process_requests(app)
        assert [request.state for request in app.store.requests.all()] == ["refused"]
    third = land(folder, "a-2026-03-03.csv", ("a", 1, 10), ("b", 2, 10), ("d", 4, 10))
    with build(folder / "sluice.yaml") as app:
        assert states(app, second)[0] == ("0", "superseded", f"{third.id}.0")
        assert app.store.incidents.all("orders") == []
        assert app.gate("orders").open
    printed = CliRunner().invoke(app_of_commands, ["quarantine", "show", "orders", f"{first.id}.2", "--config", str(folder / "sluice.yaml")])
    assert printed.output.strip() == (f"{first.id}.2 is superseded by a newer table, which has no row of its key, as run {second.id} recorded")


def test_a_table_that_is_held_as_a_whole_supersedes_nothing_until_it_is_released(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot", "max_shrink: 0.3")
    whole = [(f"k{number}", 1, 10) for number in range(200)]
    first = land(folder, "a-2026-03-01.csv", *whole, ("a", -1, 10))
    second = land(folder, "a-2026-03-02.csv", *whole[:50])
    third = land(folder, "a-2026-03-03.csv", *whole[:60])
    assert (second.good, third.good) == (0, 0)
    with build(folder / "sluice.yaml") as app:
        assert states(app, first)[-1] == ("99", "published", None)
        assert f"{first.id}.200" in set(app.store.quarantine.held("orders")[ROW])
        app.store.requests.submit(Request("r1", "release", "orders", "Ada", "smaller", app.now(), rule="max_shrink"))
        process_requests(app)
        (request,) = app.store.requests.all()
        assert render(request.answer).endswith("they replace the whole published table, so that the release cannot be undone")
        assert app.store.quarantine.held("orders").is_empty()
        assert {state for _, state, _ in states(app, first)} == {"superseded"} == {state for _, state, _ in states(app, second)}
        assert {state for _, state, _ in states(app, third)} == {"published"}
        released = app.store.runs.of("orders")[-1]
        assert {revision.run: (revision.good, revision.bad) for revision in released.revisions} == {third.id: (60, 0), second.id: (0, 0), first.id: (200, 0)}


def test_rows_of_a_newer_table_that_is_held_as_a_whole_stay_held_when_an_older_one_comes_late(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot", "max_shrink: 0.3")
    whole = [(f"k{number}", 1, 10) for number in range(200)]
    first = land(folder, "a-2026-03-01.csv", *whole, ("a", -1, 10))
    third = land(folder, "a-2026-03-03.csv", *whole[:50])
    second = land(folder, "a-2026-03-02.csv", *whole)
    with build(folder / "sluice.yaml") as app:
        assert second.good == 200
        assert set(app.store.quarantine.held("orders")[ROW].str.replace(r"\.\d+$", "")) == {third.id}
        assert {state for _, state, _ in states(app, first)} == {"superseded"}


def test_a_rebuild_and_a_restored_database_know_that_held_rows_are_superseded(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot")
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 10), ("b", 2, 10))
    with contextlib.closing(sqlite3.connect(folder / ".sluice" / "sluice.db")) as read, contextlib.closing(sqlite3.connect(folder / "backup.db")) as written:
        read.backup(written)
    second = land(folder, "a-2026-03-02.csv", ("a", 1, 10), ("b", 2, 10))
    (folder / "backup.db").replace(folder / ".sluice" / "sluice.db")
    superseded = [("0", "superseded", f"{second.id}.0"), ("1", "superseded", f"{second.id}.1")]
    with build(folder / "sluice.yaml") as app:
        assert list(app.run(app.pending_arrivals())) == []
        assert states(app, first) == superseded
        before = [run.revisions for run in app.store.runs.of("orders")]
    configuration = folder / "sluice.yaml"
    configuration.write_text(
        configuration.read_text().replace("price: {type: number}", "cost: {type: number, was: price}").replace("column: price", "column: cost")
    )
    assert CliRunner().invoke(app_of_commands, ["rebuild", "orders", "--write", "--config", str(configuration)]).exit_code == 0
    with build(configuration) as app:
        assert states(app, first) == superseded
        assert [run.revisions for run in app.store.runs.of("orders")] == [*before, ()]


def test_a_copy_and_a_superseded_row_are_shown_with_the_row_that_they_repeat(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    first = land(folder, "a-2026-03-01.csv", ("a", -1, 10), ("b", 2, 10))
    second = land(folder, "a-2026-03-02.csv", ("a", 1, 10), ("b", 2, 10))
    options = ["--config", str(folder / "sluice.yaml")]
    copy = CliRunner().invoke(app_of_commands, ["quarantine", "show", "orders", f"{second.id}.1", *options])
    assert (copy.exit_code, copy.output.strip()) == (0, f"{second.id}.1 is a copy of {first.id}.1, as run {second.id} recorded")
    superseded = CliRunner().invoke(app_of_commands, ["quarantine", "show", "orders", f"{first.id}.0", *options])
    assert superseded.output.strip() == f"{first.id}.0 is superseded by {second.id}.0, as run {second.id} recorded"
    with build(folder / "sluice.yaml") as program, pytest.raises(UsageError, match=f"is a copy of {first.id}.1"):
        program.worker.explain_row(["orders"], f"{second.id}.1", program.store.snapshot().id)


def test_run_and_gate_say_that_a_published_key_is_gone_while_its_row_is_held(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot")
    rows = [(f"k{number}", 1.0, 10) for number in range(200)]
    land(folder, "a-2026-03-01.csv", *rows)
    lines = [f"{key},{-1 if key == 'k7' else price},2026-03-01T{hour}:00:00Z" for key, price, hour in rows]
    (folder / "landing" / "a-2026-03-02.csv").write_text("id,price,ts\n" + "\n".join(lines) + "\n")
    options = ["--config", str(folder / "sluice.yaml")]
    ran = CliRunner().invoke(app_of_commands, ["run", *options])
    with build(folder / "sluice.yaml") as app:
        row = app.store.quarantine.held("orders")[ROW].item()
    sentence = f"1 published key is gone: its row is held (`sluice quarantine show orders {row}`)"
    assert f"orders: {sentence}" in ran.stderr.splitlines()
    gate = CliRunner().invoke(app_of_commands, ["gate", "orders", *options])
    assert (gate.exit_code, gate.stdout.splitlines()[-1].strip()) == (0, sentence)
    missing = json.loads(CliRunner().invoke(app_of_commands, ["gate", "orders", "--format", "json", *options]).stdout)["missing_keys"]
    assert (missing["code"], missing["params"]["keys"], missing["params"]["row"]) == ("published_keys_held", 1, row)
