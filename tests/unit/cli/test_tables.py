"""Tables cut nothing: in a pipe a row is one line, in a terminal long texts wrap in the last column."""

from __future__ import annotations

import io
import json

import pytest
from rich.cells import cell_len

from sluice.cli.output import Format, say, show, show_one, stored_cell, table_text

LONG = "mend the cause, " * 30
ROWS = [{"what": "files", "rows": 3, "found": LONG}, {"what": "磁盘", "rows": 12, "found": "fine"}]


def test_a_row_in_a_pipe_is_one_whole_line(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, Format.table)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith(LONG.strip())
    assert lines[2].split() == ["磁盘", "12", "fine"]
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [30, 50, 80, 200])
def test_a_terminal_gets_every_word_within_its_width(width: int) -> None:
    lines = table_text(ROWS, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).count("cause,") == 30
    assert "…" not in "".join(lines)


def test_the_other_columns_stay_whole_where_the_last_one_has_room() -> None:
    path = "landing/products-2026-03-01.csv"
    lines = table_text([{"file": path, "found": LONG}], 80).splitlines()
    assert [line for line in lines if path in line] == [lines[1]]


def test_a_column_that_only_some_rows_have_is_blank_in_the_others() -> None:
    rows = [{"dataset": "products", "rows": 3}, {"dataset": "events", "rows": 12, "sampled": "5 of 12"}]
    assert [line.split() for line in table_text(rows, None).splitlines()] == [
        ["dataset", "rows", "sampled"],
        ["products", "3"],
        ["events", "12", "5", "of", "12"],
    ]


def test_numbers_stand_to_the_right_and_a_cell_of_several_lines_is_one_line_in_a_pipe() -> None:
    rows = [{"dataset": "商品", "rows": 1200, "text": "first\nsecond"}, {"dataset": "events", "rows": 3, "text": "x"}]
    assert table_text(rows, None).splitlines() == ["dataset   rows  text", "商品     1,200  first second", "events       3  x"]


@pytest.mark.parametrize("value", [62.04, 83.64, 1370, 0.00012, 1234567.125])
def test_a_stored_cell_keeps_all_its_digits(value: float) -> None:
    assert table_text([{"value": stored_cell(value)}], None).split() == ["value", str(value)]


def test_blanks_of_a_cell_stay_so_that_a_copied_value_selects_its_rows() -> None:
    assert table_text([{"value": "red  mug", "rows": 3}], None).splitlines()[1] == "red  mug     3"


@pytest.mark.parametrize("width", [None, 60])
def test_a_terminal_does_not_obey_a_cell(width: int | None, capsys: pytest.CaptureFixture[str]) -> None:
    cell = "mug \x1b[2J\x07\u202eend"
    say(cell)
    show_one({}, Format.table, cell)
    for text in (table_text([{"value": cell}, {"value": [cell]}], width), *capsys.readouterr()):
        assert r"mug \x1b[2J\x07\u202eend" in text
        assert "\x1b" not in text


@pytest.mark.parametrize("width", [None, 60])
def test_a_character_that_stdout_lacks_is_an_escape_of_which_the_table_knows_the_width(width: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "latin-1"))
    lines = table_text([{"商": "红杯é", "rows": 3}, {"商": "cup", "rows": 12}], width).splitlines()
    assert lines == [r"\u5546         rows", r"\u7ea2\u676fé     3", "cup              12"]


def test_json_for_a_stdout_without_a_character_has_escapes_that_its_readers_know(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = io.TextIOWrapper(io.BytesIO(), "latin-1")
    monkeypatch.setattr("sys.stdout", stdout)
    show([{"item": "杯\U0001f600é"}], Format.json)
    stdout.seek(0)
    assert json.loads(stdout.read()) == [{"item": "杯\U0001f600é"}]
