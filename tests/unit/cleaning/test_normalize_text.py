"""Text gets its plain form, and words for nothing go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.normalize_text import NormalizeText
from cleaning.text_steps import rewrite
from sluice.domain import RAW, Batch, Column, Message, Schema
from sluice.messages import render
from sluice.testing import MemorySnapshot, make_batch

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
        ("无", "无"),
        ("none", "none"),
        ("   ", None),
        ('="00012"', "00012"),
        ("'+49 170 123", "+49 170 123"),
        ("'s Heerenberg", "'s Heerenberg"),
        ("TRUŀE", "TRUŀE"),
        ("1½ x 10² ™", "1½ x 10² ™"),
        ("\ufb01ne", "fine"),
        ("\uff11\uff12\uff0c咖啡", "12\uff0c咖啡"),
        ("\uff21\uff0d1", "A-1"),
        (" Nylon\n  Polyester\n", "Nylon\n  Polyester"),
        ("<b>salt &amp; pepper</b>", "<b>salt &amp; pepper</b>"),
        ("&lt;b&gt;salt&lt;/b&gt;", "&lt;b&gt;salt&lt;/b&gt;"),
        ('{"a": "b  c"}', '{"a": "b  c"}'),
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
    assert render(Message.loads(repair["message"])) == "mojibake decoded; HTML entities decoded; blanks normalized"
    assert (repair["old"], repair["new"], repair["applied"]) == (" CafÃ© &amp; bar", "Café & bar", True)


def test_the_key_and_kept_columns_are_left(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cleaned = NormalizeText(SCHEMA, exclude=("text",)).clean(batch(SCHEMA, id=[" a&amp; "], text=[" b "]), [], snapshot())
    assert cleaned.batch.rows.select("id", "text").rows() == [(" a&amp; ", " b ")]


def test_a_word_for_nothing_in_a_number_is_nothing(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    rows = batch(SCHEMA, id=["1", "2"], n=[None, None], raw={0: {"n": "N/A"}, 1: {"n": "many"}})
    cleaned = NormalizeText(SCHEMA).clean(rows, [], snapshot())
    assert cleaned.batch.rows[RAW].to_list() == [None, [{"column": "n", "text": "many"}]]
    assert cleaned.repairs.select("old", "new", "applied").rows() == [("N/A", None, True)]


COLUMNS = {
    "numbers": (["12", "35.5", "40", "N/A", "none", "-"], {"N/A", "-"}),
    "ranges": (["12-15", "3-9", "40-1", "N/A", "-"], {"N/A"}),
    "choices": (["taxable", "taxable", "shipping", "shipping", "none", "N/A"], set()),
    "first names": (["Nan", "Ada", "Grace", "Null", "Edsger"], set()),
    "texts": (["A lamp", "An oak table", "A mug", "None", "N/A"], {"N/A"}),
    "a null of MySQL": (["red", "blue"] * 20 + ["\\N"] * 9, {"\\N"}),
    "a marker that recurs": (["A lamp", "An oak table", "A mug", *["NULL"] * 9, *["None"] * 9], {"NULL"}),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_word_of_a_column_is_missing_where_the_other_values_show_it(batch: Callable[..., Batch], snapshot: Callable[..., Any], name: str) -> None:
    texts, missing = COLUMNS[name]
    rows = batch(SCHEMA, id=[str(row) for row in range(len(texts))], text=texts)
    cleaned = NormalizeText(SCHEMA).clean(rows, [], snapshot())
    assert cleaned.batch.rows["text"].to_list() == [None if text in missing else text for text in texts]


def test_codes_lose_only_what_a_spreadsheet_wrote_around_them(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    schema = Schema("d", columns=(Column("sku"), Column("image_link")))
    rows = batch(schema, sku=['="0012"', " A  1&amp;", "\uff21"], image_link=["https://x.org/?a=1&amp;b=2", "https://x.org/a%20", "b.jpg"])
    cleaned = NormalizeText(schema).clean(rows, [], snapshot())
    assert cleaned.batch.rows["sku"].to_list() == ["0012", " A  1&amp;", "\uff21"]
    assert cleaned.batch.rows["image_link"].to_list() == ["https://x.org/?a=1&b=2", "https://x.org/a%20", "b.jpg"]


def test_a_code_in_scientific_notation_is_flagged_and_stays(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    schema = Schema("d", columns=(Column("ean"), Column("n", "number")))
    cleaned = NormalizeText(schema).clean(batch(schema, ean=["4006381333931", "4.01E+12", None], n=[1.0, 4.01e12, None]), [], snapshot())
    (verdict,) = cleaned.held
    assert (verdict.rule, verdict.on_fail, verdict.columns) == ("normalize_text:damaged_code", "flag", ("ean",))
    assert verdict.failing is not None
    assert verdict.failing.to_list() == [False, True, False]
    assert cleaned.repairs.is_empty()


@given(st.lists(st.text(max_size=12) | st.sampled_from(["Ã©", "&amp;lt;", "â€œ", "ﬁ", " ", "&#65;", "'=", '="1"']), max_size=4).map("".join))
def test_a_normalized_text_stays_as_it_is(text: str) -> None:
    steps = NormalizeText(SCHEMA)._steps("text")
    once = rewrite(text, steps)[0]
    assert rewrite(once, steps)[0] == once


@pytest.mark.parametrize("settings", [{"columns": ("id",)}, {"columns": ("n",)}, {"exclude": ("nope",)}])
def test_settings_must_name_text_outside_the_key(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="outside the key"):
        NormalizeText(SCHEMA, **settings)


class NormalizeEveryCell(NormalizeText):
    """Look at every cell, and at every text."""

    def _pattern(self, name: str) -> str:
        return ""

    def _texts_to_change(self, texts: pl.Series, *, is_key: bool) -> pl.Series:
        return texts.filter(texts != "") if is_key or "" not in self.null_values else texts


TEXTS = ["Lamp", "  Lamp", "n/a", "N/A", "", " ", "none", "\\N", "CafÃ©", "Café", '="001"', "'=x", "a &amp; b", "a  b", "7", "4.01E+12"]


@given(st.lists(st.none() | st.sampled_from(TEXTS) | st.text(max_size=3), max_size=20))
def test_only_cells_that_can_change_are_looked_at(texts: list[str | None]) -> None:
    batch = make_batch(SCHEMA, {"id": texts, "text": texts})
    cleaned, expected = (cleaner(SCHEMA).clean(batch, [], MemorySnapshot()) for cleaner in (NormalizeText, NormalizeEveryCell))
    assert cleaned.batch.rows.equals(expected.batch.rows)
    assert cleaned.repairs.equals(expected.repairs)
    assert [(verdict.rule, verdict.failed) for verdict in cleaned.held] == [(verdict.rule, verdict.failed) for verdict in expected.held]
