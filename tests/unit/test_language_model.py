"""What may be asked of a language model, what of its answers counts, and how often it is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config.language_model import LanguageModel
from sluice.domain import RAW_TYPE, REASON_TYPE, AnswerRecord, Column, Completion, Message, Question, Schema, Usage
from sluice.language_model import Asking, NotAnswered
from sluice.ports.language_model import ModelAway
from sluice.rules.language_model.answers import Form, read_answer, schema_of_form
from sluice.rules.language_model.questions import body_of, digest_of_question, messages_of
from sluice.rules.language_model.repairs import CellRepairs, candidates
from sluice.rules.language_model.sendable import blamed_columns, sendable_reasons, sendable_rows

SCHEMA = Schema("orders", columns=(Column("user", personal=True), Column("title"), Column("price", "number")))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = st.text(max_size=30)


class Word(Form):
    word: str


QUESTION = Question("find_word", 1, "Find the word.", {"text": "a cup"}, schema_of_form(Word))


class Book:
    def __init__(self) -> None:
        self.records: list[AnswerRecord] = []

    def record(self, answer: AnswerRecord) -> None:
        self.records.append(answer)

    def find(self, question: str) -> AnswerRecord | None:
        return next((one for one in reversed(self.records) if one.question == question and one.state == "answered"), None)

    def used_since(self, moment: datetime) -> Usage:
        return Usage(len(self.records), sum(one.question_tokens + one.answer_tokens for one in self.records))


class Scripted:
    """A model that gives its answers in order; an exception is raised."""

    name = "small"

    def __init__(self, *answers: str | ModelAway) -> None:
        self.answers = list(answers)

    def complete(self, question: Question) -> Completion:
        answer = self.answers.pop(0)
        if isinstance(answer, ModelAway):
            raise answer
        return Completion(answer)


def asking(*answers: str | ModelAway, **facts: Any) -> tuple[Asking, Book, list[float]]:
    book, pauses = Book(), list[float]()
    return Asking(Scripted(*answers), book, lambda: NOW, pauses.append, **{"calls": 10, "tokens": 10_000, "attempts": 3, **facts}), book, pauses


def away(*, again: bool = True, after: float | None = None) -> ModelAway:
    return ModelAway(Message.of("language_model_status", status=503), again=again, after=after)


@given(users=st.lists(TEXTS, min_size=1, max_size=5), prices=st.lists(TEXTS, min_size=5, max_size=5))
def test_no_cell_of_a_personal_column_is_sendable_however_it_is_stored(users: list[str], prices: list[str]) -> None:
    marked = [f"\x02{user}\x03" for user in users]
    raw = [[{"column": "user", "text": user}, {"column": "price", "text": price}] for user, price in zip(marked, prices, strict=False)]
    reasons = [[{"name": "r", "severity": "critical", "message": user, "columns": ["user"], "code": "text", "params": None}] for user in marked]
    columns = {"user": marked, "title": ["t"] * len(marked), "price": [None] * len(marked)}
    rows = pl.DataFrame(columns, schema_overrides={"price": pl.Float64}).with_columns(
        pl.Series("_raw", raw, dtype=RAW_TYPE), pl.Series("_reasons", [[_fields(one) for one in row] for row in reasons], dtype=REASON_TYPE)
    )
    sent = sendable_rows(rows, SCHEMA, 500)
    assert [set(row) for row in sent] == [{"title", "price"}] * len(marked)
    assert "\x02" not in json.dumps([sent, [sendable_reasons(row, SCHEMA) for row in rows["_reasons"].to_list()]], ensure_ascii=False)
    assert [row["price"] for row in sent] == prices[: len(marked)]
    assert [blamed_columns(row, SCHEMA) for row in rows.to_dicts()] == [[]] * len(marked)


def _fields(reason: dict[str, Any]) -> dict[str, Any]:
    return {name: reason.get(name) for name in REASON_TYPE.inner.to_schema()}  # type: ignore[union-attr]  # a list of structs


@given(TEXTS)
def test_data_stands_in_one_json_document_of_the_user_and_never_in_the_instructions(text: str) -> None:
    marked = f"\x02{text}\x03"
    system, user = messages_of(Question("find_word", 1, "Find the word.", {"text": marked}, {}))
    assert "\x02" not in system["content"]
    assert json.loads(user["content"]) == {"text": marked}


@given(st.text(max_size=200))
def test_any_text_is_read_as_an_answer_or_as_none(text: str) -> None:
    assert read_answer(text, Word) is None or set(json.loads(text)) == {"word"}


@pytest.mark.parametrize("text", ['{"word": "cup"}', '```json\n{"word": "cup"}\n```', '<think>Is it a cup?</think>\n{"word": "cup"}'])
def test_a_fence_and_thoughts_are_taken_off(text: str) -> None:
    assert read_answer(text, Word) == Word(word="cup")


def test_a_schema_has_no_reference_and_allows_no_further_key() -> None:
    schema = json.dumps(schema_of_form(CellRepairs))
    assert "$ref" not in schema
    assert schema.count('"additionalProperties": false') == 2
    assert "maxLength" not in schema  # which not every server knows; our own check does


def test_a_schema_is_sent_unless_the_server_knows_none() -> None:
    assert body_of(QUESTION, "small", strict=True)["response_format"]["type"] == "json_schema"
    assert "response_format" not in body_of(QUESTION, "small", strict=False)


def test_another_model_version_or_cell_is_another_question() -> None:
    others = [Question("find_word", 2, "Find the word.", {"text": "a cup"}, {}), Question("find_word", 1, "Find the word.", {"text": "a mug"}, {})]
    digests = {digest_of_question(QUESTION, "small"), digest_of_question(QUESTION, "large"), *(digest_of_question(one, "small") for one in others)}
    assert len(digests) == 4


def test_a_repair_of_another_row_or_column_twice_or_to_the_same_value_is_no_candidate() -> None:
    answer = json.dumps({"repairs": [{"row": row, "column": column, "value": value, "why": ""} for row, column, value in CHOICES]})
    read = read_answer(answer, CellRepairs)
    assert read is not None
    assert [cell.text for cell, _ in candidates(read, ["b.0"], [["price"]], [{"price": "1"}])] == ["2"]


CHOICES = [(0, "price", "2"), (2, "price", "2"), (1, "title", "2"), (1, "price", "1"), (1, "price", " "), (1, "price", "2"), (1, "price", "3")]


def test_an_answer_that_does_not_fit_is_asked_for_again_and_each_call_is_recorded() -> None:
    model, book, pauses = asking("no", '{"word": 1}', '{"word": "cup"}')
    assert model.ask(QUESTION, Word).form == Word(word="cup")
    assert [one.state for one in book.records] == ["malformed", "malformed", "answered"]
    assert (pauses, all(one.question_tokens > 0 for one in book.records)) == ([], True)
    assert model.ask(QUESTION, Word).cached


def test_a_busy_server_is_waited_for_and_one_that_refuses_is_not() -> None:
    model, _, pauses = asking(away(), away(after=4), '{"word": "cup"}')
    assert model.ask(QUESTION, Word).form == Word(word="cup")
    assert pauses == [1.0, 4]
    refusing, book, none = asking(away(again=False))
    for _ in range(2):  # the second question is not sent any more
        with pytest.raises(NotAnswered) as refused:
            refusing.ask(QUESTION, Word)
        assert refused.value.ends
    assert (len(book.records), none) == (1, [])


def test_no_call_is_made_beyond_the_budget_also_within_one_question() -> None:
    model, book, _ = asking("no", "no", "no", calls=2)
    with pytest.raises(NotAnswered) as spent:
        model.ask(QUESTION, Word)
    assert (spent.value.reason.code, len(book.records)) == ("language_model_calls_spent", 2)


@pytest.mark.parametrize("url", ["ftp://model.example", "http://ann:secret@model.example/v1", "http://model.example/v1?key=secret"])
def test_an_address_is_of_http_and_holds_no_secret(url: str) -> None:
    with pytest.raises(ValueError, match=r"begins with http|`key`"):
        LanguageModel(url=url, model="small")
