"""Few edits make a typo of a word; real neighbours, digits and codes do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.typo_test import TypoTest
from sluice.rules.typos import is_near, is_overwritten, is_slip


@pytest.mark.parametrize(
    ("value", "word", "near"),
    [
        ("birminghxm", "birmingham", True),
        ("caxdixvascxlar surgery", "cardiovascular surgery", True),
        ("Nordwnid", "Nordwind", True),
        ("M?ller", "Müller", True),
        ("mug-birch", "rug-cedar", False),
        ("30 ml", "50 ml", False),
        ("iPhone 12", "iPhone 13", False),
        ("Against The Grain", "Against the Grain", False),
        ("T Shirt", "T-Shirt", False),
        ("Alaskan Brewing", "SanTan Brewing", False),
    ],
)
def test_near_words(value: str, word: str, near: bool) -> None:
    assert is_near(value, word) is near


@pytest.mark.parametrize(
    ("value", "word", "slip"),
    [
        ("Nordwimd", "Nordwind", True),
        ("Nordwnid", "Nordwind", True),
        ("Phillips", "Philips", False),
        ("Cortland", "Portland", False),
        ("Waynesville", "Gaynesville", False),
        ("Lamps", "Lamp", False),
        ("Sandal", "Sundal", False),
        ("Mgus", "Mugs", False),
        ("Nordwind", "Nordwind", False),
    ],
)
def test_slips_of_the_fingers(value: str, word: str, slip: bool) -> None:
    assert is_slip(value, word) is slip


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_word_is_a_typo_of_itself_and_no_digit_is_overwritten_by_a_digit(first: str, second: str) -> None:
    assert not is_near(first, first)
    assert not is_slip(first, first)
    if is_overwritten(first, second):
        assert len(first) == len(second)


def test_one_short_code_is_no_typo_of_another() -> None:
    test = TypoTest("words", {})
    assert not any(test.accepts(value, best, 4) for value, best in (("IN", "ID"), ("USD", "AUD"), ("DE-BY", "DE-BE")))
    assert test.accepts("Nordwimd", "Nordwind", 1)
