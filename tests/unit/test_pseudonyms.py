"""Pseudonyms: the same for the same text and key, and another under another key; rows of forgotten people have nothing else in place of their cells."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import RAW, ROW
from sluice.rules.pseudonyms import PersonPseudonyms, Pseudonyms, is_pseudonym, normalize
from sluice.rules.suppression import SuppressionList, suppress

KEYED = Pseudonyms("a key for the tests")
NAME, MAIL = KEYED.digest("Ann Planted"), KEYED.digest("ann@mail.example")
ANN = PersonPseudonyms(KEYED, frozenset([KEYED.digest("u17")]), KEYED.digest("u17"))
PEOPLE = SuppressionList((KEYED,), {"user": {KEYED.digest("u17"): ANN}}, ("name", "born"), frozenset([NAME, MAIL]))


def test_a_short_key_is_refused_without_being_named() -> None:
    with pytest.raises(ValueError, match=r"^a key needs 16 characters or more$"):
        Pseudonyms("secret")


@given(st.text(min_size=1))
def test_a_pseudonym_depends_on_key_and_text_alone(text: str) -> None:
    pseudonym = ANN.of(text)
    assert is_pseudonym(pseudonym)
    assert ANN.of(text) == ANN.of(pseudonym) == pseudonym
    assert Pseudonyms("another key for the tests").digest(text) != KEYED.digest(text) == KEYED.digest(f" {normalize(text)} ")


def test_cells_and_texts_of_a_forgotten_person_get_pseudonyms_and_those_of_others_stay() -> None:
    rows = pl.DataFrame(
        {
            "user": ["u17 ", "u18", ANN.of("u17"), None],
            "name": ["Ann Planted", "Bo", "Ann", None],
            "born": pl.Series(["1931-07-19"] * 4).str.to_date(),
            "note": ["for Ann Planted (ann@mail.example).", "Ann Planted, Ann@mail.example.", "Joann Planted", "b@mail.example"],
            RAW: [[{"column": "born", "text": "July 1931"}], [{"column": "born", "text": "July 1931"}], None, None],
        }
    )
    left = suppress(rows, PEOPLE)
    changed, count = left.rows, left.pseudonymised
    name, mail = ANN.of("Ann Planted"), ANN.of("ann@mail.example")
    assert count == 3
    assert changed["user"].to_list() == [ANN.of("u17"), "u18", ANN.of("u17"), None]
    assert changed["name"].to_list() == [name, "Bo", ANN.of("Ann"), None]
    assert changed["born"].is_null().to_list() == [True, False, True, False]
    assert changed["note"].to_list() == [f"for {name} ({mail}).", f"Ann Planted, {mail}.", "Joann Planted", "b@mail.example"]
    assert [cells and cells[0]["text"] for cells in changed[RAW].to_list()] == [ANN.of("July 1931"), "July 1931", None, None]
    assert suppress(changed, PEOPLE).rows.equals(changed)
    assert changed.schema == rows.schema


def test_people_who_were_forgotten_under_several_keys_are_recognised_and_only_pseudonyms_of_later_keys_name_theirs() -> None:
    later = Pseudonyms("a later key for the tests", first=KEYED.key_id)
    bo = PersonPseudonyms(later, frozenset([later.digest("u18")]), later.digest("u18"))
    people = replace(PEOPLE, keys=(later, KEYED), columns={"user": {KEYED.digest("u17"): ANN, later.digest("u18"): bo}}, cells=frozenset([MAIL]))
    rows = pl.DataFrame({"user": ["u17", "u18", ANN.of("u17"), bo.of("u18"), "u19"], "note": [None, None, None, None, "to ann@mail.example"]})
    left = suppress(rows, people).rows
    assert left["user"].to_list() == [ANN.of("u17"), bo.of("u18"), ANN.of("u17"), bo.of("u18"), "u19"]
    assert left["note"][4] == f"to {ANN.of('ann@mail.example')}"
    assert bo.of("u18").startswith(f"forgotten-{later.key_id[:8]}-")
    assert ANN.of("u17") == Pseudonyms("a key for the tests", first=KEYED.key_id).pseudonym(KEYED.digest("u17"))
    assert all(map(is_pseudonym, left["user"].to_list()[:4]))


@given(st.lists(st.sampled_from(["u17", "u18", " u17", "U17", None])), st.lists(st.sampled_from(["Ann", "x", "", None])))
def test_no_identifier_is_left_and_rows_of_others_are_the_same(users: list[str | None], names: list[str | None]) -> None:
    pairs = [(user, name) for user, name in zip(users, names, strict=False)]
    rows = pl.DataFrame(pairs, schema={"user": pl.String, "name": pl.String}, orient="row")
    left = suppress(rows, PEOPLE)
    changed, count = left.rows, left.pseudonymised
    own = rows["user"].str.strip_chars() == "u17"
    assert count == own.sum()
    assert not (changed["user"].str.strip_chars() == "u17").any()
    assert changed.filter(~own.fill_null(value=False)).equals(rows.filter(~own.fill_null(value=False)))


def test_rows_of_people_whose_rows_were_deleted_are_taken_out_and_counted() -> None:
    people = replace(PEOPLE, deleted=frozenset([ANN.person]))
    rows = pl.DataFrame({ROW: ["b.0", "b.1"], "user": ["u17", "u18"], "name": ["Ann", "Bo"]})
    left = suppress(rows, people)
    assert (left.rows.rows(), left.rejected, left.pseudonymised) == ([("b.1", "u18", "Bo")], ("b.0",), 0)
    assert suppress(rows.drop(ROW), people).rows.rows() == [(ANN.of("u17"), None), ("u18", "Bo")]  # landed: no row may go, since marks count them
