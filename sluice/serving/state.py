"""What answers are given from, at one snapshot: the champion, where there is one, histories, and a search of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from recommender.search import SearchIndex
from recommender.serving.active_catalog import titles
from recommender.serving.histories import Histories
from recommender.serving.new_items import Modes
from recommender.serving.online_recommender import Recommender
from recommender.text import Encoder, encoder
from recommender.text.content_features import modes
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.errors import UsageError
from sluice.wiring.recommender import cache_of, settings_of


def modes_of(config: Config) -> Modes:
    """What is known of new items beside their attributes: what their words and pictures say."""
    settings = settings_of(config)
    return lambda items, vocabulary: modes(items, settings, vocabulary, cache_of(config))


def language_of(settings: Settings) -> Encoder:
    """The language model that is configured."""
    return encoder(Path(settings.language_model) if settings.language_model else None)


@dataclass(frozen=True)
class Finder:
    """Searches a catalog; its index is made with the first query."""

    items: pl.DataFrame
    config: Config

    @cached_property
    def search(self) -> SearchIndex:
        """The index.

        Raises:
            UsageError: No catalog is published.
        """
        settings = settings_of(self.config)
        if self.items.is_empty():
            raise UsageError(f"nothing of {settings.items} is published yet, so there is nothing to search; `sluice run` publishes what arrived")
        items = self.items.with_columns(pl.col("item").alias(settings.item))  # filters say it as the shop does
        return SearchIndex.build(items, settings.worded, settings.attributes, language_of(settings), cache_of(self.config), self.titles)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What people call each item."""
        return titles(self.items, settings_of(self.config).called)


@dataclass(frozen=True, slots=True)
class RecommenderState:
    """What answers are given from, as it was at one snapshot.

    Attributes:
        snapshot: Its id.
        version: Of the champion; None before there is one.
        champion: The model, on the catalog; None before there is one, when a search goes by words and meaning alone.
        histories: Of users.
        finder: Searches the catalog.
    """

    snapshot: str
    version: int | None
    champion: Recommender | None
    histories: Histories
    finder: Finder

    @property
    def recommender(self) -> Recommender:
        """The model.

        Raises:
            UsageError: There is none yet.
        """
        if self.champion is None:
            raise UsageError("no recommender serves yet: once `sluice run` has published batches and `sluice gate` says open, `sluice retrain` trains one")
        return self.champion
