"""Answers from a served recommender: what a user may want next, or what is popular."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import islice
from typing import Self

import numpy as np
import polars as pl

from recommender.artifact import Learned, unpack
from recommender.data import catalog, collapse, interactions
from recommender.sequences import Floats, sequences
from sluice.config import Recommender as Config
from sluice.domain import Artifact
from sluice.ports import Snapshot


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An item, and how strongly it is recommended; scores compare within one answer alone."""

    item: str
    score: float
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations, the best first; `note` says what else the asker should know."""

    items: tuple[Recommendation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Recommender:
    """A loaded recommender."""

    learned: Learned

    @classmethod
    def load(cls, artifact: Artifact) -> Self:
        """Load what was trained.

        Raises:
            ModelError: The artifact is damaged or does not fit.
        """
        return cls(unpack(artifact.tensors))

    def knows(self, history: pl.DataFrame) -> bool:
        """True where some item of a history is known; else there is nothing to go by."""
        return self.learned.vocabulary.number(history["item"]).is_not_null().any()

    def recommend(self, history: pl.DataFrame, k: int = 10, *, exclude: Collection[str] = (), among: Collection[str] | None = None) -> list[Recommendation]:
        """The best items for one user; those that he has met already are never among them.

        Args:
            history: His interactions, schema INTERACTIONS, the newest last; one more changes the answer. Unknown items
                are ignored; where none is known, the popular ones are given.
            k: How many, at most.
            exclude: Items not to give.
            among: The only items to give, such as those still sold; None: all that are known.
        """
        met = {*exclude, *history["item"]}
        if not self.knows(history):
            return self.popular(k, exclude=met, among=among)
        scores = self.learned.ranker.score(sequences(collapse(history), self.learned.vocabulary))[0]
        return self._best(scores, k, met, among)

    def popular(self, k: int = 10, *, exclude: Collection[str] = (), among: Collection[str] | None = None) -> list[Recommendation]:
        """What most users want now; arguments as for `recommend`."""
        return self._best(self.learned.popularity.counts, k, exclude, among)

    def _best(self, scores: Floats, k: int, exclude: Collection[str], among: Collection[str] | None) -> list[Recommendation]:
        names = self.learned.vocabulary.items
        hidden, shown = frozenset(exclude), None if among is None else frozenset(among)
        kept = (place for place in np.argsort(-scores, kind="stable") if names[place] not in hidden and (shown is None or names[place] in shown))
        return [Recommendation(names[place], float(scores[place])) for place in islice(kept, k)]


def answer(past: Snapshot, config: Config, artifact: Artifact, user: str | None, k: int = 10) -> Answer:
    """Recommend to a user from his published history, with titles; only what the published catalog holds, where there is one.

    Args:
        past: Where history and titles are looked up.
        config: Names the datasets and columns.
        artifact: The model to answer from.
        user: The user's id; None asks for what is popular.
        k: How many, at most.

    Raises:
        ModelError: The artifact is damaged or does not fit.
    """
    model, items = Recommender.load(artifact), catalog(past, config)
    among = items["item"] if items.height else None
    if user is None:
        return Answer(_titled(model.popular(k, among=among), items, config))
    history = interactions(past, config, user=user)
    found = model.recommend(history, k, among=among)
    return Answer(_titled(found, items, config), "" if model.knows(history) else _unknown(history))


def _unknown(history: pl.DataFrame) -> str:
    if history.is_empty():
        return "this user is unknown; these are the popular items"
    return "the model knows none of the items of this user; these are the popular items"


def _titled(found: list[Recommendation], items: pl.DataFrame, config: Config) -> tuple[Recommendation, ...]:
    name = "item" if config.title == config.item else config.title
    if name is None or name not in items.columns:
        return tuple(found)
    titles = dict(items.filter(pl.col("item").is_in([each.item for each in found])).select("item", name).iter_rows())
    return tuple(replace(each, title=titles.get(each.item)) for each in found)
