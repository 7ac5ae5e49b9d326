"""Text gets its plain form, and words for nothing go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.normalize_text import NormalizeText
from sluice.domain import RAW, Batch, Column, Schema

SCHEMA = Schema("d", key=("id",), columns=(Column("id"), Column("text"), Column("n", "number")))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  a \t b\u00a0c ", "a b c"),
        ("\uff21\uff22C", "ABC"),
        ("salt &amp; pepper", "salt & pepper"),
        ("salt &amp;amp; pepper", "salt & pepper"),
        ("caf&eacute;", "café"),
        ("CafÃ©", "Café"),
        ("itâ€™s", "it\u2019s"),
        ("caf&Atilde;&copy;", "café"),
        ("e\u0301", "é"),
        ("zero\u200bwidth", "zerowidth"),
        ("N/A", None),
        (" null ", None),
        ("无", None),
        ("   ", None),
        ("https://x.org/?a=1&copy=2&lt=3", "https://x.org/?a=1&copy=2&lt=3"),
        ("AT&T", "AT&T"),
        ("naïve café, Müller & Söhne", "naïve café, Müller & Söhne"),
        ("咖啡杯", "咖啡杯"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("no", "no"),
    ],
)
def test_plain_forms(batch: Callable[..., Batch], snapshot: Callable[..., Any], text: str, plain: str | None) -> None:
    cleaned = NormalizeText(SCHEMA).clean(batch(SCHEMA, id=["1"], text=[text]), [], snapshot())
    assert cleaned.batch.rows["text"].to_list() == [plain]
    assert cleaned.repairs.height == (text != plain)


def test_the_repair_tells_what_was_done_and_no_value(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    (repair,) = NormalizeText(SCHEMA).clean(batch(SCHEMA, id=["1"], text=[" CafÃ© &amp; bar"]), [], snapshot()).repairs.to_dicts()
    assert repair["message"] == "mojibake, HTML entities, white space"
    assert (repair["old"], repair["new"], repair["applied"]) == (" CafÃ© &amp; bar", "Café & bar", True)


def test_the_key_and_kept_columns_are_left(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cleaned = NormalizeText(SCHEMA, exclude=("text",)).clean(batch(SCHEMA, id=[" a&amp; "], text=[" b "]), [], snapshot())
    assert cleaned.batch.rows.select("id", "text").rows() == [(" a&amp; ", " b ")]


def test_a_word_for_nothing_in_a_number_is_nothing(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["1", "2"], n=[None, None], raw={0: {"n": "N/A"}, 1: {"n": "many"}})
    cleaned = NormalizeText(SCHEMA).clean(rows, [], snapshot())
    assert cleaned.batch.rows[RAW].to_list() == [None, [{"column": "n", "text": "many"}]]
    assert cleaned.repairs.select("old", "new", "applied").rows() == [("N/A", None, True)]


@given(st.lists(st.text(max_size=12) | st.sampled_from(["Ã©", "&amp;lt;", "â€œ", "ﬁ", " ", "&#65;"]), max_size=4).map("".join))
def test_a_plain_form_is_its_own(text: str) -> None:
    cleaner = NormalizeText(SCHEMA)
    once = cleaner._normalize(text)[0]
    assert once is None or cleaner._normalize(once)[0] == once


@pytest.mark.parametrize("settings", [{"columns": ("id",)}, {"columns": ("n",)}, {"exclude": ("nope",)}])
def test_settings_must_name_text_outside_the_key(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="outside the key"):
        NormalizeText(SCHEMA, **settings)
