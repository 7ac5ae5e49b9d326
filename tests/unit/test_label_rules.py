"""Lines of labels hold answers: those that contradict each other are named."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import LabelConflict, row_value
from sluice.rules.labels import answers_of, conflicts

ANSWERS = st.lists(st.tuples(st.sampled_from(["a.0", "a.1", "a.2"]), st.dictionaries(st.sampled_from(["size", "name"]), st.text(max_size=2))), max_size=6)


def lines_of(answers: list[tuple[str, dict[str, str]]]) -> list[tuple[str | None, str | None, str | None]]:
    return [line for row, corrected in answers for line in [(row, "*", row_value({"size": "9", "name": "ale"})), *((row, *cell) for cell in corrected.items())]]


def test_a_row_that_two_people_answered_otherwise_is_named() -> None:
    lines = lines_of([("a.0", {"size": "12"}), ("a.0", {})])
    assert conflicts(lines) == [LabelConflict("size", "a.0", "a.0", "12", "9")]


def test_equal_rows_with_equal_answers_are_no_conflict() -> None:
    assert conflicts(lines_of([("a.0", {"size": "12"}), ("a.1", {"size": "12"}), ("a.0", {"size": "12"})])) == []


def test_corrections_without_a_line_for_the_row_are_one_answer() -> None:
    (answer,) = answers_of([("a.0", "size", "12"), ("a.0", "name", None), (None, "size", "3")])
    assert (answer.corrected, answer.cells) == ({"size": "12", "name": ""}, None)


def test_a_correction_before_the_line_of_its_row_belongs_to_it() -> None:
    assert [answer.corrected for answer in answers_of([("a.0", "size", "12"), ("a.0", "*", "")])] == [{"size": "12"}]


@given(ANSWERS)
def test_answers_are_read_as_they_were_given(answers: list[tuple[str, dict[str, str]]]) -> None:
    assert [(answer.row, answer.corrected) for answer in answers_of(lines_of(answers))] == answers


@given(ANSWERS, st.randoms(use_true_random=False))
def test_lines_with_names_are_read_in_any_order(answers: list[tuple[str, dict[str, str]]], random: Random) -> None:
    lines = [(*line, f"{number}") for number, answer in enumerate(answers) for line in lines_of([answer])]
    random.shuffle(lines)
    read = [(answer.row, sorted(answer.corrected.items())) for answer in answers_of(lines)]
    assert sorted(read) == sorted((row, sorted(corrected.items())) for row, corrected in answers)
