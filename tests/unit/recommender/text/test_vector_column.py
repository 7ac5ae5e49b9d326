"""Embeddings of items from texts and from a column of vectors, and the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recommender.data.sequences import Floats, Vocabulary
from recommender.text import embed_items, read_vector_column
from recommender.text.embedding_cache import MAX_FILES, with_cache
from sluice.errors import ModelError

ITEMS = Vocabulary(("a", "b", "c", "d"))


@dataclass
class Counting:
    """An encoder that notes what it was asked."""

    name: str = "counting"
    width: int = 2
    requested: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Floats:
        self.requested += texts
        return np.array([[len(text), 1] if text.strip() else [0, 0] for text in texts], np.float32).reshape(-1, 2)


def test_the_columns_of_an_item_are_joined_into_one_text() -> None:
    catalog = pl.DataFrame({"item": ["b", "a", "x"], "title": ["Lamp ", None, "?"], "brand": ["Aro", "Bex", None], "price": [1, 2, 3]})
    encoder = Counting()
    embeddings = embed_items(catalog, ["title", "brand", "missing"], ITEMS, encoder)
    assert encoder.requested == ["Bex", "Lamp. Aro", "", ""]
    assert embeddings.tolist() == [[3, 1], [9, 1], [0, 0], [0, 0]]
    assert not embed_items(catalog, ["missing"], ITEMS, encoder).any()


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    texts = ["lamp", "sofa ", "lamp", ""]
    assert np.array_equal(with_cache(first, tmp_path / "new").encode(texts), first.encode(texts))
    assert first.requested[:2] == ["lamp", "sofa "]
    assert np.array_equal(with_cache(second, tmp_path / "new").encode(["desk", *texts]), first.encode(["desk", *texts]))
    assert second.requested == ["desk"]


def test_another_model_has_its_own_entries(tmp_path: Path) -> None:
    with_cache(Counting(), tmp_path).encode(["lamp"])
    another = Counting(name="other")
    with_cache(another, tmp_path).encode(["lamp"])
    assert another.requested == ["lamp"]


def test_a_damaged_cache_file_is_ignored(tmp_path: Path) -> None:
    with_cache(Counting(), tmp_path).encode(["lamp"])
    next(tmp_path.iterdir()).write_bytes(b"short")
    again = Counting()
    assert with_cache(again, tmp_path).encode(["lamp"]).tolist() == [[4, 1]]
    assert again.requested == ["lamp"]


def test_many_small_cache_files_are_merged(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(MAX_FILES + 3)]
    for text in texts:
        with_cache(Counting(), tmp_path).encode([text])
    assert len(list(tmp_path.iterdir())) < MAX_FILES
    last = Counting()
    with_cache(last, tmp_path).encode(texts)
    assert not last.requested


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("picture", [[3.0, 4.0], None, [1.0, float("nan")], [1.0, 2.0, 3.0], [0.0, 2.0]]),
        pl.Series("picture", ["[3, 4]", None, "[1, NaN]", "[1, 2, 3]", "[0, 2]"]),
    ],
)
def test_vectors_are_read_and_those_that_do_not_fit_are_missing(column: pl.Series) -> None:
    catalog = pl.DataFrame({"item": ["a", "b", "c", "d", "unknown"]}).with_columns(column)
    expected = np.array([[0.6, 0.8], [0, 0], [0, 0], [0, 0]], np.float32)
    np.testing.assert_allclose(read_vector_column(catalog, "picture", ITEMS), expected)


def test_a_column_without_vectors_is_an_error() -> None:
    with pytest.raises(ModelError, match="picture holds no vectors"):
        read_vector_column(pl.DataFrame({"item": ["a"], "picture": ["https://shop.example/a.jpg"]}), "picture", ITEMS)
    assert read_vector_column(pl.DataFrame({"item": ["a"], "picture": [None]}), "picture", ITEMS).shape == (4, 1)
