"""Load what answers are computed from at a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from recommender.data.interactions import load_catalog, load_interactions
from recommender.serving.histories import HistoryStore, InMemoryHistories, SnapshotHistories
from recommender.serving.online_recommender import OnlineRecommender
from sluice.config import Config
from sluice.domain import Artifact
from sluice.ports import Snapshot
from sluice.serving.state import CatalogSearch, RecommenderState, content_reader
from sluice.serving.store import ServiceStore
from sluice.wiring.recommender import RECOMMENDER, newest_event, settings_of


class StateLoader:
    """Load states; a model is loaded once while its version serves."""

    def __init__(self, store: ServiceStore, config: Config, now: Callable[[], datetime], in_memory: bool) -> None:  # noqa: FBT001  # a setting of the service
        """Load nothing yet.

        Args:
            store: Models and rows.
            config: The configuration.
            now: Events of later times are ignored.
            in_memory: Hold all users' histories in memory.
        """
        self._store, self._config, self._now, self._in_memory = store, config, now, in_memory
        self._model: tuple[int, OnlineRecommender] | None = None

    def load(self, snapshot: Snapshot) -> RecommenderState:
        """Return the state at a snapshot.

        Raises:
            ModelError: The champion is damaged.
        """
        settings = settings_of(self._config)
        version = next((model.version for model in self._store.models.versions(RECOMMENDER) if model.state == "champion"), None)
        artifact = self._store.models.load(RECOMMENDER, version) if version else None
        items = load_catalog(snapshot, settings)
        champion = self._trained(artifact, version).with_catalog(items, settings, content_reader(self._config, artifact.card)) if version and artifact else None
        histories: HistoryStore = InMemoryHistories(load_interactions(snapshot, settings)) if self._in_memory else SnapshotHistories(snapshot, settings)
        newest = newest_event(snapshot, settings, self._now())
        return RecommenderState(snapshot.id, version, champion, histories, CatalogSearch(items, self._config), newest)

    def _trained(self, artifact: Artifact, version: int) -> OnlineRecommender:
        """Load a model before it is stocked; cached while its version serves, since an index of many items is costly."""
        if self._model is None or self._model[0] != version:
            self._model = (version, OnlineRecommender.load(artifact))
        return self._model[1]
