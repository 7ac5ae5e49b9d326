"""Answer recommendation and search requests from memory, with the events recorded since the last batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol, Self

import polars as pl

from recommender.data.interactions import INTERACTIONS, load_catalog, load_interactions
from recommender.explain.explanation import LANGUAGES, Explanation, Language, explain
from recommender.search import Filter
from recommender.serving.answer import Answer
from recommender.serving.histories import HistoryStore, InMemoryHistories, RecentEvents, SnapshotHistories
from recommender.serving.online_recommender import OnlineRecommender
from recommender.similar import find_similar
from recommender.similar.unknown_item import unknown_item
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.domain import Artifact, Model
from sluice.errors import ModelError, StoreError, UsageError
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.serving.state import CatalogSearch, RecommenderState, content_reader
from sluice.wiring.recommender import RECOMMENDER, settings_of

REFRESH_SECONDS = 30.0  # after which a new catalog, batch or champion is looked for


class ModelReader(Protocol):
    """Read the versions of registered models."""

    def versions(self, name: str) -> Sequence[Model]:
        """Return all versions, the newest first."""
        ...

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        """Load a version, or the champion; None where there is none."""
        ...


class ServiceStore(Protocol):
    """Give what answers are computed from."""

    @property
    def models(self) -> ModelReader:
        """Return the registered models."""
        ...

    def snapshot(self) -> Snapshot:
        """Return what is published now."""
        ...


@dataclass(eq=False)
class RecommenderService:
    """Answer from memory; safe for many threads, of which one at a time refreshes while the others go on.

    Attributes:
        store: Models and rows.
        config: The configuration.
        now: Time of events that are recorded without one.
        in_memory: Hold all users' histories in memory, for many answers; otherwise each user is looked up.
        timer: Seconds that pass, from any origin.
        closing: Called on closing, to close the store's connections.
        unanswered: Called with a query that no item answers, and its time.
    """

    store: ServiceStore
    config: Config
    now: Callable[[], datetime]
    in_memory: bool = True
    timer: Callable[[], float] = time.monotonic
    closing: Callable[[], None] = lambda: None
    unanswered: Callable[[str, datetime], None] = lambda _query, _at: None
    _state: RecommenderState | None = None
    _model: tuple[int, OnlineRecommender] | None = None
    _refreshed: float = 0.0
    _refreshing: Lock = field(default_factory=Lock)
    _events: RecentEvents = field(init=False)

    def __post_init__(self) -> None:
        """Start without recorded events."""
        self._events = RecentEvents(settings_of(self.config).weights)

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the store's connections."""
        self.closing()

    def recommend(
        self, user: str | None, k: int = 10, *, history: str | Sequence[str] = (), among: Collection[str] | None = None, language: Language | None = None
    ) -> Answer:
        """Recommend the best items to a user, or the popular ones (None).

        Args:
            user: Id of the user; an unknown one gets the popular items, and the answer's note says so.
            k: Number of items, at most.
            history: Items that the user has just met, the newest last, or a single one, in addition to what is published and recorded;
                where the model knows none, the note says so.
            among: The only items to recommend; None means all active items.
            language: Language of a sentence on why each item is recommended; None writes no sentences.

        Raises:
            UsageError: No recommender serves yet, `k` is below 1, or the language is not supported.
            ModelError: The model is damaged.
        """
        _require_positive(k)
        if language is not None:
            _require_language(language)
        model, met, now = self.state().recommender, self.history(user or "", history), self.now()
        anonymous = user is None and not history
        items = model.recommend_popular(k, among=among, at=now) if anonymous else model.recommend(met, k, among=among, at=now)
        if language is not None:
            explanations = explain(model, met, [entry.item for entry in items])
            items = [replace(entry, reason=explanation.render_reason(language)) for entry, explanation in zip(items, explanations, strict=True)]
        return Answer(tuple(items), "" if anonymous or model.knows_any(met) else _unknown_note(user, met))

    def similar(self, item: str, k: int = 10, *, among: Collection[str] | None = None, language: Language = "en") -> Answer:
        """Recommend the items that are most similar to one item, each with a reason.

        Items that nothing links to it are left out, so that the answer may be shorter than `k`, or empty.

        Args:
            item: Id of an item; it may be one that is sold no longer.
            k: Number of items, at most.
            among: The only items to recommend; None means all active items.
            language: Language of the reasons.

        Raises:
            UsageError: There is no such item, no recommender serves yet, `k` is below 1, or the language is not supported.
            ModelError: The model is damaged.
        """
        _require_positive(k)
        _require_language(language)
        model = self.state().recommender
        if item not in model.item_numbers:
            unknown = unknown_item(item, model.item_numbers, self.titles())
            raise make_error(UsageError, unknown.code, **unknown.params)
        similar = find_similar(model, item, k, among=among, language=language, at=self.now())
        return Answer(tuple(similar), "" if similar else "nothing links another item to this one: nobody met both, and no text or attribute is alike")

    def search(self, query: str, k: int = 10, *, user: str | None = None, where: str | Sequence[str] = ()) -> Answer:
        """Find the items that match a query, the best first.

        Args:
            query: Text as it was typed; typing errors are forgiven.
            k: Number of items, at most.
            user: Id of a user whose taste counts as well; that of an unknown one does not.
            where: Conditions on the items, such as `brand=Acme` or `price<20`: one, or several that must all hold.

        Raises:
            UsageError: The query is no text or empty, `k` is below 1, nothing is published to search, or a condition does not
                fit the catalog.
            ModelError: The model is damaged.
        """
        _require_query(query)
        _require_positive(k)
        state = self.state()
        champion, search = state.champion, state.catalog_search.index
        met = self.history(user) if user is not None else None
        preference = champion.score_items(met, search.catalog["item"].to_list()) if champion and met is not None and champion.knows_any(met) else None
        conditions = [where] if isinstance(where, str) else where
        answer = search.query(query, k, filters=[Filter.parse(condition) for condition in conditions], preference=preference)
        if not answer.items and not conditions:
            self._record_unanswered(query)
        return answer

    def _record_unanswered(self, query: str) -> None:
        try:
            self.unanswered(query, self.now())
        except StoreError as error:
            logging.getLogger(__name__).warning("a query without an answer is not recorded: %s", error)

    def explain(self, user: str, items: Sequence[str]) -> list[Explanation]:
        """Explain why items are recommended to a user: the past items that contributed, and a sentence."""
        return explain(self.state().recommender, self.history(user), items)

    def titles(self) -> Mapping[str, str]:
        """Return the title of each item."""
        return self.state().catalog_search.titles

    def record_event(self, user: str, item: str, kind: str | None = None, time: datetime | None = None) -> None:
        """Record an event; it counts from the user's next answer on, until it is published.

        Args:
            user: Id of the user.
            item: Id of the item.
            kind: Kind of event, as `weights` of the configuration names it.
            time: Time of the event, with its time zone; now unless given.

        Raises:
            UsageError: User or item is no text, the kind has no weight where kinds have, or the time lacks its zone.
        """
        ids: tuple[object, ...] = (user, item)
        if not all(isinstance(name, str) for name in ids):
            raise UsageError(f"an event names its user and its item as text; these are {user!r} and {item!r}")
        when: object = self.now() if time is None else time
        if not isinstance(when, datetime) or when.tzinfo is None:
            raise UsageError(f"the time of an event is {when!r}; give a datetime with its time zone, such as datetime.now(UTC)")
        weights = settings_of(self.config).weights
        if weights and kind not in weights:
            raise UsageError(f"an event of kind {kind!r} has no weight; the kinds that have: {', '.join(weights)}")
        self._events.add(user, item, kind, when)

    def history(self, user: str, newest: str | Sequence[str] = ()) -> pl.DataFrame:
        """Return a user's published interactions, those recorded since, and items just met; schema INTERACTIONS."""
        met = self._events.append_to(self.state().histories.history(user), user)
        rows = [(user, item, None, self.now(), 1.0, True) for item in ([newest] if isinstance(newest, str) else newest)]
        return pl.concat([met, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")]) if rows else met

    def state(self) -> RecommenderState:
        """Return what answers are computed from; refresh it where the last refresh was long ago.

        Raises:
            ModelError: The first model is damaged.
        """
        due = self._state is None or self.timer() - self._refreshed >= REFRESH_SECONDS
        if due and self._refreshing.acquire(blocking=self._state is None):
            try:
                self._refresh()
            finally:
                self._refreshing.release()
        assert self._state is not None  # noqa: S101  # the first refresh makes it, or raises
        return self._state

    def _refresh(self) -> None:
        before = self._state
        try:
            snapshot = self.store.snapshot()
            if before is None or snapshot.id != before.snapshot:
                self._state = self._state_at(snapshot)
                self._events.discard_until(_newest_event(snapshot, settings_of(self.config), self.now()))
        except (ModelError, StoreError, UsageError) as error:
            if before is None:
                raise
            logging.getLogger(__name__).warning("what is new cannot be read, so what was serves on, model version %s: %s", before.version or "none", error)
        self._refreshed = self.timer()

    def _state_at(self, snapshot: Snapshot) -> RecommenderState:
        settings = settings_of(self.config)
        version = next((model.version for model in self.store.models.versions(RECOMMENDER) if model.state == "champion"), None)
        artifact = self.store.models.load(RECOMMENDER, version) if version else None
        items = load_catalog(snapshot, settings)
        champion = self._load(artifact, version).with_catalog(items, settings, content_reader(self.config, artifact.card)) if version and artifact else None
        histories: HistoryStore = InMemoryHistories(load_interactions(snapshot, settings)) if self.in_memory else SnapshotHistories(snapshot, settings)
        return RecommenderState(snapshot.id, version, champion, histories, CatalogSearch(items, self.config))

    def _load(self, artifact: Artifact, version: int) -> OnlineRecommender:
        """Load a model before it is stocked; cached while its version serves, since an index of many items is costly."""
        if self._model is None or self._model[0] != version:
            self._model = (version, OnlineRecommender.load(artifact))
        return self._model[1]


def _newest_event(snapshot: Snapshot, settings: Settings, now: datetime) -> datetime:
    """Return the time of the newest published event; recorded events of later times are not published yet.

    Events that a fast clock dates into the future are ignored.
    """
    rows = snapshot.published(settings.events)
    times = pl.col(settings.time).cast(pl.Datetime("us", "UTC"))
    has_times = settings.time in rows.collect_schema().names()
    newest = rows.select(times.filter(times <= now).max()).collect().item() if has_times else None
    return newest if isinstance(newest, datetime) else datetime.min.replace(tzinfo=UTC)


def _require_positive(k: int) -> None:
    if k < 1:
        raise UsageError(f"{k} items are asked for; ask for 1 or more")


def _require_language(language: str) -> None:
    if language not in LANGUAGES:
        raise UsageError(f"no sentences are written in {language!r}, only in {', '.join(LANGUAGES)}")


def _require_query(query: object) -> None:
    if not isinstance(query, str) or not query.strip():
        raise UsageError(f"{query!r} is asked for; a query is a text with at least one word, such as 'red mug'")


def _unknown_note(user: str | None, history: pl.DataFrame) -> str:
    if history.is_empty():
        return "this user is unknown; these are the popular items"
    if user is None:
        return "the model knows none of the items of this history; these are the popular items"
    return "the model knows none of the items of this user; these are the popular items"
