"""Texts of every script become the same tokens, however they are typed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.search.lexical_index import LexicalIndex
from recommender.search.synonyms import MAX_VARIANTS, replace_synonyms
from recommender.search.tokens import normalize, tokenize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("紅色馬克杯", "红色马克杯"),
        ("滑鼠", "鼠标"),  # a word of Taiwan
        ("\uff2e\uff49\uff4b\uff45\u3000\uff17\uff10", "nike 70"),  # full-width letters, digits and blank
        ("\uff76\uff9e\uff97\uff7d", "ガラス"),  # half-width kana
        ("Røros Straße Łódź", "roros strasse lodz"),
        ("350毫升", "350ML"),
        ("1,5kg", "1.5公斤"),
        ("红色\0马克杯", "红色 马克杯"),
    ],
)
def test_spellings_of_a_text_are_one(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)
    assert tokenize(one) == tokenize(other)


@pytest.mark.parametrize("query", ["350ml", "350 ml", "350毫升"])
@pytest.mark.parametrize("title", ["Mug 350ml", "Mug 350 ML", "Mug 350毫升"])
def test_quantities_match_however_they_are_written(query: str, title: str) -> None:
    scores = LexicalIndex.build([title, "Mug 500 ml"]).score(query)
    assert scores[0] > scores[1]


def test_another_quantity_is_no_typing_error() -> None:
    index = LexicalIndex.build(["Mug 250ml", "Mug 0.5l", "Cable 1.5 m"])
    assert not index.score("350ml").any()
    assert index.score("0,5 L").argmax() == 1
    assert index.score("1.5m").argmax() == 2


@pytest.mark.parametrize("text", ["LC101M", "2in1", "350mlx", "mg500"])
def test_letters_that_are_no_unit_stay_with_their_digits(text: str) -> None:
    assert tokenize(text) == [text.lower()]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Nike运动鞋", {"nike", "运动鞋", "鞋"}),
        ("ガラスコップ", {"ガラ", "ラス", "コップ"[:2]}),
        ("がか", {"が", "か", "がか"}),  # the sound marks of kana are no accents
        ("가방", {"가방"}),
        ("แก้วกาแฟ", {"แก", "กา"}),
    ],
)
def test_words_are_found_in_each_script(text: str, tokens: set[str]) -> None:
    assert tokens <= set(tokenize(text))


@given(st.text(max_size=40))
def test_normal_form_is_stable(text: str) -> None:
    assert tokenize(normalize(text)) == tokenize(text)


GERMAN = ["Schreibtischlampe aus Eiche", "Lampe für die Küche", "Küchentisch mit Schublade", "Schreibtisch und Stuhl"]


@pytest.mark.parametrize(
    ("query", "matches"), [("Lampen", {0, 1}), ("Schreibtisch Lampe", {0, 1, 3}), ("Küchenlampe", {0, 1}), ("Stühle", {3}), ("Teppich", set())]
)
def test_german_words_match_by_stem_and_by_the_parts_of_compounds(query: str, matches: set[int]) -> None:
    scores = LexicalIndex.build(GERMAN, "German").score(query)
    assert set(np.flatnonzero(scores).tolist()) == matches
    if query == "Schreibtisch Lampe":
        assert scores.argmax() == 0


@pytest.mark.parametrize(("language", "title", "query"), [("French", "Lampes de bureau", "lampe"), ("Russian", "Красные кружки", "красная кружка")])
def test_stems_are_those_of_the_language(language: str, title: str, query: str) -> None:
    index = LexicalIndex.build([title], language)
    assert index.unknown_words(query) == []
    assert index.score(query)[0] > 0


def test_chinese_words_match_with_one_wrong_character() -> None:
    index = LexicalIndex.build(["红色不锈钢保温杯", "红色陶瓷茶壶", "蓝色保温杯"])
    assert index.score("红色不绣钢保温杯").argmax() == 0
    assert index.correct("红色 Mgu") == "红色 mgu"


def test_synonyms_replace_words_and_phrases() -> None:
    groups = [["sofa", "couch", "settee"], ["手机", "移动电话"]]
    assert replace_synonyms("Red sofa", groups) == ["red couch", "red settee"]
    assert replace_synonyms("sofas", groups) == []
    assert replace_synonyms("移动电话壳", groups) == ["手机壳"]
    assert len(replace_synonyms("a", [["a", *map(str, range(99))]])) == MAX_VARIANTS


def test_synonyms_may_have_signs() -> None:
    assert replace_synonyms("learn C++ fast", [["c++", "cpp"]]) == ["learn cpp fast"]
    assert replace_synonyms("c++11", [["c++", "cpp"]]) == []
