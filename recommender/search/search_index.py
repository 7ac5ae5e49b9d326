"""Search a catalog: BM25, semantic similarity and user preference, added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl

from recommender.data.filters import Filter, passes
from recommender.data.sequences import Floats, Vocabulary
from recommender.search.lexical_index import CHARACTER, LexicalIndex
from recommender.search.synonyms import WEIGHT, replace_synonyms
from recommender.serving.answer import Answer, AnswerItem
from recommender.serving.answer_rules import pin
from recommender.text import Encoder, embed_items
from recommender.text.encoder import MIN_COSINE
from recommender.text.item_embeddings import item_texts
from sluice.config.answers import Pinned
from sluice.rules.text_language import main_language

WEIGHTS = {"lexical": 1.0, "semantic": 0.5, "preference": 0.2}


@dataclass(frozen=True, slots=True, eq=False)
class SearchIndex:
    """Index a catalog for queries.

    BM25 scores are divided by the best one of the answer and added to the cosine, instead of fusing ranks (Cormack et al. 2009): ranks lose
    how certain the first place is (Bruch et al. 2023), and on product titles that costs more than the semantic part gains.

    Attributes:
        catalog: Column `item` and the columns to filter by, one row per item.
        lexical: The BM25 index of texts and attributes.
        embeddings: Unit vectors of the texts, shape (items, width).
        encoder: Embeds queries as the texts were embedded.
        titles: The title of each item.
        min_cosine: An item that shares no word with the query matches from this cosine on.
        synonyms: Groups of words that stand for each other.

    Example:
        >>> import numpy as np, polars as pl
        >>> class Constant:
        ...     name, width = "constant", 2
        ...     def encode(self, texts):
        ...         return np.zeros((len(texts), 2), np.float32)
        >>> items = pl.DataFrame({"item": ["a", "b"], "title": ["red mug", "blue sofa"]})
        >>> index = SearchIndex.build(items, ["title"], [], Constant())
        >>> [found.item for found in index.query("sofaa")]
        ['b']
    """

    catalog: pl.DataFrame
    lexical: LexicalIndex
    embeddings: Floats
    encoder: Encoder
    titles: Mapping[str, str] = field(default_factory=dict)
    min_cosine: float = MIN_COSINE
    synonyms: Sequence[Sequence[str]] = ()

    @classmethod
    def build(
        cls,
        catalog: pl.DataFrame,
        text_columns: Sequence[str],
        attributes: Sequence[str],
        encoder: Encoder,
        cache: Path | None = None,
        titles: Mapping[str, str] | None = None,
        min_cosine: float = MIN_COSINE,
        synonyms: Sequence[Sequence[str]] = (),
    ) -> Self:
        """Index a catalog.

        Args:
            catalog: Column `item`, one row per item, and whatever may be filtered by.
            text_columns: Texts, for the lexical and the semantic part.
            attributes: Further columns for the lexical part, such as the brand; columns that hold no text are ignored.
            encoder: Embeds texts.
            cache: A folder that keeps embeddings; None: no cache.
            titles: The title of each item, for answers.
            min_cosine: An item that shares no word with the query matches from this cosine on.
            synonyms: Groups of words that stand for each other.
        """
        items = Vocabulary(tuple(catalog["item"]))
        text_attributes = [name for name in attributes if name in catalog.columns and catalog.schema[name] == pl.String]
        texts = item_texts(catalog, list(dict.fromkeys([*text_columns, *text_attributes])), items)
        lexical = LexicalIndex.build(texts, main_language(texts))
        return cls(catalog, lexical, embed_items(catalog, text_columns, items, encoder, cache), encoder, titles or {}, min_cosine, synonyms)

    def query(self, text: str, k: int = 10, *, filters: Sequence[Filter] = (), preference: Floats | None = None, pinned: Sequence[Pinned] = ()) -> Answer:
        """Return the items that match a query, the best first; none where no item shares a word with it or is similar in meaning.

        Args:
            text: The query as typed.
            k: The number of items, at most.
            filters: Conditions that items must pass.
            preference: The user's score of each item of the catalog, in its order; shape (items,).
            pinned: Items that have a position where they match, by position.

        Raises:
            UsageError: A filter does not fit the catalog.
        """
        allowed = passes(self.catalog, filters)
        parts = self.score_parts(text, preference)
        matches = np.flatnonzero(allowed & ((parts["lexical"] > 0) | (parts["semantic"] >= self.min_cosine * WEIGHTS["semantic"])))
        total = np.sum(list(parts.values()), axis=0)[matches]
        order = np.argsort(-total, kind="stable")
        items = [self._item(int(matches[position]), float(total[position]), parts) for position in order[:k]]
        if pinned:
            items = self._pin(items, pinned, {int(matches[position]): float(total[position]) for position in order}, parts, k)
        return Answer(tuple(items), self._note(text, items))

    def _pin(self, items: list[AnswerItem], pinned: Sequence[Pinned], scores: Mapping[int, float], parts: Mapping[str, Floats], k: int) -> list[AnswerItem]:
        """Put the pinned items that match at their positions; `scores` are those of all matches, by row."""
        rows = {self.catalog["item"][row]: row for row in scores}
        matching = [entry for entry in pinned if entry.item in rows]
        entries = [replace(self._item(rows[entry.item], scores[rows[entry.item]], parts), pinned=True) for entry in matching]
        return pin(items, entries, [entry.position for entry in matching], k)

    def _note(self, text: str, items: Sequence[AnswerItem]) -> str:
        """Say which words of a query no item holds, since what is then answered is similar in meaning at best."""
        unknown = [word for word in self.lexical.unknown_words(text) if not any(map(self._is_known, replace_synonyms(word, self.synonyms)))]
        if not unknown:
            return ""
        by_meaning = "" if any(map(_holds_word, items)) else "; these are similar in meaning"
        return f"no item holds {', '.join(unknown)}, nor a word that differs by a typing error{by_meaning if items else ''}"

    def _is_known(self, text: str) -> bool:
        return not self.lexical.unknown_words(text)

    def score_parts(self, text: str, preference: Floats | None = None) -> dict[str, Floats]:
        """Compute what each component adds to each item's score, shape (items,) each."""
        variants = [(text, 1.0), *((other, WEIGHT) for other in replace_synonyms(text, self.synonyms))]
        lexical = np.maximum.reduce([weight * self.lexical.score(variant) for variant, weight in variants])
        certainty = max(self.lexical.certainty(variant) for variant, _ in variants)
        semantic = np.maximum(self.embeddings @ self.encoder.encode([self.lexical.correct(text)])[0], 0)
        parts = {"lexical": lexical * np.float32(certainty / max(float(lexical.max(initial=0)), 1e-9)), "semantic": semantic}
        if preference is not None:
            parts["preference"] = _quantile_ranks(preference)
        return {name: WEIGHTS[name] * part for name, part in parts.items()}

    def _item(self, row: int, score: float, parts: Mapping[str, Floats]) -> AnswerItem:
        item = self.catalog["item"][row]
        return AnswerItem(item, score, self.titles.get(item), parts={name: float(part[row]) for name, part in parts.items()})


def is_unanswered(query: str, answer: Answer) -> bool:
    """Return True where a query has a word, and no item has one of its words: what is similar in meaning alone may be about something else.

    Args:
        query: The query as typed.
        answer: The answer to it.
    """
    by_words = any(map(_holds_word, answer.items))
    return any(letter.isalnum() for letter in query) and not by_words and (not answer.items or bool(answer.note))


def _holds_word(item: AnswerItem) -> bool:
    """Return whether an item is in an answer by its words, and not by single characters of them or by its meaning."""
    return item.parts["lexical"] > CHARACTER * WEIGHTS["lexical"]


def _quantile_ranks(scores: Floats) -> Floats:
    """Replace scores by their quantiles, since scales differ between rankers."""
    values, ranks = np.unique(scores, return_inverse=True)
    return (ranks / max(len(values) - 1, 1)).astype(np.float32)
