"""A value is found and replaced as a word of its own, in texts, JSON, rows, lists and structs; every text of the database is registered."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, String

from sluice.domain.value_places import PLACES, RECORDS_WITHOUT_VALUES
from sluice.errors import UsageError
from sluice.store.sealed_columns import SealedJson, SealedText
from sluice.store.tables import METADATA
from sluice.store.values import ValueQuery

TEXTS = (String, JSON, SealedText, SealedJson)
values = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=3, max_size=12)


def test_every_text_of_the_database_is_in_a_place_or_holds_no_value() -> None:
    registered = {(table, name) for place in PLACES for table, columns in place.columns.items() for name in columns}
    without = {(table, name) for table, columns in RECORDS_WITHOUT_VALUES.items() for name in columns}
    texts = {(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns if isinstance(column.type, TEXTS)}
    assert registered | without == texts, "register a new column in sluice/domain/value_places.py"
    assert not registered & without


@given(values, st.sampled_from(["{}", "for {}.", '"{}", 12', "x\n{}\ty"]))
def test_a_value_is_found_in_text_and_in_json_of_any_depth_and_is_gone_once_replaced(value: str, frame: str) -> None:
    query = ValueQuery(value)
    text = frame.format(value)
    for written in (text, json.dumps({"note": [text]}), json.dumps({"note": [text]}, ensure_ascii=False), json.dumps(json.dumps(text))):
        assert query.count(written) >= 1
        assert query.count(str(query.replace(written, "•"))) == 0


@pytest.mark.parametrize(
    ("value", "text", "times"),
    [("Ann", "Ann, Annual, Joann", 1), ("王小明", "收件人王小明的订单", 1), ("12.5", "12.50 and 12.5", 1), ("a@b.example", "mail a@b.example!", 1)],
)
def test_a_value_is_a_word_of_its_own(value: str, text: str, times: int) -> None:
    assert ValueQuery(value).count(text) == times


def test_a_value_leaves_every_type_of_column() -> None:
    rows = pl.DataFrame(
        {
            "mail": ["to a@b.example", "c@d.example"],
            "born": [date(1931, 7, 19), date(1990, 1, 1)],
            "_raw": [[{"column": "mail", "text": "a@b.example"}], None],
        }
    )
    assert ValueQuery("a@b.example").rows(rows).to_list() == [True, False]
    erased = ValueQuery("1931-07-19").replace_in_rows(ValueQuery("a@b.example").replace_in_rows(rows, "erased-1"), "erased-1")
    assert erased.row(0) == ("to erased-1", None, [{"column": "mail", "text": "erased-1"}])
    assert erased.row(1) == rows.row(1)
    assert erased.schema == rows.schema


def test_a_value_of_two_letters_is_refused_without_being_named() -> None:
    with pytest.raises(UsageError, match=r"^a value of fewer than 3 characters would be found in everything; give a longer one$"):
        ValueQuery(" qx ")


def test_the_documentation_names_every_place_and_whether_personal_values_are_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "background" / "stored-values.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(): cells[4].strip() for line in page.splitlines() if len(cells := line.split("|")) == 7}
    for place in PLACES:
        assert rows[place.name] in (("yes", "what people write") if place.personal else ("no", "masked")), place.name
