"""A recommender in memory: it answers from a history, which is all that it knows of a user, so that an event counts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Self, cast

import numpy as np
import polars as pl

from recommender.artifact.serialization import TrainedRecommender, deserialize
from recommender.conversion import Contributions, Heads
from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.ann_index import NO_ITEM, select_top_k
from recommender.models.threads import limit_to_one_thread
from recommender.serving.active_catalog import Shelf
from recommender.serving.answer import AnswerItem
from recommender.serving.attribute_features import Attributes
from recommender.serving.encode_history import told
from recommender.serving.new_items import Modes, grown, no_modes
from recommender.serving.reranking import Ordering
from recommender.serving.retrieval import Retrieval, retrieval
from sluice.config import Recommender as Config
from sluice.domain import Artifact
from sluice.errors import ModelError

CANDIDATES = 200  # items of a user that are put in order anew, at least, where that is configured
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # when nobody says what time it is, all is as new
ALL = pl.DataFrame(schema={"item": pl.String})  # the catalog where none is published: everything known is sold


@dataclass(frozen=True, eq=False)
class Recommender:
    """A loaded recommender, on a catalog.

    Attributes:
        learned: The model, with the catalog's new items behind its own.
        places: The number of each item.
        shelf: What is sold.
        ordering: Puts the candidates in order.
        described: The columns of the catalog that describe an item.
    """

    learned: TrainedRecommender
    places: Mapping[str, int]
    shelf: Shelf
    ordering: Ordering = Ordering()  # noqa: RUF009  # it is frozen
    described: tuple[str, ...] = ()

    @classmethod
    def load(cls, artifact: Artifact) -> Self:
        """Load what was trained; everything that it knows is sold until `stocked` tells more.

        Raises:
            ModelError: The artifact is damaged or does not fit.
        """
        return cls.of(deserialize(artifact.tensors))

    @classmethod
    def of(cls, learned: TrainedRecommender) -> Self:
        """The same of a model that is in memory already."""
        places = _places(learned)
        return cls(learned, places, Shelf.of(ALL, places), Ordering(heads=_heads(learned)))

    def stocked(self, items: pl.DataFrame, config: Config, modes: Modes = no_modes) -> Self:
        """The same on a catalog: only what it holds is recommended, with titles; items that came after the training join at once.

        Args:
            items: Of `load_catalog`; empty where none is published.
            config: Names its columns.
            modes: Gives what is known of new items beside their attributes.
        """
        learned = grown(self.learned, items, config.attributes, modes)
        places = self.places if learned is self.learned else _places(learned)
        shelf = Shelf.of(items, places, config.called)
        ordering = Ordering(config.rerank, self.ordering.heads, items)
        stocked = replace(self, learned=learned, places=places, shelf=shelf, ordering=ordering, described=config.attributes)
        if learned is self.learned:
            vars(stocked)["retrieval"] = self.retrieval  # an index is dear to make
        return stocked

    @cached_property
    def retrieval(self) -> Retrieval:
        """Finds candidates; made when it is first asked for."""
        return retrieval(self.learned.ranker)

    @cached_property
    def attributes(self) -> Attributes:
        """The features of all items, as far as the catalog tells them; made when they are first asked for."""
        return Attributes.of(self.shelf.items, self.described, self.learned.vocabulary)

    def knows(self, history: pl.DataFrame) -> bool:
        """True where some item of a history is known; else there is nothing to go by."""
        return any(item in self.places for item in history["item"])

    def recommend(
        self, history: pl.DataFrame, k: int = 10, *, exclude: Collection[str] = (), among: Collection[str] | None = None, at: datetime | None = None
    ) -> list[AnswerItem]:
        """The best items for one user; those that he has met already are never among them.

        Args:
            history: His interactions, schema INTERACTIONS, the newest last; one more changes the answer. Unknown items
                are ignored; where none is known, the popular ones are given.
            k: How many, at most.
            exclude: Items not to give.
            among: The only items to give; None: all that are sold.
            at: Now; the time of his newest event unless given.
        """
        if not self.knows(history):
            return self.popular(k, exclude={*exclude, *history.filter(pl.col("weight") > 0)["item"]}, among=among, at=at)
        with limit_to_one_thread():
            numbers, scores = self.retrieval.best(self.told(history), self._shown(exclude, among), self._wanted(k))
        return self._answer(numbers[0], scores[0], k, history, at or _newest(history))

    def popular(self, k: int = 10, *, exclude: Collection[str] = (), among: Collection[str] | None = None, at: datetime | None = None) -> list[AnswerItem]:
        """What most users want now; arguments as for `recommend`."""
        scores = np.where(self._shown(exclude, among), self.learned.popularity.counts, np.float32(-np.inf))
        numbers, kept = select_top_k(scores[None], self._wanted(k))
        return self._answer(np.where(np.isfinite(kept[0]), numbers[0], NO_ITEM), kept[0], k, None, at or LONG_AGO)

    def batch(self, histories: pl.DataFrame, k: int = 10) -> dict[str, list[AnswerItem]]:
        """The best items for many users at once, such as for a mailing; those of whom nothing is known are left out.

        Args:
            histories: Schema INTERACTIONS, each user's together and in order.
            k: How many for each, at most.
        """
        known = histories.filter(pl.col("item").is_in(list(self.places)))
        numbers, scores = self.retrieval.best(self.told(known), self._shown((), None), self._wanted(k))
        users = known["user"].unique(maintain_order=True)
        met = known.partition_by("user", maintain_order=True)
        return {
            user: self._answer(some, theirs, k, snapshot, _newest(snapshot)) for user, snapshot, some, theirs in zip(users, met, numbers, scores, strict=True)
        }

    def taste(self, history: pl.DataFrame, items: Sequence[str]) -> Floats:
        """How much one user wants each of some items, shape (items,); the least for those that the model does not know."""
        scores = self.learned.ranker.score(self.told(history))[0]
        lowest = scores.min(initial=0.0)
        return np.array([scores[self.places[item]] if item in self.places else lowest for item in items], np.float32)

    def chances(self, history: pl.DataFrame, numbers: Ints, at: datetime | None = None) -> Contributions | None:
        """What makes a purchase of each item likelier; None where that was not learned.

        Args:
            history: The user's interactions, schema INTERACTIONS; not empty.
            numbers: Of the items.
            at: Now; the time of his newest event unless given.
        """
        heard = told(history, self.places, self.learned.vocabulary.kinds, repeats=True)
        return self.ordering.chances(heard, numbers, at or _newest(history))

    def told(self, history: pl.DataFrame) -> Sequences:
        """A history as the ranker reads it."""
        return told(history, self.places, self.learned.vocabulary.kinds)

    def _wanted(self, k: int) -> int:
        return max(k, CANDIDATES) if self.ordering.wants_more else k

    def _shown(self, exclude: Collection[str], among: Collection[str] | None) -> Bools:
        shown = self.shelf.sold.copy()
        if among is not None:
            asked = np.zeros(len(shown), np.bool_)
            asked[self._numbers(among)] = True
            shown &= asked
        shown[self._numbers(exclude)] = False
        return shown

    def _numbers(self, items: Collection[str]) -> Ints:
        return np.array([self.places[item] for item in items if item in self.places], np.int64)

    def _answer(self, numbers: Ints, scores: Floats, k: int, history: pl.DataFrame | None, at: datetime) -> list[AnswerItem]:
        kept = numbers != NO_ITEM
        numbers, scores = numbers[kept], scores[kept]
        names = [self.learned.vocabulary.items[number] for number in numbers]
        heard = None if history is None else partial(told, history, self.places, self.learned.vocabulary.kinds, repeats=True)
        ranked = self.ordering.ordered(numbers, scores, names, self.learned.ranker, heard, at, k)
        return [
            AnswerItem(names[place], float(scores[place]), self.shelf.titles.get(names[place]), ad=bool(ad))
            for place, ad in zip(ranked.order[:k], ranked.ads[:k], strict=True)
        ]


def _places(learned: TrainedRecommender) -> dict[str, int]:
    return {item: place for place, item in enumerate(learned.vocabulary.items)}


def _heads(learned: TrainedRecommender) -> Heads | None:
    try:
        return Heads.from_arrays(learned.parts["heads"], learned.vocabulary) if "heads" in learned.parts else None
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"the recommender's heads cannot be read: {str(error).splitlines()[0]}") from error


def _newest(history: pl.DataFrame) -> datetime:
    return cast("datetime", history["time"].max())
