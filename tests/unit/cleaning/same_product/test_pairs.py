"""Products that may be one are compared, in work that grows with them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cleaning.same_product.agreement import agreement
from cleaning.same_product.blocking import candidate_pairs
from cleaning.same_product.codes import codes_in, is_gtin
from cleaning.same_product.pairs import margins, pairs_of
from cleaning.same_product.records import Records, records_of
from cleaning.same_product.variants import are_variants
from cleaning.same_product.vectors import vectors_of

pytest.importorskip("sklearn")


def catalog(*titles: str, sources: list[str] | None = None, **columns: list[str]) -> Records:
    table = pl.DataFrame({"id": [str(place) for place in range(len(titles))], "title": titles, **columns})
    records = records_of(table, "id", "title", list(columns))
    return Records(records.ids, records.titles, records.fields, records.amounts, sources)


def candidates(records: Records) -> list[list[int]]:
    pairs: list[list[int]] = candidate_pairs(records, vectors_of(records)).tolist()
    return pairs


def test_the_same_gtin_brings_a_pair_whatever_the_title() -> None:
    gtins = ["4006381333931", "5901234123457", "04006381333931"]
    assert [0, 2] in candidates(catalog("oak table", "blue mug", "eichentisch", gtin=gtins))


def test_a_model_number_brings_a_pair_whatever_else_the_title_says() -> None:
    assert [0, 1] in candidates(catalog("lg dishwasher lds4821ww", "geschirrspüler LDS-4821-WW", "blue mug"))


def test_products_of_one_source_are_not_compared() -> None:
    assert candidates(catalog("blue mug", "blue mug", "blue mug", sources=["a", "a", "b"])) == [[0, 2], [1, 2]]


def test_a_product_has_few_candidates_though_all_titles_share_their_words() -> None:
    records = catalog(*(f"blue mug number {place:05}" for place in range(2500)))
    assert len(candidates(records)) <= 20 * 2500 / 2


@pytest.mark.parametrize("titles", [[], ["one"], ["", ""], ["...", "!!"]])
def test_nothing_to_compare_is_no_error(titles: list[str]) -> None:
    assert len(pairs_of(catalog(*titles)).places) == 0


def test_the_order_of_two_products_changes_no_feature() -> None:
    titles = ("lg dishwasher lds4821ww 24 inch", "dishwasher lg lds4821 white", "blue mug")
    one, other = pairs_of(catalog(*titles)), pairs_of(catalog(*reversed(titles)))
    mirrored = {tuple(sorted(2 - place for place in pair)): row for pair, row in zip(other.places.tolist(), other.features, strict=True)}
    for pair, row in zip(one.places.tolist(), one.features, strict=True):
        np.testing.assert_allclose(row, mirrored[tuple(pair)], rtol=1e-6)


def test_a_margin_is_what_a_pair_has_above_the_best_other_of_each_product() -> None:
    ranks, above = margins(np.array([[0, 1], [0, 2], [1, 2]]), np.array([0.9, 0.5, 0.2]))
    assert ranks.tolist() == [[0, 0], [0, 1], [1, 1]]
    np.testing.assert_allclose(above, [[0.4, 0.7], [-0.4, 0.3], [-0.7, -0.3]])


def test_a_price_within_a_gtin_column_is_no_gtin() -> None:
    assert [is_gtin(text) for text in ("96385074", "036000291452", "0000000000000", "12.99")] == [True, True, False, False]
    assert codes_in("windows xp 2007 pack of 12") == {"2007"}
    assert codes_in("chinos 32/34, cushion 40x60 cm, kdl-40/b 100-2045") == {"kdl40b", "1002045"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("lumen chinos 30/32, ivory", "lumen chinos 32/32, ivory", True),
        ("lumen planter 40 cm, terracotta", "lumen planter 40 cm, moss", True),
        ("lumen terracotta planter 40 cm, sage", "lumen terracotta planter 40 cm, graphite", True),
        ("café noir chinos 34/34, white", "café noir chinos 34/34, mustard", True),
        ("usb stick 16 gb", "usb stick 32gb", True),
        ("men's shirt", "men's shirt m", False),
        ("table 0.9 m", "table 90 cm", False),
        ("t-shirt xl grey", "t-shirt xl gray", False),
        ("office 2007", "office 2010", False),  # a version is left to what labels teach
    ],
)
def test_variants_name_one_kind_of_difference_with_other_values(one: str, other: str, expected: bool) -> None:
    assert are_variants(one, other) is are_variants(other, one) is expected


def test_one_catalog_builds_titles_of_parts_and_suggests_no_variants() -> None:
    stuffs, sizes = ("suede", "canvas", "hemp", "linen", "wool"), (38, 40, 42, 44)
    titles = [f"tarn {stuff} sneakers {size}" for stuff in stuffs for size in sizes]
    twice = ["sneakers tarn suede 38", "tarn cnavas sneakers 40"]
    pairs = pairs_of(catalog(*titles, *twice))
    chosen = agreement(pairs)
    suggested = pairs.places[np.isfinite(chosen.scores) & (chosen.scores >= chosen.threshold)]
    assert {tuple(pair) for pair in suggested.tolist()} <= {(0, 20), (5, 21)}
