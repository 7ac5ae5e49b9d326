"""Answers from memory: champion and catalog of the hour, looked at again every half minute, and what was told since."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Self

import polars as pl

from recommender.data.interactions import INTERACTIONS, load_catalog, load_interactions
from recommender.explain.explanation import Explanation, explain
from recommender.explain.sentence import LANGUAGES, Language
from recommender.search import Filter
from recommender.serving.answer import Answer
from recommender.serving.histories import Feedback, Held, Histories, Looked
from recommender.serving.online_recommender import Recommender
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.domain import Artifact
from sluice.errors import ModelError, StoreError, UsageError
from sluice.ports import Snapshot, Store
from sluice.serving.state import Finder, RecommenderState, modes_of
from sluice.wiring.recommender import RECOMMENDER, settings_of

EVERY = 30.0  # seconds after which a new catalog, batch or champion is looked for


@dataclass(eq=False)
class RecommenderService:
    """Answers from memory; safe for many threads, of which one at a time looks for what is new while the others go on.

    Attributes:
        store: Where models and rows are.
        config: The configuration.
        now: The time of what is told without one.
        whole: Hold everybody's history in memory, for many answers; else each user is looked up.
        ticks: Seconds that pass.
        closing: Gives the store's connections back.
    """

    store: Store
    config: Config
    now: Callable[[], datetime]
    whole: bool = True
    ticks: Callable[[], float] = time.monotonic
    closing: Callable[[], None] = lambda: None
    _serving: RecommenderState | None = None
    _model: tuple[int, Recommender] | None = None
    _looked: float = 0.0
    _looking: Lock = field(default_factory=Lock)
    _told: Feedback = field(init=False)

    def __post_init__(self) -> None:
        """Start with nothing told."""
        self._told = Feedback(settings_of(self.config).weights)

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the store's connections back."""
        self.closing()

    def recommend(
        self, user: str | None, k: int = 10, *, history: str | Sequence[str] = (), among: Collection[str] | None = None, language: Language | None = None
    ) -> Answer:
        """The best items for a user, or what is popular (None).

        Args:
            user: His id; an unknown one gets the popular items, and the answer says so.
            k: How many, at most.
            history: Items that he has just met, the newest last, or one of them, beside what is published and was told; where
                the model knows none, the answer says so.
            among: The only items to give; None: all that are sold.
            language: Of a sentence on why each is recommended; None: none is wanted.

        Raises:
            UsageError: No recommender serves yet, `k` is below 1, or no sentences are written in the language.
            ModelError: The model is damaged.
        """
        _positive(k)
        if language is not None and language not in LANGUAGES:
            raise UsageError(f"no sentences are written in {language!r}, only in {', '.join(LANGUAGES)}")
        model, met, now = self.serving().recommender, self.history(user or "", history), self.now()
        nobody = user is None and not history
        found = model.popular(k, among=among, at=now) if nobody else model.recommend(met, k, among=among, at=now)
        if language is not None:
            whys = explain(model, met, [each.item for each in found])
            found = [replace(each, reason=why.said(language)) for each, why in zip(found, whys, strict=True)]
        return Answer(tuple(found), "" if nobody or model.knows(met) else _unknown(user, met))

    def search(self, query: str, k: int = 10, *, user: str | None = None, where: str | Sequence[str] = ()) -> Answer:
        """The items that answer a query, the best first.

        Args:
            query: As it was typed; typing errors are forgiven.
            k: How many, at most.
            user: Whose taste counts as well; an unknown one's does not.
            where: What an item must be, such as `brand=Acme` or `price<20`; one, or several that all hold.

        Raises:
            UsageError: The query is no text or empty, `k` is below 1, nothing is published to search, or a condition does not
                fit the catalog.
            ModelError: The model is damaged.
        """
        _worded(query)
        _positive(k)
        serving = self.serving()
        champion, search = serving.champion, serving.finder.search
        met = self.history(user) if user is not None else None
        preference = champion.taste(met, search.catalog["item"].to_list()) if champion and met is not None and champion.knows(met) else None
        return search.query(query, k, filters=[Filter.parse(each) for each in ([where] if isinstance(where, str) else where)], preference=preference)

    def explain(self, user: str, items: Sequence[str]) -> list[Explanation]:
        """Why items are recommended to a user: the past items that carried each, and a sentence."""
        return explain(self.serving().recommender, self.history(user), items)

    def titles(self) -> Mapping[str, str]:
        """What people call each item."""
        return self.serving().finder.titles

    def feedback(self, user: str, item: str, kind: str | None = None, time: datetime | None = None) -> None:
        """Tell of an event; it counts from the user's next answer on, until it is published.

        Args:
            user: Who.
            item: What he met.
            kind: What happened, as `weights` of the configuration names it.
            time: When, with its time zone; now unless given.

        Raises:
            UsageError: User or item is no text, the kind has no weight where kinds have, or the time is none or lacks its zone.
        """
        names: tuple[object, ...] = (user, item)
        if not all(isinstance(each, str) for each in names):
            raise UsageError(f"an event names its user and its item as text; these are {user!r} and {item!r}")
        when: object = self.now() if time is None else time
        if not isinstance(when, datetime) or when.tzinfo is None:
            raise UsageError(f"the time of an event is {when!r}; give a datetime with its time zone, such as datetime.now(UTC)")
        weights = settings_of(self.config).weights
        if weights and kind not in weights:
            raise UsageError(f"an event of kind {kind!r} has no weight; the kinds that have: {', '.join(weights)}")
        self._told.add(user, item, kind, when)

    def history(self, user: str, newest: str | Sequence[str] = ()) -> pl.DataFrame:
        """A user's published interactions, those told since, and items that he has just met; schema INTERACTIONS."""
        met = self._told.after(self.serving().histories.of(user), user)
        rows = [(user, item, None, self.now(), 1.0, True) for item in ([newest] if isinstance(newest, str) else newest)]
        return pl.concat([met, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")]) if rows else met

    def serving(self) -> RecommenderState:
        """What answers are given from; looks for what is new where the last look was long ago.

        Raises:
            ModelError: The first model is damaged.
        """
        late = self._serving is None or self.ticks() - self._looked >= EVERY
        if late and self._looking.acquire(blocking=self._serving is None):
            try:
                self._look()
            finally:
                self._looking.release()
        assert self._serving is not None  # noqa: S101  # the first look makes it, or raises
        return self._serving

    def _look(self) -> None:
        held = self._serving
        try:
            snapshot = self.store.snapshot()
            if held is None or snapshot.id != held.snapshot:
                self._serving = self._at(snapshot)
                self._told.forget(_until(snapshot, settings_of(self.config), self.now()))
        except (ModelError, StoreError, UsageError) as error:
            if held is None:
                raise
            logging.getLogger(__name__).warning("what is new cannot be read, so what was serves on, model version %s: %s", held.version or "none", error)
        self._looked = self.ticks()

    def _at(self, snapshot: Snapshot) -> RecommenderState:
        settings = settings_of(self.config)
        version = next((model.version for model in self.store.models.versions(RECOMMENDER) if model.state == "champion"), None)
        artifact = self.store.models.load(RECOMMENDER, version) if version else None
        items = load_catalog(snapshot, settings)
        champion = self._loaded(artifact, version).stocked(items, settings, modes_of(self.config)) if version and artifact else None
        histories: Histories = Held(load_interactions(snapshot, settings)) if self.whole else Looked(snapshot, settings)
        return RecommenderState(snapshot.id, version, champion, histories, Finder(items, self.config))

    def _loaded(self, artifact: Artifact, version: int) -> Recommender:
        """The model before it was stocked; kept while its version serves, as an index of many items is dear to make."""
        if self._model is None or self._model[0] != version:
            self._model = (version, Recommender.load(artifact))
        return self._model[1]


def _until(snapshot: Snapshot, settings: Settings, now: datetime) -> datetime:
    """The time of the newest published event; what was told of later times has not come yet, whenever its batch was published.

    An event that a clock ahead of time dates into the future says nothing of what has come.
    """
    rows = snapshot.published(settings.events)
    known = settings.time in rows.collect_schema().names()
    times = pl.col(settings.time).cast(pl.Datetime("us", "UTC"))
    newest = rows.select(times.filter(times <= now).max()).collect().item() if known else None
    return newest if isinstance(newest, datetime) else datetime.min.replace(tzinfo=UTC)


def _positive(k: int) -> None:
    if k < 1:
        raise UsageError(f"{k} items are asked for; ask for 1 or more")


def _worded(query: object) -> None:
    if not isinstance(query, str) or not query.strip():
        raise UsageError(f"{query!r} is asked for; a query is a text with at least one word, such as 'red mug'")


def _unknown(user: str | None, history: pl.DataFrame) -> str:
    if history.is_empty():
        return "this user is unknown; these are the popular items"
    if user is None:
        return "the model knows none of the items of this history; these are the popular items"
    return "the model knows none of the items of this user; these are the popular items"
