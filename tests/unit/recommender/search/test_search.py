"""Search by words with typing errors, by meaning, with filters and user preference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.data.filters import parse_filter
from recommender.data.sequences import Floats
from recommender.search import SearchIndex
from recommender.search.lexical_index import LexicalIndex
from recommender.search.search_index import is_unanswered
from recommender.search.tokens import tokenize
from sluice.config.answers import Pinned
from sluice.errors import UsageError

CATALOG = pl.DataFrame(
    {
        "item": ["lamp", "desk", "sofa", "couch", "mug"],
        "title": ["Oak floor lamp", "Standing desk, oak", "Leather sofa", "Velvet couch", None],
        "brand": ["Aro", "Bexley", "Aro", None, "Bexley"],
        "price": [20.0, 150.0, 900.0, 700.0, None],
    }
)


@dataclass(frozen=True)
class Seats:
    """Knows that a couch is a sofa, and nothing else."""

    name: str = "seats"
    width: int = 2

    def encode(self, texts: Sequence[str]) -> Floats:
        seats = [[1, 0] if {"sofa", "couch"} & set(tokenize(text)) else [0, 1] if text else [0, 0] for text in texts]
        return np.array(seats, np.float32).reshape(-1, 2)


class Mute(Seats):
    """Knows no meaning."""

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.zeros((len(texts), 2), np.float32)


SEARCH = SearchIndex.build(CATALOG, ["title"], ["brand", "price"], Seats())


def search(text: str, *filters: str, preference: Floats | None = None) -> list[str]:
    return [hit.item for hit in SEARCH.query(text, filters=[parse_filter(condition) for condition in filters], preference=preference)]


@pytest.mark.parametrize("query", ["standing desk", "STANDING  Desk!", "stanidng desk", "standing dsek", "standng", "Stándïng", "standings"])
def test_an_item_is_found_by_its_words_however_they_are_typed(query: str) -> None:
    assert search(query)[0] == "desk"


def test_a_short_word_is_forgiven_where_two_letters_changed_places() -> None:
    index = LexicalIndex.build(["red mug", "gum", "tea pot", "eat well"])
    assert np.flatnonzero(index.score("mgu")).tolist() == [0]
    assert np.flatnonzero(index.score("tea")).tolist() == [2]
    assert not index.score("mag").any()
    assert index.correct("rde") == "red"


def test_what_means_the_same_is_found_after_what_says_so() -> None:
    assert search("sofa") == ["sofa", "couch"]
    hit = SEARCH.query("sofa")[1]
    assert hit.parts["lexical"] == 0 < hit.parts["semantic"] == hit.score


def test_words_that_no_item_holds_are_said() -> None:
    assert SEARCH.query("oak lamp").note == SEARCH.query("oka lampp").note == "", "a typing error is forgiven"
    assert SEARCH.query("oak chimney").note == "no item holds chimney, nor a word that differs by a typing error"
    only_couch = SearchIndex.build(CATALOG.filter(pl.col("item") == "couch"), ["title"], [], Seats())
    assert only_couch.query("sofa").note == "no item holds sofa, nor a word that differs by a typing error; these are similar in meaning"
    assert only_couch.query("台灯").note == "no item holds 台灯, nor a word that differs by a typing error"


def test_synonyms_find_what_is_called_otherwise() -> None:
    index = SearchIndex.build(CATALOG, ["title"], [], Seats(), synonyms=[["chesterfield", "leather sofa"]])
    answer = index.query("Chesterfield")
    assert (answer[0].item, answer.note) == ("sofa", "")
    assert answer[0].parts["lexical"] > 0


def test_attributes_are_read_by_their_words() -> None:
    assert set(search("bexley")) >= {"desk", "mug"}


def test_what_has_nothing_of_a_query_is_not_found() -> None:
    assert search("") == search("?!") == []
    nothing = SearchIndex.build(CATALOG.select("item", "price"), ["title"], ["price"], Seats())
    assert not nothing.query("sofa").items
    empty = SearchIndex.build(CATALOG.clear(), ["title"], ["brand"], Seats())
    assert not empty.query("sofa", preference=np.zeros(0, np.float32)).items


def test_filters_leave_what_meets_them_all() -> None:
    assert search("oak", "price<100") == ["lamp"]
    assert search("sofa", "brand!=aro") == []  # nothing is known of the couch's brand
    assert search("oak sofa", "brand = aro", "price>=20") == ["sofa", "lamp"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("price", "is no filter"),
        ("prise<3", "items have no column prise; did you mean price"),
        ("weight<3", "known: brand, item, price, title .*`attributes`"),
        ("price<cheap", "price holds numbers; 'cheap' is none"),
        ("price<nan", "price holds numbers; 'nan' is none"),
        ("price<inf", "price holds numbers; 'inf' is none"),
        ("brand==Aro", "has an unknown comparison"),
        ("price=<20", "has an unknown comparison"),
    ],
)
def test_a_filter_that_does_not_fit_says_why(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        search("oak", text)


def test_among_equals_taste_decides() -> None:
    liked = np.array([0.0, 9.0, 0.0, 0.0, 0.0], np.float32)
    assert search("oak", preference=liked)[0] == "desk"
    assert search("oak", preference=-liked)[0] == "lamp"


def test_a_script_without_spaces_is_read_by_its_characters() -> None:
    index = LexicalIndex.build(["红色皮沙发", "台灯", "red sofa"])
    assert index.score("沙发").argmax() == 0
    assert index.score("台灯")[1] > index.score("台灯")[0] == 0


def test_single_characters_of_a_word_that_no_item_holds_say_little() -> None:
    items = pl.DataFrame({"item": ["phone", "oil", "mug"], "title": ["智能手机 128GB", "机油 5升", "红色马克杯"]})
    index = SearchIndex.build(items, ["title"], [], Mute())
    answer = index.query("洗衣机")
    assert {item.item for item in answer} == {"phone", "oil"}
    assert max(item.parts["lexical"] for item in answer) == pytest.approx(0.1)
    assert is_unanswered("洗衣机", answer)
    assert index.query("机")[0].parts["lexical"] == pytest.approx(1), "a character that was typed alone is a word"
    assert [item.parts["lexical"] for item in index.query("红杯")] == [pytest.approx(1)], "all characters in one title"
    washer = pl.DataFrame({"item": ["washer"], "title": ["全自动洗衣机"]})
    best = SearchIndex.build(pl.concat([items, washer]), ["title"], [], Mute()).query("洗衣机")[0]
    assert best.item == "washer"
    assert best.parts["lexical"] == pytest.approx(1)


def test_the_likeliest_word_is_read_where_one_is_unknown() -> None:
    index = LexicalIndex.build(["pens", "pens", "pins", "stapler 7500"])
    assert index.correct("Pnes of staplr 7501") == "pens of stapler 7501"


@example(texts=["㏠", "\x000"], query="")  # Chinese characters before a NUL
@given(texts=st.lists(st.text(max_size=30), max_size=6), query=st.text(max_size=20))
def test_any_text_can_be_indexed_and_asked(texts: list[str], query: str) -> None:
    scores = LexicalIndex.build(texts).score(query)
    assert scores.shape == (len(texts),)
    assert (scores >= 0).all()
    assert all(score > 0 for text, score in zip(texts, LexicalIndex.build(texts).score(" ".join(texts)), strict=True) if tokenize(text))


def test_a_pinned_item_has_its_position_where_it_matches() -> None:
    plain = [item.item for item in SEARCH.query("oak")]
    last = Pinned(item=plain[-1], position=1, answers=("search",))
    answer = SEARCH.query("oak", 2, pinned=[last])
    assert [item.item for item in answer] == [plain[-1], plain[0]]
    assert (answer[0].pinned, answer[1].pinned) == (True, False)
    assert answer[0].parts["lexical"] > 0
    assert [item.item for item in SEARCH.query("oak", pinned=[Pinned(item="sofa"), Pinned(item="nowhere")], filters=[parse_filter("price<100")])] == ["lamp"]
