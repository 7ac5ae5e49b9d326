"""Messages become sentences, and stay what they were when they are stored."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import EMPTY, Message
from sluice.messages import as_dict, render, with_text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
MESSAGES = st.recursive(
    st.builds(Message, st.text(min_size=1), st.dictionaries(st.text(), SCALARS)),
    lambda inner: st.builds(Message, st.text(min_size=1), st.dictionaries(st.text(), SCALARS | inner | st.lists(inner).map(tuple))),
    max_leaves=5,
)
LOW = Message.of("worst_dimension_below", dimension="validity", value=80.04, limit=90)


@given(MESSAGES.filter(bool))
def test_a_message_is_the_same_after_it_was_stored(message: Message) -> None:
    assert Message.loads(message.dumps()) == message
    assert hash(Message.loads(message.dumps())) == hash(message)


@given(MESSAGES)
def test_every_message_can_be_rendered(message: Message) -> None:
    assert isinstance(render(message, "zh"), str)


@pytest.mark.parametrize("sentence", ["validity is 80.0, below 90", "", "{not json", '{"a": 1}', "[1]"])
def test_a_sentence_that_was_stored_before_reads_as_text(sentence: str) -> None:
    message = Message.loads(sentence)
    assert (message.code, render(message), render(message, "zh")) == ("text", sentence, sentence)


def test_nothing_is_nothing() -> None:
    assert not EMPTY
    assert EMPTY.dumps() == ""
    assert Message.loads("") == EMPTY == Message.join([])


def test_a_sentence_is_rendered_in_the_language_that_is_asked_for() -> None:
    assert render(LOW) == render(LOW, "fr") == "validity is 80.0, below 90"
    assert render(LOW, "zh") == "有效性得分为 80.0，低于 90"  # noqa: RUF001
    assert render(Message.of("rows_rejected", rows=1)) == "1 row was rejected"
    assert render(Message.of("rows_rejected", rows=1200)) == "1,200 rows were rejected"
    assert render(Message.of("batch_missing", due="2026-03-01T06:00:00+00:00")) == "the batch due 2026-03-01 06:00 did not arrive"


def test_messages_in_messages_are_rendered() -> None:
    outer = Message.of("newest_batch_closed", run="b1", reason=Message.join([LOW, Message.of("batch_empty")]))
    assert render(outer) == "the newest batch (b1) is closed: validity is 80.0, below 90; the batch has no rows"
    assert render(outer, "zh").startswith("最新批次")


def test_machines_get_code_parameters_and_text() -> None:
    told = as_dict(LOW)
    assert told == {"code": "worst_dimension_below", "params": {"dimension": "validity", "value": 80.04, "limit": 90}, "text": "validity is 80.0, below 90"}
    assert json.loads(json.dumps(told)) == told


def test_a_message_of_another_version_is_still_readable() -> None:
    assert render(Message.of("not_yet_invented", rows=3)) == "not_yet_invented(rows=3)"
    assert render(Message("rows_rejected", {"rows": "many"})) == "many rows were rejected"
    assert render(Message("age_days", {})) == "? days"


def test_rows_get_their_texts() -> None:
    rows = pl.DataFrame({"code": ["age_days", None, "age_days"], "params": ['{"days": 2}', None, '{"days": 3}'], "message": [None, "odd", None]})
    assert with_text(rows)["message"].to_list() == ["2.0 days", "odd", "3.0 days"]
