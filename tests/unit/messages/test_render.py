"""Messages become sentences, and stay what they were when they are stored."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import EMPTY, Message, message_column
from sluice.messages import as_dict, join_messages, mask_message, mask_reasons, reason_message, render, split_messages

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
    outcome = as_dict(LOW)
    assert outcome == {"code": "worst_dimension_below", "params": {"dimension": "validity", "value": 80.04, "limit": 90}, "text": "validity is 80.0, below 90"}
    assert json.loads(json.dumps(outcome)) == outcome


def test_a_message_of_another_version_is_still_readable() -> None:
    assert render(Message.of("not_yet_invented", rows=3)) == "not_yet_invented(rows=3)"
    assert render(Message("rows_rejected", {"rows": "many"})) == "many rows were rejected"
    assert render(Message("age_days", {})) == "? days"


def test_messages_of_rows_are_split_for_the_lake_and_joined_again() -> None:
    rows = pl.DataFrame({"days": [2, 3]}).select(message_column("age_days", days=pl.col("days")))
    rows = pl.concat([rows, pl.DataFrame({"message": ["odd", None]}, schema={"message": pl.String})])
    split = split_messages(rows)
    assert split["message"].to_list() == ["2.0 days", "3.0 days", "odd", None]
    assert split["code"].to_list() == ["age_days", "age_days", "text", None]
    joined = join_messages(split.lazy()).collect()["message"].to_list()
    assert [Message.loads(text or "") for text in joined] == [Message.of("age_days", days=2), Message.of("age_days", days=3), Message.text("odd"), EMPTY]


def test_a_message_column_may_stand_within_another() -> None:
    inner = message_column("age_days", days=pl.lit(2))
    text = pl.select(message_column("newest_batch_closed", run=pl.lit('b"1'), reason=inner)).item()
    assert render(Message.loads(text)) == 'the newest batch (b"1) is closed: 2.0 days'


def test_a_reason_shows_no_personal_cell() -> None:
    message = Message.of("price_off", column="price", price=12.5, reason=Message.of("other", text="12 Elm Street"), nothing=None)
    hidden = mask_message(message, frozenset({"price"}), "***")
    assert hidden == Message.of("price_off", column="price", price="***", reason=Message.of("other", text="***"), nothing=None)
    reason = {"name": "r", "columns": ["price"], "message": "at 12 Elm Street", "code": "price_off", "params": json.dumps(message.to_json()["params"])}
    masked = mask_reasons([reason], frozenset({"price"}), frozenset({"price"}), "***")
    assert "Elm" not in json.dumps(masked)
    assert mask_reasons([reason], frozenset({"other"}), frozenset({"price"}), "***") == [reason]
    assert reason_message({"name": "r", "message": "is empty"}) == Message.text("is empty")
    assert reason_message({"name": "r", "message": None, "code": None}) == Message.text("r")


def test_a_stored_word_is_rendered_as_words() -> None:
    assert render(Message.of("incident_expected", cause="planned_change")) == "planned change"
