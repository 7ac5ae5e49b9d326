"""What a steward decides on single rows teaches: corrections, releases and undos become labels, and an undone release teaches no longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from sluice.app import App, build, process_requests
from sluice.config.label_settings import label_path
from sluice.domain import ROW, CorrectedCell, Request, RequestKind
from sluice.messages import render
from sluice.rules.labels import answers_of, label_lines
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
    clean:
      - map_values: {column: style, values: {Ale: IPA}}
      - cell_errors: {dataset: beer_labels}
    gate: {max_quarantined: 0.9}
    suite:
      - expect_column_values_to_be_in_set: {column: size, value_set: ["12", "16"], severity: critical}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop of 30 beers: every tenth is held for its size, and every fifteenth had its style mapped."""
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "landing").mkdir()
    lines = [f"{place},{'Ale' if place % 15 == 1 else 'Stout'},{'9' if place % 10 == 0 else '12'},Ann Brewer" for place in range(30)]
    (tmp_path / "landing" / "beers.csv").write_text("\n".join(["id,style,size,brewer", *lines]) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals(["beers"])))
        yield app


def ask(app: App, kind: RequestKind, name: str, rows: tuple[str, ...] = (), cells: tuple[CorrectedCell, ...] = (), rule: str | None = None) -> Request:
    app.store.requests.submit(Request(name, kind, "beers", "Sam", "", app.now(), rows, rule), cells)
    process_requests(app)
    answered = app.store.requests.get(name)
    assert answered is not None
    return answered


def taught(app: App) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    answers = answers_of(label_lines(read_label_file(label_path(app.config, "beers"))))
    return [(answer.row, dict(answer.cells or {}), dict(answer.corrected)) for answer in answers]


def held(app: App) -> list[str]:
    return sorted(app.store.quarantine.held("beers")[ROW].to_list())


def test_a_correction_teaches_the_right_value(app: App) -> None:
    row = held(app)[0]
    corrected = ask(app, "correct", "q1", (row,), (CorrectedCell(row, "size", "16"),))
    assert "taught/beers.csv has its row as a label" in render(corrected.answer)
    assert taught(app) == [(row, {"style": "Stout", "size": "9"}, {"size": "16"})]


def test_a_released_row_is_right_as_it_is_until_its_release_is_undone(app: App) -> None:
    first, second, _ = held(app)
    ask(app, "release", "q1", (first, second))
    assert taught(app) == [(row, {"style": "Stout", "size": "9"}, {}) for row in (first, second)]
    ask(app, "undo_release", "q2", ("q1",))
    assert taught(app) == []


def test_an_undone_repair_teaches_that_the_cell_was_right(app: App) -> None:
    repair = app.store.quarantine.repairs("beers").sort(ROW).row(0, named=True)
    undone = ask(app, "undo", "q1", (repair["repair_id"],))
    assert "taught/beers.csv has its row as a label" in render(undone.answer)
    assert taught(app) == [(repair[ROW], {"style": "Ale", "size": "12"}, {})]


def test_a_repair_that_stays_is_a_label_of_its_row_where_another_decision_is_about_it(app: App) -> None:
    (app.path.parent / "landing" / "beers2.csv").write_text("id,style,size,brewer\n90,Ale,9,Bo\n91,Stout,12,Bo\n92,Stout,12,Bo\n")
    list(app.run(app.pending_arrivals(["beers"])))
    row = app.store.quarantine.held("beers").filter(pl.col("id") == "90")[ROW].item()
    ask(app, "release", "q1", (row,))
    assert taught(app) == [(row, {"style": "Ale", "size": "9"}, {"style": "IPA"})]


def test_decisions_on_a_rule_or_on_refused_rows_teach_nothing(app: App) -> None:
    rule = "expect_column_values_to_be_in_set:size"
    assert ask(app, "release", "q1", rule=rule).state == "done"
    assert ask(app, "release", "q2", ("no.1",)).state == "refused"
    assert taught(app) == []


def test_a_decision_that_cannot_be_written_down_stands(app: App) -> None:
    (app.path.parent / "taught").write_text("no folder")
    row = held(app)[0]
    released = ask(app, "release", "q1", (row,))
    assert (released.state, "label" in render(released.answer)) == ("done", False)
    assert row not in held(app)
