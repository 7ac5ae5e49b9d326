"""A recommender that serves: the champion and the catalog of the hour in memory, looked at again every half minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self

import polars as pl

from recommender.data import INTERACTIONS, catalog, interactions
from recommender.sequences import Floats, Vocabulary
from recommender.serving.answer import Answer
from recommender.serving.growing import Modes
from recommender.serving.histories import Feedback, Held, Histories, Looked
from recommender.serving.recommender import Recommender
from sluice.bootstrap.lines import RECOMMENDER
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.errors import UsageError
from sluice.ports import Snapshot, Store

EVERY = 30.0  # seconds after which a new catalog, batch or champion is looked for


def settings_of(config: Config) -> Settings:
    """What is configured of the recommender.

    Raises:
        UsageError: Nothing is.
    """
    if config.recommender is None:
        raise UsageError("sluice.yaml configures no `recommender`; the README shows how")
    return config.recommender


def cache_of(config: Config) -> Path:
    """The folder that remembers the vectors of texts."""
    return Path(config.path(".sluice/text"))


@dataclass(frozen=True, slots=True)
class Serving:
    """What answers are given from, as it was at one snapshot."""

    snapshot: str
    version: int
    recommender: Recommender
    histories: Histories


@dataclass(eq=False)
class Server:
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
    _serving: Serving | None = None
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

    def recommend(self, user: str | None, k: int = 10, *, history: Sequence[str] = (), among: Collection[str] | None = None) -> Answer:
        """The best items for a user, or what is popular (None).

        Args:
            user: His id; an unknown one gets the popular items, and the answer says so.
            k: How many, at most.
            history: Items that he has just met, the newest last, beside what is published and was told.
            among: The only items to give; None: all that are sold.

        Raises:
            UsageError: No recommender serves yet.
            ModelError: The model is damaged.
        """
        serving = self.serving()
        if user is None and not history:
            return Answer(tuple(serving.recommender.popular(k, among=among)))
        met = self.history(user or "", history)
        found = serving.recommender.recommend(met, k, among=among)
        return Answer(tuple(found), "" if serving.recommender.knows(met) else _unknown(met))

    def feedback(self, user: str, item: str, kind: str | None = None, time: datetime | None = None) -> None:
        """Tell of an event; it counts from the user's next answer on, until it is published.

        Args:
            user: Who.
            item: What he met.
            kind: What happened, as `weights` of the configuration names it.
            time: When; now unless given.
        """
        self._told.add(user, item, kind, time or self.now())

    def history(self, user: str, newest: Sequence[str] = ()) -> pl.DataFrame:
        """A user's published interactions, those told since, and items that he has just met; schema INTERACTIONS."""
        met = self._told.after(self.serving().histories.of(user), user)
        rows = [(user, item, None, self.now(), 1.0, True) for item in newest]
        return pl.concat([met, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")]) if rows else met

    def serving(self) -> Serving:
        """What answers are given from; looks for what is new where the last look was long ago.

        Raises:
            UsageError: No recommender serves yet.
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
        past, held = self.store.snapshot(), self._serving
        if held is None or past.id != held.snapshot:
            self._serving = self._at(past, held)
            self._told.forget(_until(past, settings_of(self.config)))
        self._looked = self.ticks()

    def _at(self, past: Snapshot, held: Serving | None) -> Serving:
        settings = settings_of(self.config)
        version = next((model.version for model in self.store.models(RECOMMENDER) if model.state == "champion"), None)
        artifact = self.store.load(RECOMMENDER, version) if version else None
        if version is None or artifact is None:
            raise UsageError("no recommender serves yet; `sluice retrain` trains one when the gates are open")
        recommender = Recommender.load(artifact).stocked(catalog(past, settings), settings, modes_of(self.config))
        histories: Histories = Held(interactions(past, settings)) if self.whole else Looked(past, settings)
        return Serving(past.id, version, recommender, histories)


def modes_of(config: Config) -> Modes:
    """What is known of new items beside their attributes: what their texts say."""
    settings = settings_of(config)

    def modes(items: pl.DataFrame, vocabulary: Vocabulary) -> Mapping[str, Floats]:
        from recommender.text import encoder, item_vectors

        if not settings.worded:
            return {}
        folder = Path(settings.language_model) if settings.language_model else None
        return {"text": item_vectors(items, settings.worded, vocabulary, encoder(folder), cache_of(config))}

    return modes


def _until(past: Snapshot, settings: Settings) -> datetime:
    """Until when the batches of events have come."""
    return max((run.at for run in past.runs(settings.events)), default=datetime.min.replace(tzinfo=UTC))


def _unknown(history: pl.DataFrame) -> str:
    if history.is_empty():
        return "this user is unknown; these are the popular items"
    return "the model knows none of the items of this user; these are the popular items"
