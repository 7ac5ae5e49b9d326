"""Load what answers are computed from at a snapshot."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl

from recommender.data.interactions import load_catalog, load_interactions, load_regions
from recommender.data.side_columns import load_users
from recommender.serving.histories import HistoryStore, InMemoryHistories, SnapshotHistories
from recommender.serving.online_recommender import OnlineRecommender
from recommender.serving.user_attributes import InMemoryAttributes, SnapshotAttributes, UserAttributes
from sluice.config import Config
from sluice.domain import Model
from sluice.errors import ModelError
from sluice.ports import Snapshot
from sluice.serving.state import Candidate, CatalogSearch, RecommenderState, content_reader
from sluice.serving.store import ServiceStore
from sluice.wiring.recommender import RECOMMENDER, newest_event, settings_of


class StateLoader:
    """Load states; a model is loaded once while its version serves."""

    def __init__(self, store: ServiceStore, config: Config, now: Callable[[], datetime], *, in_memory: bool) -> None:
        """Load nothing yet.

        Args:
            store: Models and rows.
            config: The configuration.
            now: Events of later times are ignored.
            in_memory: Hold all users' histories in memory.
        """
        self._store, self._config, self._now, self._in_memory = store, config, now, in_memory
        self._models: dict[int, OnlineRecommender] = {}

    def load(self, snapshot: Snapshot) -> RecommenderState:
        """Return the state at a snapshot.

        Raises:
            ModelError: The champion is damaged.
        """
        settings, versions = settings_of(self._config), self._store.models.versions(RECOMMENDER)
        items, regions = load_catalog(snapshot, settings), load_regions(snapshot, settings)
        version = next((model.version for model in versions if model.state == "champion"), None)
        champion = self._on_catalog(version, items, regions) if version else None
        candidate = self._candidate(versions, items, regions) if champion else None
        histories: HistoryStore = InMemoryHistories(load_interactions(snapshot, settings)) if self._in_memory else SnapshotHistories(snapshot, settings)
        newest = newest_event(snapshot, settings, self._now())
        serving = {version, candidate.version if candidate else None}
        self._models = {number: model for number, model in self._models.items() if number in serving}
        users = self._users(snapshot) if settings.users or settings.context else None
        return RecommenderState(snapshot.id, version, champion, histories, CatalogSearch(items, self._config), newest, candidate, users)

    def _users(self, snapshot: Snapshot) -> UserAttributes:
        settings = settings_of(self._config)
        return InMemoryAttributes(load_users(snapshot, settings)) if self._in_memory else SnapshotAttributes(snapshot, settings)

    def _candidate(self, versions: Sequence[Model], items: pl.DataFrame, regions: pl.DataFrame | None) -> Candidate | None:
        """Return the challenger that some users get; none where it is damaged, since the champion serves all the same."""
        canary, blessed = settings_of(self._config).canary, next((model for model in versions if model.state == "blessed"), None)
        if canary is None or blessed is None:
            return None
        try:
            model = self._on_catalog(blessed.version, items, regions)
        except ModelError as error:
            logging.getLogger(__name__).warning("nobody gets the candidate, version %d: %s", blessed.version, error)
            return None
        return None if model is None else Candidate(blessed.version, model, blessed.at + canary.shadow, canary.share)

    def _on_catalog(self, version: int, items: pl.DataFrame, regions: pl.DataFrame | None) -> OnlineRecommender | None:
        """Load a model and stock it; before that it is cached while its version serves, since an index of many items is costly."""
        artifact = self._store.models.load(RECOMMENDER, version)
        if artifact is None:
            return None
        if version not in self._models:
            self._models[version] = OnlineRecommender.load(artifact)
        return self._models[version].with_catalog(items, settings_of(self._config), content_reader(self._config, artifact.card), regions)
