"""Which values are spellings of one thing: what differs in case, signs, accents or by a rare typo, and nothing that is another word."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config.mappings import add_mapping, merge_mappings
from sluice.domain import Column, Schema, Spelling
from sluice.errors import UsageError
from sluice.rules.spellings import form_of, group_spellings, mapping_of, may_have_spellings


def groups(**rows: int) -> list[list[str]]:
    return [[one.value for one in group.spellings] for group in group_spellings([Spelling(value, count) for value, count in rows.items()])]


def test_a_typo_joins_the_word_that_is_much_more_frequent() -> None:
    assert groups(Nike=4102, Nkie=2, Puma=900) == [["Nike", "Nkie"]]
    assert groups(Nike=9, Nkie=2) == []  # as likely a word of its own


def test_a_value_near_two_words_joins_none() -> None:
    assert groups(Marten=500, Martin=400, Martn=2) == []


@pytest.mark.parametrize(
    ("value", "other", "same"),
    [
        ("Müller & Söhne", "MULLER  SOHNE", True),
        ("Size 1.5", "size 15", False),
        ("IN", "In", False),  # a code of a country
        ("A+", "A-", False),
        ("мой", "мои", False),
        ("耐克", "耐克 ", True),
    ],
)
def test_what_is_left_of_a_value_tells_whether_two_are_the_same(value: str, other: str, same: bool) -> None:
    assert (form_of(value) == form_of(other)) is same


def test_a_column_of_words_has_spellings_and_no_other() -> None:
    schema = Schema("items", key=("sku",), columns=(Column("sku"), Column("brand"), Column("buyer", personal=True), Column("price", "number"), Column("url")))
    words = [Spelling("Nike", 50), Spelling("Puma", 40)]
    assert [name for name in schema.names if may_have_spellings(schema, name, words)] == ["brand"]
    assert not may_have_spellings(schema, "brand", [Spelling(f"AB-{number}", 3) for number in range(50)])


@given(st.lists(st.tuples(st.text("abNIke .-", min_size=1, max_size=6), st.integers(0, 50)), max_size=30, unique_by=lambda pair: pair[0]))
def test_each_value_is_in_one_group_at_most(counts: Sequence[tuple[str, int]]) -> None:
    grouped = group_spellings([Spelling(value, rows) for value, rows in counts])
    values = [one.value for group in grouped for one in group.spellings]
    assert len(values) == len(set(values))
    for group in grouped:
        mapping = mapping_of(group, group.most_frequent)
        assert set(mapping) | {group.most_frequent} == {one.value for one in group.spellings}


@given(*(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("efg")) for _ in range(2)))
def test_no_right_value_of_merged_mappings_is_a_wrong_one(present: dict[str, str], later: dict[str, str]) -> None:
    merged = merge_mappings(present, later)
    assert not set(merged) & set(merged.values())
    assert all(merged[wrong] == right for wrong, right in later.items())


def test_a_mapping_follows_a_right_value_that_became_a_wrong_one() -> None:
    assert merge_mappings({"b": "a"}, {"a": "c"}) == {"b": "c", "a": "c"}
    assert merge_mappings({"b": "a"}, {"a": "b"}) == {"a": "b"}


def test_cleaners_within_brackets_are_not_rewritten() -> None:
    with pytest.raises(UsageError, match="write one cleaner a line"):
        add_mapping("datasets:\n  items:\n    clean: [parse]\n", "items", "brand", {"a": "b"})
    text = add_mapping("datasets:\n  items:\n    key: [sku]\n", "items", "brand", {"a": "b"})
    assert text.splitlines()[-2:] == ["    clean:", '      - map_values: {column: brand, values: {"a": "b"}}']
