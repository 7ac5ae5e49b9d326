"""Hold what answers are computed from at one snapshot: the champion, if any, histories, and a search of the catalog."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.data.side_columns import context_values
from recommender.search import SearchIndex
from recommender.serving.active_catalog import read_titles
from recommender.serving.answer_rules import AnswerRules, barred_rows
from recommender.serving.histories import HistoryStore
from recommender.serving.new_items import ContentReader
from recommender.serving.online_recommender import OnlineRecommender
from recommender.serving.user_attributes import UserAttributes
from recommender.text.card_encoder import other_language_model, trained_settings
from recommender.text.content_features import configured_encoder, read_content_features
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.config.answers import Pinned
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.canary import takes_part
from sluice.wiring.recommender import cache_of, settings_of


def content_reader(config: Config, card: Mapping[str, object]) -> ContentReader:
    """Return a function that computes content features of new items: embeddings of their texts, by the language model of a recommender, and of pictures.

    Args:
        config: The configuration.
        card: The recommender's card.
    """
    settings = trained_settings(settings_of(config), card)

    def read(items: pl.DataFrame, vocabulary: Vocabulary) -> Mapping[str, Floats]:
        if problem := other_language_model(settings, card):
            logging.getLogger(__name__).warning("%s", problem)
            items = items.drop(settings.text_columns, strict=False)
        return read_content_features(items, settings, vocabulary, cache_of(config))

    return read


@dataclass(frozen=True)
class CatalogSearch:
    """Search a catalog; its index is built with the first query.

    Attributes:
        items: The catalog.
        config: The configuration.
    """

    items: pl.DataFrame
    config: Config

    @cached_property
    def index(self) -> SearchIndex:
        """Build the index.

        Raises:
            UsageError: No catalog is published.
        """
        settings = settings_of(self.config)
        if self.items.is_empty():
            raise make_error(UsageError, "nothing_to_search", dataset=settings.items)
        encoder = configured_encoder(settings)
        inputs = (settings.text_columns, settings.attributes, encoder, cache_of(self.config), self.titles, encoder.min_cosine, settings.synonyms)
        return SearchIndex.build(self.answerable, *inputs)

    def pinned_at(self, at: datetime) -> Sequence[Pinned]:
        """Return the items that have a position in searches at a time, by position."""
        return AnswerRules(settings_of(self.config).answers.always).pinned_at(at, "search")

    @cached_property
    def answerable(self) -> pl.DataFrame:
        """Return the items that an answer may hold, with their key by the shop's own name, which conditions use."""
        settings = settings_of(self.config)
        items = self.items.with_columns(pl.col("item").alias(settings.catalog_item))
        return items.filter(~barred_rows(items, settings.answers))

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Return the title of each item."""
        return read_titles(self.items, settings_of(self.config).title_column)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold a challenger that some users get before it may become champion.

    Attributes:
        version: Its version.
        model: The model, on the catalog.
        begins: When it is shown at first; until then its lists are only logged.
        share: Share of users who get it.
    """

    version: int
    model: OnlineRecommender
    begins: datetime
    share: float

    def takes_part(self, user: str | None) -> bool:
        """Return whether a user is among those who get it; a visitor without an id is not."""
        return bool(user) and takes_part(str(user), self.version, self.share)


@dataclass(frozen=True, slots=True)
class RecommenderState:
    """Hold what answers are computed from, as it was at one snapshot.

    Attributes:
        snapshot: Id of the snapshot.
        version: Version of the champion; None before there is one.
        champion: The model, on the catalog; None before there is one, when a search uses words and meaning alone.
        histories: HistoryStore of users.
        catalog_search: Search of the catalog.
        newest_event: Time of the newest published event.
        candidate: A challenger that some users get; None where there is none.
        users: UserAttributes; None where `recommender` names neither `users` nor `context`.
    """

    snapshot: str
    version: int | None
    champion: OnlineRecommender | None
    histories: HistoryStore
    catalog_search: CatalogSearch
    newest_event: datetime
    candidate: Candidate | None = None
    users: UserAttributes | None = None

    def side_of(self, user: str | None, context: Mapping[str, object], settings: Settings, at: datetime, region: str | None) -> Mapping[str, object] | None:
        """Return the attributes of a user and the context of a request, by prefixed names of side columns; None where no model may read any."""
        if self.users is None:
            return None
        return {**(self.users.of(user) if user else {}), **context_values(context, settings, at, region)}

    def serving(self, user: str | None, at: datetime) -> tuple[int, OnlineRecommender]:
        """Return the version that a user gets, with its model.

        Raises:
            UsageError: There is no champion yet.
        """
        champion, candidate = self.recommender, self.candidate
        if candidate is not None and at >= candidate.begins and candidate.takes_part(user):
            return candidate.version, candidate.model
        return self.version or 0, champion

    def shadow(self, user: str | None, at: datetime) -> Candidate | None:
        """Return the candidate whose list is computed for a user and not shown; None where there is none."""
        candidate = self.candidate
        return candidate if candidate is not None and at < candidate.begins and candidate.takes_part(user) else None

    @property
    def recommender(self) -> OnlineRecommender:
        """Return the champion.

        Raises:
            UsageError: There is none yet.
        """
        if self.champion is None:
            raise make_error(UsageError, "no_model_serves")
        return self.champion
