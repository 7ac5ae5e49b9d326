"""A sitting of labelling writes each answer to its file at once, and goes on where the last one ended."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cleaning.cell_errors.labelling import Labelling
from cleaning.cell_errors.table import Table
from sluice.app.cell_labels import LabelSession
from sluice.domain import LabelConflict
from sluice.errors import UsageError
from sluice.rules.labels import answers_of, label_lines
from sluice.store.label_file import read_label_file as read_file

TABLE = Table(("size", "name"), (("12 oz", "9", "10 oz"), ("ale", "stout", "pils")))


def session_of(path: Path, name: str = "ann") -> LabelSession:
    return LabelSession(path, ["a.0", "a.1", "a.2"], Labelling.of(TABLE), read_file(path), name)


def test_answers_are_written_at_once(tmp_path: Path) -> None:
    path = tmp_path / "labels" / "beers.csv"
    session_of(path).label(0, {"size": "12"})
    assert pl.read_csv(path, infer_schema=False).rows() == [("a.0", "*", '{"size": "12 oz", "name": "ale"}', "ann"), ("a.0", "size", "12", "ann")]


def test_the_next_sitting_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    session_of(path).label(1, {})
    later = session_of(path)
    chosen = later.next_row()
    assert later.labelled == [1]
    assert chosen is not None and chosen.row != 1


def test_undo_takes_the_last_row_back(tmp_path: Path) -> None:
    session = session_of(tmp_path / "beers.csv")
    session.label(1, {})
    session.label(0, {"size": "12", "name": ""})
    assert session.undo()
    assert session.labelled == [1]
    assert session.undo()
    assert not session.undo()


def test_every_row_is_labelled_or_put_back_in_the_end(tmp_path: Path) -> None:
    session = session_of(tmp_path / "beers.csv")
    session.label(0, {})
    session.skipped.append(1)
    session.label(2, {})
    assert session.next_row() is None


def test_labels_that_contradict_each_other_are_named_with_both_rows(tmp_path: Path) -> None:
    equal = Table(("size",), (("12 oz", "12 oz", "9"),))
    session = LabelSession(tmp_path / "beers.csv", ["a.0", "a.1", "a.2"], Labelling.of(equal), read_file(tmp_path / "beers.csv"), "ann")
    session.label(0, {"size": "12"})
    session.label(2, {})
    assert session.contradictions() == []
    session.label(1, {})
    assert session.contradictions() == [LabelConflict("size", "a.0", "a.1", "12", "12 oz")]


def test_suspects_have_their_signs(tmp_path: Path) -> None:
    session = session_of(tmp_path / "beers.csv")
    assert session.cells(0) == {"size": "12 oz", "name": "ale"}
    assert "unit" in session.suspects(0)["size"]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    path.write_text("id,style\n1,ale\n")
    with pytest.raises(UsageError, match="holds no labels"):
        read_file(path)


@pytest.mark.parametrize("content", [b"row,column,value\n\xe9,size,1\n", b'row,column,value\n"a,size,1\n'], ids=["no UTF-8", "an open quote"])
def test_a_file_that_is_no_csv_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "beers.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"beers\.csv"):
        read_file(path)


def test_an_empty_file_holds_no_labels_yet(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    path.touch()
    session_of(path).label(0, {})
    assert read_file(path)["row"].to_list() == ["a.0"]


def test_what_others_wrote_into_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    path.write_text("row,column,value,by\na.1,*,,Ann\n,size,3,Bo\n")
    session = session_of(path)
    with path.open("a") as file:
        file.write("a.2,*,,Cy\n")
    session.label(0, {"size": "12"})
    assert read_file(path)["by"].to_list() == ["Ann", "Bo", "Cy", None, None]
    assert session.undo()
    assert read_file(path)["row"].to_list() == ["a.1", None, "a.2"]


def test_each_of_two_people_takes_back_their_own_answer(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    ann, bo = session_of(path), session_of(path, "bo")
    ann.label(0, {"size": "12"})
    bo.label(0, {})
    bo.label(2, {})
    assert ann.undo()
    assert [answer.corrected for answer in answers_of(label_lines(read_file(path)))] == [{}, {}]
    assert bo.undo()
    assert read_file(path)["row"].to_list() == ["a.0"]


def test_an_equal_answer_of_somebody_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    ada, bob = session_of(path, "ada"), session_of(path, "bob")
    ada.label(0, {})
    bob.label(0, {})
    assert bob.undo()
    assert read_file(path).select("row", "answer").rows() == [("a.0", "ada")]
    assert not bob.undo()
    assert read_file(path)["answer"].to_list() == ["ada"]


def test_answers_that_others_wrote_without_a_name_get_one_each(tmp_path: Path) -> None:
    path = tmp_path / "beers.csv"
    path.write_text("row,column,value\na.1,*,\na.1,size,9 oz\na.1,*,\na.2,size,10\n")
    session_of(path).label(0, {})
    assert read_file(path)["answer"].to_list() == ["file", "file", "file-2", "file", "ann"]
    with path.open("a") as file:
        file.write("a.1,*,,\n")
    session_of(path, "bo").label(0, {})
    assert read_file(path)["answer"].to_list() == ["file", "file", "file-2", "file", "ann", "file-3", "bo"]


def test_a_second_answer_of_a_sitting_on_a_row_takes_the_place_of_the_first(tmp_path: Path) -> None:
    session = session_of(tmp_path / "beers.csv")
    session.label(0, {"size": "13"})
    session.label(0, {"size": "12"})
    assert [answer.corrected for answer in answers_of(label_lines(session.lines))] == [{"size": "12"}]


def test_a_row_that_two_people_labelled_otherwise_is_named(tmp_path: Path) -> None:
    session, other = session_of(tmp_path / "beers.csv"), session_of(tmp_path / "beers.csv", "bo")
    session.label(0, {"size": "12"})
    other.label(0, {})
    assert other.contradictions() == [LabelConflict("size", "a.0", "a.0", "12", "12 oz")]
