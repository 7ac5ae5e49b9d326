"""Search: what the words say, what they mean and what the asker likes, added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.search.filters import Filter, passing
from recommender.search.lexical_index import Words
from recommender.text import Encoder, item_vectors
from recommender.text.item_embeddings import item_texts

WEIGHTS = {"words": 1.0, "meaning": 0.5, "taste": 0.2}
ALIKE = 0.3  # an item without a word of the query is found where its cosine to the query reaches this


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found.

    Attributes:
        item: Its id.
        score: The sum of the parts; compares within one answer alone.
        parts: What each way of finding adds: words, meaning, taste.
    """

    item: str
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """An index over a catalog.

    The scores of words are divided by the best one of the answer and added to the cosine, instead of fusing ranks (Cormack et al.
    2009): that a list is sure of its first place is lost with the ranks (Bruch et al. 2023), and on product titles that cost more than meaning gained.

    Attributes:
        catalog: Column `item` and what can be filtered by, a row an item.
        words: By the words of the texts and attributes.
        vectors: Unit vectors of the texts, shape (items, width).
        encoder: Reads queries as the texts were read.
    """

    catalog: pl.DataFrame
    words: Words
    vectors: Floats
    encoder: Encoder

    @classmethod
    def build(cls, catalog: pl.DataFrame, columns: Sequence[str], attributes: Sequence[str], encoder: Encoder, cache: Path | None = None) -> Self:
        """Index a catalog.

        Args:
            catalog: Column `item`, one row an item, and whatever may be filtered by.
            columns: Texts, read by word and by meaning.
            attributes: Further columns that are read by word, such as the brand; those that are no text are left out.
            encoder: Reads meanings.
            cache: A folder that remembers what was read; None: nothing is remembered.
        """
        items = Vocabulary(tuple(catalog["item"]))
        worded = [name for name in attributes if name in catalog.columns and catalog.schema[name] == pl.String]
        texts = item_texts(catalog, list(dict.fromkeys([*columns, *worded])), items)
        return cls(catalog, Words.of(texts), item_vectors(catalog, columns, items, encoder, cache), encoder)

    def query(self, text: str, k: int = 10, *, filters: Sequence[Filter] = (), prior: Floats | None = None) -> list[Hit]:
        """The items that answer a query, the best first; none where no item has a word of it or is near its meaning.

        Args:
            text: As it was typed.
            k: How many, at most.
            filters: What an item must be.
            prior: How much the asker likes each item of the catalog, in its order, the higher the better; shape (items,).

        Raises:
            UsageError: A filter does not fit the catalog.
        """
        allowed = passing(self.catalog, filters)
        parts = self.parts(text, prior)
        found = np.flatnonzero(allowed & ((parts["words"] > 0) | (parts["meaning"] >= ALIKE * WEIGHTS["meaning"])))
        total = np.sum(list(parts.values()), axis=0)[found]
        best = np.argsort(-total, kind="stable")[:k]
        items = self.catalog["item"]
        return [Hit(items[int(found[at])], float(total[at]), {name: float(part[found[at]]) for name, part in parts.items()}) for at in best]

    def parts(self, text: str, prior: Floats | None = None) -> dict[str, Floats]:
        """What each way of finding adds to each item's score, shape (items,) each."""
        said = self.words.score(text)
        meant = np.maximum(self.vectors @ self.encoder.encode([self.words.corrected(text)])[0], 0)
        found = {"words": said / max(float(said.max(initial=0)), 1e-9), "meaning": meant}
        if prior is not None:
            found["taste"] = _places(prior)
        return {name: WEIGHTS[name] * part for name, part in found.items()}


def _places(prior: Floats) -> Floats:
    """Scores as the share of items that each leaves behind: what scales they have differs from ranker to ranker."""
    values, place = np.unique(prior, return_inverse=True)
    return (place / max(len(values) - 1, 1)).astype(np.float32)
