"""Recommend from memory. All that is known of a user is their history, so that an event counts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Self, cast

import numpy as np
import polars as pl

from recommender.artifact.serialization import TrainedRecommender, deserialize
from recommender.conversion import ConversionModel, FeatureContributions
from recommender.data.sequences import Bools, Floats, Ints, Sequences, Tokens
from recommender.models.ann_index import NO_ITEM, select_top_k
from recommender.models.threads import limit_to_one_thread
from recommender.serving.active_catalog import ActiveCatalog
from recommender.serving.answer import AnswerItem
from recommender.serving.answer_rules import AnswerRules, barred_rows, pin
from recommender.serving.attribute_features import AttributeFeatures
from recommender.serving.encode_history import encode_histories
from recommender.serving.new_items import ContentReader, add_new_items, no_content
from recommender.serving.regional import RegionalPopularity
from recommender.serving.reranking import Reranker
from recommender.serving.retrieval import Retriever, build_retriever
from sluice.config import Recommender as Settings
from sluice.config.answers import AnswerKind, Note
from sluice.domain import Artifact
from sluice.errors import ModelError
from sluice.messages import make_error

MIN_CANDIDATES = 200  # candidates of an answer that is re-ranked
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # the time of an answer without history and clock: every item counts as new
NO_CATALOG = pl.DataFrame(schema={"item": pl.String})  # every item of the model is available


@dataclass(frozen=True, eq=False)
class OnlineRecommender:
    """Hold a trained recommender on a catalog.

    Attributes:
        trained: The model, with the catalog's new items behind its own.
        item_numbers: The number of each item.
        catalog: What can be recommended now.
        reranker: Orders candidates.
        attributes: The attribute columns of the catalog.
        rules: What every answer keeps.
        regional: What is popular in each region.
    """

    trained: TrainedRecommender
    item_numbers: Mapping[str, int]
    catalog: ActiveCatalog
    reranker: Reranker = Reranker()  # noqa: RUF009  # it is frozen
    attributes: tuple[str, ...] = ()
    rules: AnswerRules = AnswerRules()  # noqa: RUF009  # it is frozen
    regional: RegionalPopularity = RegionalPopularity()  # noqa: RUF009  # likewise

    @classmethod
    def load(cls, artifact: Artifact) -> Self:
        """Load an artifact; every item of the model is available until `with_catalog` is called.

        Raises:
            ModelError: The artifact is damaged or does not fit.
        """
        return cls.from_model(deserialize(artifact.tensors))

    @classmethod
    def from_model(cls, trained: TrainedRecommender) -> Self:
        """Wrap a model that is in memory."""
        item_numbers = _number_items(trained)
        return cls(trained, item_numbers, ActiveCatalog.build(NO_CATALOG, item_numbers), Reranker(conversion=_load_conversion(trained)))

    def with_catalog(self, items: pl.DataFrame, settings: Settings, read_content: ContentReader = no_content, regions: pl.DataFrame | None = None) -> Self:
        """Return the recommender on a catalog: only its items are recommended, with titles; items newer than the training join.

        Args:
            items: Of `load_catalog`; empty where none is published.
            settings: Names its columns.
            read_content: Gives content features of new items.
            regions: Of `load_regions`; None: every visitor without a history gets what is popular everywhere.

        Raises:
            UsageError: A condition of `answers` does not fit the catalog.
        """
        trained = add_new_items(self.trained, items, settings.attributes, read_content)
        item_numbers = self.item_numbers if trained is self.trained else _number_items(trained)
        keyed = items.with_columns(pl.col("item").alias(settings.catalog_item))  # conditions use the shop's own column name
        catalog = ActiveCatalog.build(keyed, item_numbers, settings.title_column, barred_rows(keyed, settings.answers))
        reranker, rules = (
            Reranker(settings.rerank, self.reranker.conversion, items),
            AnswerRules.build(settings.answers, keyed, catalog.rows, len(item_numbers)),
        )
        updated = replace(self, trained=trained, item_numbers=item_numbers, catalog=catalog, reranker=reranker, attributes=settings.attributes, rules=rules)
        if regions is not None:
            updated = replace(updated, regional=RegionalPopularity.build(regions, item_numbers))
        if trained is self.trained:
            vars(updated)["retriever"] = self.retriever  # an index is expensive to build
        return updated

    @cached_property
    def retriever(self) -> Retriever:
        """Build the retriever on first use."""
        return build_retriever(self.trained.ranker)

    @cached_property
    def attribute_features(self) -> AttributeFeatures:
        """Encode the attributes of the catalog on first use."""
        return AttributeFeatures.build(self.catalog.items, self.attributes, self.trained.vocabulary)

    def knows_any(self, history: pl.DataFrame) -> bool:
        """Return whether the model knows any item of a history."""
        return any(item in self.item_numbers for item in history["item"])

    def recommend(
        self,
        history: pl.DataFrame,
        k: int = 10,
        *,
        exclude: Collection[str] = (),
        among: Collection[str] | Bools | None = None,
        at: datetime | None = None,
        region: str | None = None,
        side: Mapping[str, object] | None = None,
    ) -> list[AnswerItem]:
        """Recommend to one user; items in their history are never returned.

        Args:
            history: Their interactions, schema INTERACTIONS, the newest last. Unknown items are ignored; where none is known, popular items
                are returned.
            k: The number of items, at most.
            exclude: Items not to return.
            among: The only items to return, as ids or as a mask of shape (items,); None: the whole catalog.
            at: The current time; by default that of the newest event.
            region: Where the user is, for popular items.
            side: Attributes of the user and context of the request, by prefixed names of side columns; what the model does not read is ignored.
        """
        if not self.knows_any(history):
            met = {item for item, weight in zip(history["item"], history["weight"], strict=True) if weight > 0}
            return self.recommend_popular(k, exclude={*exclude, *met}, among=among, at=at, region=region)
        allowed, now = self.allowed(exclude, among), at or _newest_time(history)
        with limit_to_one_thread():
            numbers, scores = self.retriever.retrieve(self.encode(history, side), allowed, self._candidates(k), self.left_out(history, now))
        return self.pin(self.rank_items(numbers[0], scores[0], k, history, now, side), allowed, k, now)

    def recommend_popular(
        self,
        k: int = 10,
        *,
        exclude: Collection[str] = (),
        among: Collection[str] | Bools | None = None,
        at: datetime | None = None,
        region: str | None = None,
    ) -> list[AnswerItem]:
        """Recommend the most popular items; arguments as for `recommend`."""
        allowed, now = self.allowed(exclude, among), at or LONG_AGO
        popular = self.regional.counts.get(region or "", self.trained.popularity.counts)
        counts = np.where(allowed, popular, np.float32(-np.inf))
        numbers, scores = select_top_k(counts[None], self._candidates(k))
        return self.pin(self.rank_items(np.where(np.isfinite(scores[0]), numbers[0], NO_ITEM), scores[0], k, None, now), allowed, k, now)

    def recommend_batch(self, histories: pl.DataFrame, k: int = 10) -> dict[str, list[AnswerItem]]:
        """Recommend to many users at a time, such as for a mailing; users without known items are left out.

        Args:
            histories: Schema INTERACTIONS, each user's rows together and in order.
            k: The number of items per user, at most.
        """
        filtered = histories.filter(pl.col("item").is_in(list(self.item_numbers)))
        allowed = self.allowed((), None)
        numbers, scores = self.retriever.retrieve(self.encode(filtered), allowed, self._candidates(k), self.left_out(filtered, _newest_time(filtered)))
        users = filtered["user"].unique(maintain_order=True)
        rows = zip(users, filtered.partition_by("user", maintain_order=True), numbers, scores, strict=True)
        ranked = ((user, self.rank_items(items, values, k, history, _newest_time(history)), _newest_time(history)) for user, history, items, values in rows)
        return {user: self.pin(answer, allowed, k, at) for user, answer, at in ranked}

    def left_out(self, histories: pl.DataFrame, at: datetime) -> Sequences | None:
        """Return the interactions whose items are not to come again; None: all of the histories.

        Args:
            histories: Schema INTERACTIONS, each user's rows together and in order.
            at: The current time.
        """
        return None if self.rules.waits is None else self.rules.left_out(self._encode_repeats(histories), at)

    def pin(self, answer: list[AnswerItem], allowed: Bools, k: int, at: datetime, kind: AnswerKind = "recommend") -> list[AnswerItem]:
        """Put the items that are pinned now in a kind of answers, and that the answer may hold, at their positions."""
        pinned = [entry for entry in self.rules.pinned_at(at, kind) if entry.item in self.item_numbers and allowed[self.item_numbers[entry.item]]]
        if not pinned:
            return answer
        scores = {entry.item: entry.score for entry in answer}
        items = [AnswerItem(entry.item, scores.get(entry.item, 0.0), self.catalog.titles.get(entry.item), pinned=True) for entry in pinned]
        return pin(answer, items, [entry.position for entry in pinned], k)

    def note_of(self, entry: AnswerItem, at: datetime, kind: AnswerKind = "recommend") -> Note | None:
        """Return what a shopper reads first about an item of an answer; None where the shop has written nothing."""
        return self.rules.note_of(entry.item, self.item_numbers[entry.item], at, kind if entry.pinned else None)

    def score_items(self, history: pl.DataFrame, items: Sequence[str]) -> Floats:
        """Score some items for one user, shape (items,); items that the model does not know get the lowest score."""
        scores = self.trained.ranker.score(self.encode(history))[0]
        lowest = scores.min(initial=0.0)
        return np.array([scores[self.item_numbers[item]] if item in self.item_numbers else lowest for item in items], np.float32)

    def purchase_contributions(
        self, history: pl.DataFrame, numbers: Ints, at: datetime | None = None, side: Mapping[str, object] | None = None
    ) -> FeatureContributions | None:
        """Return what raises the purchase probability of each item; None without a conversion model.

        Args:
            history: The user's interactions, schema INTERACTIONS; not empty.
            numbers: Of the items.
            at: The current time; by default that of the newest event.
            side: Attributes of the user and context of the request, by prefixed names of side columns.
        """
        return self.reranker.purchase_contributions(self._encode_repeats(history), numbers, at or _newest_time(history), side)

    def encode(self, history: pl.DataFrame, side: Mapping[str, object] | None = None) -> Sequences:
        """Encode histories for the ranker.

        Args:
            history: Schema INTERACTIONS, each user's rows together and in order.
            side: Attributes and context of the one user, by prefixed names of side columns; None: none is known.
        """
        encoded, features = encode_histories(history, self.item_numbers, self.trained.vocabulary.kinds), self.trained.side
        return encoded if features is None or side is None or len(encoded) != 1 else encoded.with_request(features.encode_values(side))

    def requests(self, users: pl.DataFrame) -> Tokens | None:
        """Return the attributes of some users as the ranker reads them, a row for each; None where it reads none.

        Args:
            users: Side columns by their prefixed names; null where an attribute is not known.
        """
        return None if self.trained.side is None else self.trained.side.encode(users)

    def _encode_repeats(self, history: pl.DataFrame) -> Sequences:
        return encode_histories(history, self.item_numbers, self.trained.vocabulary.kinds, repeats=True)

    def _candidates(self, k: int) -> int:
        return max(k, MIN_CANDIDATES) if self.reranker.changes_order else k

    def allowed(self, exclude: Collection[str], among: Collection[str] | Bools | None) -> Bools:
        """Return which items an answer may hold, shape (items,); arguments as for `recommend`."""
        allowed = self.catalog.available.copy()
        if isinstance(among, np.ndarray):
            allowed &= among
        elif among is not None:
            included = np.zeros(len(allowed), np.bool_)
            included[self._numbers(among)] = True
            allowed &= included
        allowed[self._numbers(exclude)] = False
        return allowed

    def _numbers(self, items: Collection[str]) -> Ints:
        return np.array([self.item_numbers[item] for item in items if item in self.item_numbers], np.int64)

    def rank_items(
        self, numbers: Ints, scores: Floats, k: int, history: pl.DataFrame | None, at: datetime, side: Mapping[str, object] | None = None
    ) -> list[AnswerItem]:
        """Order candidates by the configuration, and name them.

        Args:
            numbers: Of the candidates, shape (n,); NO_ITEM where there is none.
            scores: The model's, shape (n,).
            k: The number of items, at most.
            history: The user's interactions; None: no user.
            at: The current time.
            side: Attributes of the user and context of the request, by prefixed names of side columns.
        """
        present = numbers != NO_ITEM
        numbers, scores = numbers[present], scores[present]
        names = [self.trained.vocabulary.items[number] for number in numbers]
        encoded = None if history is None else partial(self._encode_repeats, history)
        ranked = self.reranker.rerank(numbers, scores, names, self.trained.ranker, encoded, at, k, side)
        return [
            AnswerItem(names[index], float(scores[index]), self.catalog.titles.get(names[index]), ad=bool(ad))
            for index, ad in zip(ranked.order[:k], ranked.ads[:k], strict=True)
        ]


def _number_items(trained: TrainedRecommender) -> dict[str, int]:
    return {item: number for number, item in enumerate(trained.vocabulary.items)}


def _load_conversion(trained: TrainedRecommender) -> ConversionModel | None:
    arrays = trained.parts.get("conversion", trained.parts.get("heads"))  # "heads" in artifacts written before the rename
    if arrays is None:
        return None
    try:
        return ConversionModel.from_arrays(arrays, trained.vocabulary)
    except (KeyError, ValueError, TypeError) as error:
        raise make_error(ModelError, "conversion_unreadable", problem=str(error).splitlines()[0]) from error


def _newest_time(history: pl.DataFrame) -> datetime:
    return cast("datetime", history["time"].max())
