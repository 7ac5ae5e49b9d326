"""One product under two keys is found, and its variants are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleaning.record_linkage import RecordLinkage, candidate_pairs, tokenize
from sluice.domain import ROW, Batch, Column, Schema

SCHEMA = Schema("catalog", "snapshot", ("item",), (Column("item"), Column("title"), Column("brand"), Column("price", "number")))
ABT_BUY = Path(__file__).parents[4] / "shared/data/matching/abt_buy/test.txt"


def test_the_same_words_in_another_order_are_a_twin(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    titles = [
        "Tarn canvas pannier 12 l, plum",
        "Canvas pannier 12 l plum tarn",
        "Tarn canvas pannier 20 l, plum",
        "Tarn canvas pannier 12 l, navy",
        "Lumen chinos 30/32, ivory",
        "Lumen chinos 32/32, ivory",
        "Lumen terracotta planter 40 cm, terracotta",
        "Lumen terracotta planter 40 cm, moss",
    ]
    (verdict,) = RecordLinkage(SCHEMA).clean(batch(SCHEMA, title=titles), [], snapshot()).held
    assert (verdict.rule, verdict.status, verdict.on_fail, verdict.failed) == ("record_linkage", "failed", "flag", 1)
    assert verdict.evidence is not None
    assert verdict.evidence.select(ROW, "expected").rows() == [("b.1", "b.0")]


def test_brand_and_price_may_contradict(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cells = {"title": ["blue mug large"] * 4, "brand": ["Tarn", "Lumen", None, "Tarn"], "price": [10.0, 10.0, 10.0, 20.0]}
    cleaner = RecordLinkage(SCHEMA, exact_columns=("brand",), numeric_columns=("price",))
    assert cleaner.find_duplicates(batch(SCHEMA, **cells).rows)[ROW].to_list() == ["b.2"]


def test_some_rows_of_a_table_are_skipped(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    (verdict,) = RecordLinkage(SCHEMA).clean(batch(SCHEMA, title=["a", "a"], whole=False), [], snapshot()).held
    assert verdict.status == "skipped"


def test_words_that_stand_everywhere_make_no_pairs() -> None:
    assert candidate_pairs(tokenize(pl.Series([f"common word{number}" for number in range(3000)]))).is_empty()


@pytest.mark.skipif(not ABT_BUY.exists(), reason="the Abt-Buy pairs are not here")
def test_blocking_loses_few_pairs_of_abt_buy() -> None:
    records = [line.split("\t") for line in ABT_BUY.read_text().splitlines()]
    names = [[side.partition("VAL ")[2].partition(" COL ")[0].strip() for side in line[:2]] for line in records]
    texts = sorted({name for pair in names for name in pair})
    place = {name: index for index, name in enumerate(texts)}
    blocked = {frozenset(pair) for pair in candidate_pairs(tokenize(pl.Series(texts))).iter_rows()}
    true = {frozenset(map(place.__getitem__, pair)) for pair, line in zip(names, records, strict=True) if line[2].strip() == "1" and pair[0] != pair[1]}
    assert len(true & blocked) / len(true) >= 0.9
    assert len(blocked) < 0.05 * len(texts) ** 2 / 2
