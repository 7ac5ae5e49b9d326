"""Which pairs are one product: without labels, with labels, which labels are asked for, and which groups follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.same_product.agreement import agreement
from cleaning.same_product.asking import choose_pairs
from cleaning.same_product.groups import group_probability, groups_of
from cleaning.same_product.learned import best_threshold, can_learn, held_out, probabilities
from cleaning.same_product.pairs import Pairs, pairs_of
from cleaning.same_product.records import Masks, Records

pytest.importorskip("sklearn")

MAKERS = ("acme", "tarn", "lumen", "orbit", "fjord")
THINGS = ("kettle", "toaster", "lamp", "pannier", "planter", "chair", "drill", "speaker")


def shop() -> tuple[Pairs, Masks]:
    """Return the pairs of 40 products that are listed twice, in other words, and whether each pair is one product."""
    first = [f"{maker} {thing} {maker[:2]}{number}{thing[:2]}" for number, (maker, thing) in enumerate(((m, t) for m in MAKERS for t in THINGS), 1000)]
    second = [f"{thing} by {maker}, model {title.split()[-1].upper()} new" for title in first for maker, thing, _ in [title.split()]]
    titles = [title.lower() for title in (*first, *second)]
    pairs = pairs_of(Records([str(place) for place in range(len(titles))], titles, {}, {}))
    return pairs, pairs.places[:, 1] - pairs.places[:, 0] == len(first)


def test_two_views_agree_on_the_pairs_that_are_one_product() -> None:
    pairs, same = shop()
    agreed = agreement(pairs)
    picks = agreed.scores >= agreed.threshold
    assert agreed.kappa > 0.5
    assert (picks & same).sum() / picks.sum() > 0.9
    assert (picks & same).sum() / same.sum() > 0.5


def test_other_model_numbers_contradict_without_labels() -> None:
    pairs, same = shop()
    contradicted = agreement(pairs).scores == -np.inf
    assert contradicted.sum() > len(same) / 2 and not (contradicted & same).any()


@pytest.mark.parametrize("kinds", [("tarn", "lumen"), ("home > kitchen > lamps", "home > kitchen > pans")])
def test_products_of_other_brands_and_categories_are_not_taken_without_labels(kinds: tuple[str, str]) -> None:
    titles = [f"{thing} {size} cm steel" for thing in THINGS for size in range(10, 14)] * 2
    brands = [kind for kind in kinds for _ in range(len(titles) // 2)]
    records = Records([str(place) for place in range(len(titles))], titles, {"kind": brands}, {})
    agreed = agreement(pairs_of(records))
    assert not (agreed.scores >= agreed.threshold).any()


def test_too_few_pairs_agree_on_nothing() -> None:
    agreed = agreement(pairs_of(Records(["a", "b"], ["blue mug", "blue mug"], {}, {})))
    assert agreed.threshold == np.inf


def test_variants_are_never_taken_without_labels() -> None:
    pairs = pairs_of(Records([str(place) for place in range(30)], [f"tarn shirt {size}" for size in ("s", "m", "l") * 10], {}, {}))
    scores = agreement(pairs).scores.tolist()
    variants = [pairs.records.titles[one] != pairs.records.titles[other] for one, other in pairs.places]
    assert all(score == -np.inf for score, variant in zip(scores, variants, strict=True) if variant)


def test_labels_that_were_asked_for_teach_which_pairs_are_one_product() -> None:
    pairs, same = shop()
    labels: dict[int, bool] = {}
    while len(labels) < 40:
        labels |= {place: bool(same[place]) for place in choose_pairs(pairs, agreement(pairs), labels, 10)}
    assert len(labels) == 40  # none was asked for twice
    places, answers = np.array(list(labels)), np.array(list(labels.values()))
    threshold = best_threshold(held_out(pairs.features, places, answers), answers)
    picks = probabilities(pairs.features, places, answers) >= threshold
    assert 2 * (picks & same).sum() / (picks.sum() + same.sum()) > 0.9


def test_the_first_pairs_have_no_product_in_common() -> None:
    pairs, _ = shop()
    products = pairs.places[choose_pairs(pairs, agreement(pairs), {}, 10)].ravel().tolist()
    assert len(products) == len(set(products)) == 20


def test_no_more_pairs_are_asked_for_than_there_are() -> None:
    pairs = pairs_of(Records(["a", "b", "c"], ["blue mug", "blue mug", "red mug"], {}, {}))
    assert sorted(choose_pairs(pairs, agreement(pairs), {0: True}, 10)) == list(range(1, len(pairs.places)))


@pytest.mark.parametrize(("same", "expected"), [([True] * 20, False), ([True, False], False), ([True, True, *[False] * 8], True), ([], False)])
def test_labels_of_one_kind_teach_nothing(same: list[bool], expected: bool) -> None:
    assert can_learn(np.array(same, dtype=bool)) is expected


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0, 1)), max_size=30), st.floats(0.05, 0.95))
def test_each_two_products_of_a_group_match(edges: list[tuple[int, int, float]], threshold: float) -> None:
    by_pair = {(min(one, other), max(one, other)): sure for one, other, sure in edges if one != other}
    places, sure = np.array(list(by_pair), dtype=np.int64).reshape(-1, 2), np.array(list(by_pair.values()))
    groups = groups_of(places, sure, threshold)
    members = [place for group in groups for place in group]
    assert len(members) == len(set(members))
    assert all(by_pair.get((one, other), 0.0) >= threshold for group in groups for end, other in enumerate(group) for one in group[:end])
    assert all(group_probability(group, by_pair) >= threshold for group in groups)


def test_two_products_of_one_source_are_one_where_both_match_a_third() -> None:
    assert groups_of(np.array([[0, 1], [0, 2]]), np.array([0.9, 0.8]), 0.5, ["a", "b", "b"]) == [(0, 1, 2)]
    assert groups_of(np.array([[0, 1], [0, 2]]), np.array([0.9, 0.8]), 0.5) == [(0, 1)]


def test_a_catalog_without_twins_gets_few_suggestions() -> None:
    titles = [f"{maker} {thing}" for maker in MAKERS for thing in THINGS]
    pairs = pairs_of(Records([str(place) for place in range(len(titles))], titles, {}, {}))
    agreed = agreement(pairs)
    assert (agreed.scores >= agreed.threshold).sum() <= len(titles) / 4


def listed(titles: list[str], prices: list[float] | None = None, **columns: list[str]) -> list[list[int]]:
    """Return the places of the pairs that are taken without labels."""
    lower = [title.lower() for title in titles]
    fields = {name: [cell.lower() for cell in cells] for name, cells in columns.items()}
    records = Records([str(place) for place in range(len(titles))], lower, fields, {} if prices is None else {"price": np.array(prices)})
    pairs = pairs_of(records)
    agreed = agreement(pairs)
    taken: list[list[int]] = pairs.places[agreed.scores >= agreed.threshold].tolist()
    return taken


OTHERS = ["Tarn pannier", "Lumen lamp", "Orbit toaster", "Fjord planter"]
BRANDS = ["tarn", "lumen", "orbit", "fjord"]


@pytest.mark.parametrize(("second", "brand", "price"), [("Oak Café-Table", "Nordwind", 99.0), ("OAK cafe table.", "NORDWIND", 95.0)])
def test_a_single_exact_twin_is_found_without_labels(second: str, brand: str, price: float) -> None:
    titles, brands = ["Oak café table", *OTHERS, second], ["Nordwind", *BRANDS, brand]
    assert listed(titles, [99.0, 1, 2, 3, 4, price], brand=brands, sku=[f"NW-10{place}" for place in range(6)]) == [[0, 5]]


@pytest.mark.parametrize("kind", ["brand", "gtin", "size", "colour in text", "price", "one word", "no other column"])
def test_equal_titles_are_no_twins_where_something_differs_or_nothing_else_is_equal(kind: str) -> None:
    title = "Table" if kind == "one word" else "Oak table"
    titles, prices = [title, *OTHERS, title], [99.0, 1, 2, 3, 4, 40.0 if kind == "price" else 99.0]
    columns = {"brand": ["Nordwind", *BRANDS, "Sudwind" if kind == "brand" else "Nordwind"]}
    if kind == "gtin":
        columns["gtin"] = ["4006381333931", "", "", "", "", "5901234123457"]
    if kind == "size":
        columns["size"] = ["large", "small", "small", "large", "large", "small"]
    if kind == "colour in text":
        columns["text"] = ["a table in blue", "", "", "", "", "a table in red"]
    assert listed(titles, prices, **({} if kind == "no other column" else columns)) == []


def test_a_title_of_many_listings_names_a_kind_of_product() -> None:
    assert listed(["Silver ring"] * 6, brand=["Nordwind"] * 3 + ["Tarn"] * 3) == []


def test_the_same_gtin_makes_twins_of_equal_titles_whose_brand_is_missing() -> None:
    gtins = ["4006381333931", "", "", "", "", "04006381333931"]
    assert listed(["Oak table", *OTHERS, "Oak table"], gtin=gtins) == [[0, 5]]
