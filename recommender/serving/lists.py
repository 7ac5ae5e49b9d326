"""List the best items of every user, block by block: for mailings and systems that look lists up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from recommender.data.sequences import Bools, Sequences, Tokens
from recommender.models.ann_index import NO_ITEM
from recommender.models.threads import limit_to_one_thread
from recommender.serving.answer import AnswerItem
from recommender.serving.block_retrieval import BestItems, BlockRetriever
from recommender.serving.online_recommender import MIN_CANDIDATES, OnlineRecommender
from recommender.serving.user_attributes import InMemoryAttributes

LISTS = pl.Schema({"user": pl.String(), "position": pl.UInt16(), "item": pl.String(), "score": pl.Float32(), "ad": pl.Boolean(), "reason": pl.String()})
REASONS: Mapping[str, str] = {  # by the part that says most for an item; other models learn from what people choose
    "content_knn": "recommended_by_text",
    "content_propagation": "recommended_by_text",
    "two_tower": "recommended_by_taste",
    "popularity": "recommended_as_popular",
    "inverse_popularity": "recommended_as_rare",
}
POPULAR, PINNED = "recommended_as_popular", "recommended_as_pinned"


@dataclass(frozen=True, eq=False)
class ListMaker:
    """Make the lists of users.

    Attributes:
        recommender: The model, on the catalog.
        k: Number of items of a list, at most.
        at: The current time.
        among: The only items of the lists, as a mask of shape (items,); None: the whole catalog.
        users: Attributes of all users, of `load_users`; None where none are known. Lists have no context: nobody knows where they are read.
    """

    recommender: OnlineRecommender
    k: int
    at: datetime
    among: Bools | None = None
    users: pl.DataFrame | None = None

    def lists(self, histories: pl.DataFrame) -> pl.DataFrame:
        """Return the lists of some users, schema LISTS; a user without known items gets the popular ones.

        Args:
            histories: Interactions of these users, schema INTERACTIONS, each user's rows together and in order.
        """
        users = histories["user"].unique(maintain_order=True).to_list()
        encoded = self.recommender.encode(histories).with_request(self._requests(users))
        active, left_out = np.flatnonzero(encoded.lengths), self.recommender.left_out(histories, self.at)
        with limit_to_one_thread():
            frames = [self._of_known(users, active, block) for block in self._best(encoded, left_out, active)] if not self._reranks else []
        if self._reranks:
            frames = list(self._reranked(histories, users, active, encoded, left_out))
        popular = [
            self._frame(users[user], self._popular, [PINNED if entry.pinned else POPULAR for entry in self._popular])
            for user in np.flatnonzero(encoded.lengths == 0)
        ]
        return pl.concat([pl.DataFrame(schema=LISTS), *frames, *popular]).sort("user", "position")

    @cached_property
    def _retriever(self) -> BlockRetriever:
        trained = self.recommender.trained
        return BlockRetriever.build(trained.ranker, trained.kind, len(trained.vocabulary.items))

    @cached_property
    def _items(self) -> np.ndarray:
        return np.array(self.recommender.trained.vocabulary.items, object)

    @cached_property
    def _reasons(self) -> np.ndarray:
        return np.array([REASONS.get(name, "recommended_by_choice") for name in self._retriever.names], object)

    @cached_property
    def _popular(self) -> list[AnswerItem]:
        return self.recommender.recommend_popular(self.k, among=self.among, at=self.at)

    @cached_property
    def _attributes(self) -> InMemoryAttributes:
        return InMemoryAttributes(self.users)

    def _requests(self, users: list[str]) -> Tokens | None:
        """Return the attributes of some users as the model reads them."""
        if self.users is None:
            return None
        return self.recommender.requests(
            pl.DataFrame({"user": users}, schema={"user": pl.String}).join(self.users, on="user", how="left", maintain_order="left")
        )

    @property
    def _reranks(self) -> bool:
        """Return whether lists are ordered one user after the other."""
        return self.recommender.reranker.changes_order or bool(self.recommender.rules.pinned_at(self.at))

    def _best(self, encoded: Sequences, left_out: Sequences | None, active: np.ndarray) -> Iterator[tuple[int, BestItems]]:
        first, chosen = 0, encoded.select_users(active)
        excluded, allowed = chosen if left_out is None else left_out.select_users(active), self.recommender.allowed((), self.among)
        for best in self._retriever.retrieve(chosen, excluded, allowed, max(self.k, MIN_CANDIDATES) if self._reranks else self.k):
            yield first, best
            first += len(best.numbers)

    def _of_known(self, users: list[str], active: np.ndarray, block: tuple[int, BestItems]) -> pl.DataFrame:
        """Name the items of a block of users without a loop over them."""
        first, best = block
        rows, columns = np.nonzero(best.numbers != NO_ITEM)
        values: dict[str, Any] = {
            "user": [users[user] for user in active[first + rows]],
            "position": columns + 1,
            "item": self._items[best.numbers[rows, columns]],
            "score": best.scores[rows, columns],
            "ad": np.zeros(len(rows), np.bool_),
            "reason": self._reasons[best.parts[rows, columns]],
        }
        return pl.DataFrame({name: pl.Series(name, values[name], dtype=dtype) for name, dtype in LISTS.items()})

    def _reranked(
        self, histories: pl.DataFrame, users: list[str], active: np.ndarray, encoded: Sequences, left_out: Sequences | None
    ) -> Iterator[pl.DataFrame]:
        """Order the candidates of each user by the configuration, one user after the other."""
        rows = {str(name): frame for (name,), frame in histories.group_by("user", maintain_order=True)}
        allowed = self.recommender.allowed((), self.among)
        for first, best in self._best(encoded, left_out, active):
            for row, (numbers, scores, parts) in enumerate(zip(best.numbers, best.scores, best.parts, strict=True)):
                user = users[active[first + row]]
                ordered = self.recommender.rank_items(numbers, scores, self.k, rows[user], self.at, self._attributes.of(user))
                ranked = self.recommender.pin(ordered, allowed, self.k, self.at)
                reasons = dict(zip(self._items[np.maximum(numbers, 0)], self._reasons[parts], strict=True))
                yield self._frame(user, ranked, [PINNED if entry.pinned else reasons[entry.item] for entry in ranked])

    @staticmethod
    def _frame(user: str, items: list[AnswerItem], reasons: list[str]) -> pl.DataFrame:
        rows = [(user, place, entry.item, entry.score, entry.ad, reason) for place, (entry, reason) in enumerate(zip(items, reasons, strict=False), start=1)]
        return pl.DataFrame(rows, schema=LISTS, orient="row")
