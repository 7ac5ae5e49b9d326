"""`standardize` writes values of a known form in their standard form, and leaves all others as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.standardize import Standardize
from sluice.domain import Column, Schema
from sluice.errors import InvalidValue
from sluice.rules.forms import FORMS, StandardValue, standard_value
from sluice.rules.forms.check_digits import with_gs1_check_digit
from sluice.testing import MemorySnapshot, make_batch

SCHEMA = Schema("orders", key=("id",), columns=(Column("id"), Column("value"), Column("price", "number")))


@pytest.mark.parametrize(
    ("form", "region", "text", "standard"),
    [
        ("phone", "DE", "030 / 1234-5678", "+493012345678"),
        ("phone", "CN", "138 0013 8000", "+8613800138000"),
        ("phone", None, "+44 (0)20 7946 0958", "+442079460958"),
        ("email", None, " mailto:Ann.Weaver@Example.COM", "Ann.Weaver@example.com"),
        ("url", None, "HTTP://Example.com:80/A?b=C#d", "http://example.com/A?b=C#d"),
        ("country", None, "Vereinigtes Königreich", "GB"),
        ("country", None, "UK", "GB"),
        ("country", None, "美国", "US"),
        ("language", None, "Deutsch", "de"),
        ("language", None, "pt_br", "pt-BR"),
        ("language", None, "en-UK", "en-GB"),
        ("language", None, "ca_ES_valencia", "ca-ES-valencia"),
        ("country", None, "Turkey", "TR"),
        ("phone", "DE", "Tel.: 030 12345678", "+493012345678"),
        ("gtin", None, "EAN: 4 006381 333931", "4006381333931"),
        ("gtin", None, "036000291452", "0036000291452"),
        ("gtin", None, "04006381333931", "4006381333931"),
        ("isbn", None, "0-8044-2957-x", "9780804429573"),
        ("size", None, "extra extra large", "XXL"),
        ("size", None, "3x-large", "3XL"),
        ("colour", None, "Grün", "green"),
    ],
)
def test_another_spelling_is_repaired(form: str, region: str | None, text: str, standard: str) -> None:
    batch = make_batch(SCHEMA, {"id": ["a"], "value": [text], "price": [1.0]})
    cleaned = Standardize(SCHEMA, "value", form, region).clean(batch, [], MemorySnapshot())
    assert cleaned.batch.rows["value"].item() == standard
    assert cleaned.repairs.select("old", "new", "applied", "cleaner").row(0) == (text, standard, True, "standardize")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("phone", "12"),
        ("email", "ann@"),
        ("email", "ann@example,com"),
        ("url", "see below"),
        ("url", "ftp://example.com/a"),
        ("country", "Atlantis"),
        ("language", "Klingonese"),
        ("gtin", "4006381333932"),
        ("gtin", "0000000000000"),
        ("isbn", "978-0-8044-2957-4"),
        ("size", "42"),
        ("size", "1XL"),  # a plus size, no XL
        ("country", "MI"),  # a state; the code of Midway is withdrawn
        ("country", "Congo"),  # two countries
        ("language", "sr_RS@latin"),
        ("language", "en-US,en;q=0.9"),
        ("colour", "midnight"),
    ],
)
def test_a_text_of_no_form_stays(form: str, text: str) -> None:
    batch = make_batch(SCHEMA, {"id": ["a"], "value": [text], "price": [1.0]})
    cleaned = Standardize(SCHEMA, "value", form).clean(batch, [], MemorySnapshot())
    assert cleaned.repairs.is_empty()
    assert standard_value(form, text) is None


@pytest.mark.parametrize("text", ["+49 30 12345678 (Anna)", "Fax 030 12345678", "0171 1234567\\x 0171 999999", "030 12345678 ext. 5", "1-800-FLOWERS"])
def test_a_phone_number_with_more_than_its_digits_stays(text: str) -> None:
    """The letters of a name are no digits, and what stands beside a number is not lost."""
    assert standard_value("phone", text, "DE") == StandardValue(text, 1.0)


@pytest.mark.parametrize(
    ("form", "text", "likely"),
    [
        ("gtin", "36000291452", "0036000291452"),  # a spreadsheet dropped the zero
        ("url", "//cdn.example.com/a.jpg", "https://cdn.example.com/a.jpg"),
    ],
)
def test_a_guess_is_a_candidate(form: str, text: str, likely: str) -> None:
    batch = make_batch(SCHEMA, {"id": ["a"], "value": [text], "price": [1.0]})
    cleaned = Standardize(SCHEMA, "value", form).clean(batch, [], MemorySnapshot())
    assert cleaned.batch.rows["value"].item() == text
    assert cleaned.repairs.select("new", "applied").row(0) == (likely, False)


def test_a_number_of_variable_measure_stays() -> None:
    """The shop made it: it holds a price or a weight."""
    assert standard_value("gtin", with_gs1_check_digit("021234500199")).text == with_gs1_check_digit("021234500199")  # type: ignore[union-attr]


@given(form=st.sampled_from(sorted(FORMS)), text=st.one_of(st.text(max_size=30), st.from_regex(r"[0-9\- ]{7,16}", fullmatch=True)))
def test_a_standard_form_is_its_own(form: str, text: str) -> None:
    """Cleaning twice changes nothing, and no text breaks a form."""
    value = standard_value(form, text, "DE" if form == "phone" else None)
    if value is not None:
        again = standard_value(form, value.text, None)
        assert again is not None
        assert again.text == value.text


@pytest.mark.parametrize(
    ("column", "form", "region", "message"),
    [
        ("valeu", "gtin", None, "valeu is not one of id, value, price"),
        ("price", "gtin", None, "price holds no text"),
        ("value", "gitn", None, "no form is called 'gitn'"),
        ("value", "gtin", "DE", "only phone numbers have one"),
        ("value", "phone", "Germany", "code of two capital letters"),
    ],
)
def test_settings_that_do_not_fit_are_refused(column: str, form: str, region: str | None, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        Standardize(SCHEMA, column, form, region)
