"""Rows to label are chosen by the worker, and answers of the pages go into the file that the terminal writes, too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaning.cell_errors.stored_labels import read_labelled
from sluice.app import App, build, process_requests
from sluice.app.cell_labels import start_labelling
from sluice.app.label_requests import write_label
from sluice.app.requests import LABELLING
from sluice.cli.daemon import JobRunner
from sluice.config.label_settings import label_path
from sluice.domain import LABEL_COLUMNS, CorrectedCell, Person, Request, RequestKind, Suspect, ValueGroup, row_value
from sluice.messages import render
from sluice.store.label_file import read_label_file

CONFIG = """
clock: 2026-03-15T00:00:00Z
datasets:
  beer_labels:
    source: {files: "taught/beers.csv"}
    mode: snapshot
    key: [row, column, answer]
    columns: {row: {type: string}, column: {type: string}, value: {type: string}, answer: {type: string}}
  beers:
    source: {files: "landing/beers*.csv"}
    key: [id]
    columns: {id: {}, style: {}, size: {}, brewer: {personal: true}}
    clean: [cell_errors: {dataset: beer_labels}]
dashboard: {proxy: {header: X-User, addresses: [10.0.0.2]}}
people:
  - {person: "vic@shop.example", role: viewer}
  - {person: "sam@shop.example", role: steward, datasets: [beers]}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop of 60 beers, some of whose sizes have a unit, and one style a slip."""
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "landing").mkdir()
    lines = [
        f"{place},{'Pixsner' if place == 7 else ('Pilsner', 'Stout')[place % 2]},{12 + place % 3}{' oz' if place % 2 else ''},Ann Brewer" for place in range(60)
    ]
    (tmp_path / "landing" / "beers.csv").write_text("\n".join(["id,style,size,brewer", *lines]) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals(["beers"])))
        yield app


def ask(app: App, kind: RequestKind, name: str, rows: tuple[str, ...] = (), cells: tuple[CorrectedCell, ...] = (), **facts: Any) -> Request:
    app.store.requests.submit(Request(name, kind, "beers", "Sam", "", app.now(), rows, **facts), cells)
    process_requests(app)
    answered = app.store.requests.get(name)
    assert answered is not None
    return answered


def answer(row: str, *corrected: tuple[str, str]) -> tuple[CorrectedCell, ...]:
    cells = {"style": "Pixsner", "size": "13 oz"}
    return (CorrectedCell(row, "*", row_value(cells)), *(CorrectedCell(row, *cell) for cell in corrected))


def lines_of(app: App) -> list[tuple[str, str, str]]:
    return [(row, column, value) for row, column, value in read_label_file(label_path(app.config, "beers")).select(LABEL_COLUMNS).rows() if column != "*"]


def test_rows_are_chosen_with_their_suspects_in_context_and_no_personal_column(app: App) -> None:
    request = ask(app, "choose_rows", "q1")
    plan = app.store.label_plans.of("beers")
    assert (request.state, render(request.answer)) == ("done", "20 rows are chosen")
    assert (plan.done, plan.total, len(plan.rows)) == (20, 20, 20)
    assert all(set(row.cells) == {"style", "size"} for row in plan.rows)
    slip = next(row for row in plan.rows if row.cells["style"] == "Pixsner")
    assert slip.suspects["style"] == Suspect(("dependency",), ValueGroup({"size": "13 oz"}, (("Stout", 9), ("Pixsner", 1)), 10))
    assert [row["size"] for row in slip.near] == ["13 oz"] * 3
    assert [row.covered for row in plan.rows] == sorted(row.covered for row in plan.rows)
    assert plan.rows[-1].enough and not plan.rows[0].enough


def test_answers_of_the_page_and_of_the_terminal_are_in_one_file(app: App) -> None:
    ask(app, "choose_rows", "q1")
    first = app.store.label_plans.of("beers").rows[0]
    assert ask(app, "label", "q2", (first.row,), answer(first.row, ("size", "13"))).state == "done"
    session = start_labelling(app, "beers", label_path(app.config, "beers"), "bob")
    chosen = session.next_row()
    second = session.ids[chosen.row] if chosen else ""
    session.label(session.ids.index(second), {"size": ""})
    assert lines_of(app) == [(first.row, "size", "13"), (second, "size", "")] and first.row != second
    ask(app, "choose_rows", "q3")
    assert not {first.row, second} & {row.row for row in app.store.label_plans.of("beers").rows}


def test_a_label_is_undone_by_its_request_and_leaves_those_of_others(app: App) -> None:
    ask(app, "label", "q1", ("a.0",), answer("a.0", ("size", "13")))
    ask(app, "label", "q2", ("a.0",), answer("a.0", ("size", "9")))
    undone = ask(app, "undo_label", "q3", ("q1",))
    assert (undone.state, render(undone.answer)) == ("done", "taken out of taught/beers.csv again")
    assert lines_of(app) == [("a.0", "size", "9")]
    assert ask(app, "undo_label", "q4", ("q3",)).state == "refused"


def test_an_answer_that_is_carried_out_twice_is_written_once(app: App) -> None:
    request = Request("q1", "label", "beers", "Sam", "", app.now(), ("a.0",))
    app.store.requests.submit(request, answer("a.0", ("size", "13")))
    for _ in range(2):  # a worker that died before it answered
        write_label(app, request)
    assert len(read_label_file(label_path(app.config, "beers"))) == 2


def test_an_equal_answer_of_somebody_else_stays_where_one_is_undone(app: App) -> None:
    for name in ("q1", "q2"):
        ask(app, "label", name, ("a.0",), answer("a.0", ("size", "13")))
    ask(app, "undo_label", "q3", ("q2",))
    assert lines_of(app) == [("a.0", "size", "13")]


def test_answers_that_contradict_each_other_are_published_close_no_gate_and_teach_nothing(app: App) -> None:
    rows = app.store.snapshot().published("beers").select("_row_id").collect()["_row_id"].to_list()
    path = label_path(app.config, "beers")
    for name, style in (("ada", "Stout"), ("bob", "IPA")):
        sitting = start_labelling(app, "beers", path, name)
        sitting.label(sitting.ids.index(rows[7]), {"style": style})
        sitting.label(sitting.ids.index(rows[8]), {})
    session = start_labelling(app, "beers", path, "cy")
    assert [(conflict.first_value, conflict.second_value) for conflict in session.contradictions()] == [("Stout", "IPA")]
    (published,) = app.run(app.pending_arrivals(["beer_labels"]))
    assert (published.decision, published.bad) == ("open", 0)
    labelled = read_labelled(app.store.snapshot(), "beers", ("style", "size"), "beer_labels")
    assert [labelled.ids[label.row] for label in labelled.labels] == [rows[8]]


def test_two_imported_answers_on_a_row_have_two_names(app: App) -> None:
    ask(app, "import_labels", "q1", ("a.1",), (*answer("a.1", ("style", "Pilsner")), *answer("a.1", ("style", "Stout"))))
    assert read_label_file(label_path(app.config, "beers"))["answer"].to_list() == ["q1", "q1", "q1-2", "q1-2"]


def test_imported_labels_take_the_place_of_those_on_their_rows(app: App) -> None:
    ask(app, "label", "q1", ("a.0",), answer("a.0", ("size", "13")))
    ask(app, "label", "q2", ("a.1",), answer("a.1", ("style", "Stout")))
    imported = ask(app, "import_labels", "q3", ("a.1", "a.2"), (*answer("a.1", ("style", "Pilsner")), *answer("a.2")))
    assert render(imported.answer) == "the labels of 2 rows are in taught/beers.csv"
    assert lines_of(app) == [("a.0", "size", "13"), ("a.1", "style", "Pilsner")]


def test_labels_of_personal_columns_are_refused_and_their_cells_not_written(app: App) -> None:
    refused = ask(app, "label", "q1", ("a.0",), answer("a.0", ("brewer", "Bo")))
    assert refused.state == "refused" and "brewer of beers is not labelled" in render(refused.answer)
    ask(app, "label", "q2", ("a.0",), (CorrectedCell("a.0", "*", row_value({"size": "9", "brewer": "Ann Brewer"})),))
    assert "Ann" not in label_path(app.config, "beers").read_text()


def test_a_viewer_is_refused_where_the_answer_is_carried_out(app: App) -> None:
    unguarded = type(app.store.requests)(app.store.database, app.store.schemas, app.now, type(app.store.people)())  # as one who writes into the table
    unguarded.submit(Request("q1", "label", "beers", "Vic", "", app.now(), ("a.0",), person=Person("vic@shop.example")), answer("a.0"))
    process_requests(app)
    request = app.store.requests.get("q1")
    assert request is not None and request.state == "refused" and "needs the role steward" in render(request.answer)
    assert not label_path(app.config, "beers").exists()


def test_while_another_job_is_at_it_labels_are_written(app: App) -> None:
    app.store.requests.submit(Request("q1", "label", "beers", "Sam", "", app.now(), ("a.0",)), answer("a.0", ("size", "13")))
    runner = JobRunner(app, print, threading.Event())
    runner.job("requests")()
    assert lines_of(app) == []
    with runner.lock:
        runner.beside(LABELLING)()
    assert lines_of(app) == [("a.0", "size", "13")]
