"""Answer recommendation and search requests from memory, with the events recorded since the last batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self

import polars as pl

from recommender.data.filters import parse_filter
from recommender.data.interactions import INTERACTIONS, load_interactions
from recommender.explain.counterfactual import needed_items
from recommender.explain.explanation import Explanation, Language, explain
from recommender.search.search_index import is_unanswered
from recommender.serving.answer import Answer
from recommender.serving.histories import InMemoryHistories, add_recorded
from recommender.similar import find_similar
from recommender.similar.unknown_item import unknown_item
from sluice.config import Config
from sluice.domain import RecordedEvent
from sluice.domain.exposures import ShownList
from sluice.errors import ModelError, StoreError, UsageError
from sluice.messages import make_error
from sluice.serving.answering import best_items, list_of, make_lists, select_items
from sluice.serving.loading import StateLoader
from sluice.serving.nightly import Written, write_lists
from sluice.serving.questions import read_context, record_unanswered, require_language, require_positive, require_query, unknown_note
from sluice.serving.recorded import EventLog, RecordedReader, prune, require_event, require_time
from sluice.serving.state import RecommenderState
from sluice.serving.store import ServiceStore
from sluice.wiring.exposures import SHADOW
from sluice.wiring.recommender import settings_of

REFRESH_SECONDS = 30.0  # after which a new catalog, batch or champion is looked for


@dataclass(eq=False)
class RecommenderService:
    """Answer from memory; safe for many threads, of which one at a time refreshes while the others go on.

    Attributes:
        store: Models and rows.
        config: The configuration.
        now: Time of events that are recorded without one.
        events: Recorded events.
        in_memory: Hold all users' histories in memory, for many answers; otherwise each user is looked up.
        timer: Seconds that pass, from any origin.
        closing: Called on closing, to close the store's connections.
        unanswered: Called with a query that no item answers, and its time.
        log_list: Called with each list that is recommended, to log it; None logs nothing.
    """

    store: ServiceStore
    config: Config
    now: Callable[[], datetime]
    events: EventLog
    in_memory: bool = True
    timer: Callable[[], float] = time.monotonic
    closing: Callable[[], None] = lambda: None
    unanswered: Callable[[str, datetime], None] = lambda _query, _at: None
    log_list: Callable[[ShownList], None] | None = None
    _state: RecommenderState | None = None
    _refreshed: float = 0.0
    _refreshing: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Refuse a configuration without a recommender."""
        settings_of(self.config)
        self._recorded = RecordedReader(self.events, self.timer)
        self._loader = StateLoader(self.store, self.config, self.now, in_memory=self.in_memory)

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
        self,
        user: str | None,
        k: int = 10,
        *,
        history: str | Sequence[str] = (),
        among: Collection[str] | None = None,
        where: str | Sequence[str] = (),
        language: Language | None = None,
        region: str | None = None,
        context: Mapping[str, object] | Sequence[str] = (),
        place: str = "",
        record: bool = True,
    ) -> Answer:
        """Recommend the best items to a user, or the popular ones (None).

        Args:
            user: Id of the user; an unknown one gets the popular items, and the answer's note says so.
            k: Number of items, at most.
            history: Items that the user has just met, the newest last, or a single one, in addition to what is published and recorded;
                where the model knows none, the note says so.
            among: The only items to recommend; None means all active items.
            where: Conditions on the items, such as `brand=Acme` or `price<20`: one, or several that must all hold.
            language: Language of a sentence on why each item is recommended; None writes no sentences.
            region: Where the user is, as `region` of events names it: without a history they get what is popular there.
            context: Where and when the answer is shown, by names of `context` in sluice.yaml, such as {"device": "mobile"} or ["device=mobile"]; hour and
                weekday follow from the clock. Models that learned nothing from a column ignore it.
            place: Where the answer is shown, such as a page or a mail, for the log of exposures.
            record: Log the answer where `recommender.exposures` is set: somebody is shown it.

        Raises:
            UsageError: No recommender serves yet, `k` is below 1, the language is not supported, a condition does not fit the catalog, or `context` of
                sluice.yaml lacks a name.
            ModelError: The model is damaged.
        """
        require_positive(k)
        if language is not None:
            require_language(language)
        state, met, now = self.state(), self.history(user or "", history), self.now()
        anonymous, settings = user is None and not history, settings_of(self.config)
        version, model = state.serving(user, now)
        side = state.side_of(user, read_context(context, settings.context), settings, now, region)
        items = best_items(model, None if anonymous else met, k, select_items(model, among, where), now, language, region, side)
        note = "" if anonymous or model.knows_any(met) else unknown_note(user, met)
        if self.log_list is None or not record or not items:
            return Answer(tuple(items), note, model=version)
        answered = list_of(items, user, place, version, now)
        self.log_list(answered)
        if (other := state.shadow(user, now)) is not None:
            shadow = best_items(other.model, met, k, select_items(other.model, among, where), now, side=side)
            self.log_list(list_of(shadow, user, SHADOW, other.version, now))
        return Answer(tuple(items), note, answered.id, version)

    def similar(self, item: str, k: int = 10, *, among: Collection[str] | None = None, where: str | Sequence[str] = (), language: Language = "en") -> Answer:
        """Recommend the items that are most similar to one item, each with a reason.

        Items that nothing links to it are left out, so that the answer may be shorter than `k`, or empty.

        Args:
            item: Id of an item; it may be one that is sold no longer.
            k: Number of items, at most.
            among: The only items to recommend; None means all active items.
            where: Conditions on the items, such as `brand=Acme` or `price<20`: one, or several that must all hold.
            language: Language of the reasons.

        Raises:
            UsageError: There is no such item, no recommender serves yet, `k` is below 1, the language is not supported, or a condition does not fit the
                catalog.
            ModelError: The model is damaged.
        """
        require_positive(k)
        require_language(language)
        model = self.state().recommender
        if item not in model.item_numbers:
            unknown = unknown_item(item, model.item_numbers, self.titles())
            raise make_error(UsageError, unknown.code, **unknown.params)
        similar = find_similar(model, item, k, among=select_items(model, among, where), language=language, at=self.now())
        return Answer(tuple(similar), "" if similar else "nothing links another item to this one: nobody met both, and no text or attribute is alike")

    def search(self, query: str, k: int = 10, *, user: str | None = None, where: str | Sequence[str] = (), record: bool = True) -> Answer:
        """Find the items that match a query, the best first.

        Args:
            query: Text as it was typed; typing errors are forgiven.
            k: Number of items, at most.
            user: Id of a user whose taste counts as well; that of an unknown one does not.
            where: Conditions on the items, such as `brand=Acme` or `price<20`: one, or several that must all hold.
            record: Count the query where no item answers it, for `sluice search --unanswered`.

        Raises:
            UsageError: The query is no text or empty, `k` is below 1, nothing is published to search, or a condition does not
                fit the catalog.
            ModelError: The model is damaged.
        """
        require_query(query)
        require_positive(k)
        state = self.state()
        champion, search = state.champion, state.catalog_search.index
        met = self.history(user) if user is not None else None
        preference = champion.score_items(met, search.catalog["item"].to_list()) if champion and met is not None and champion.knows_any(met) else None
        conditions = [where] if isinstance(where, str) else where
        pinned = state.catalog_search.pinned_at(self.now())
        answer = search.query(query, k, filters=list(map(parse_filter, conditions)), preference=preference, pinned=pinned)
        if record and not conditions and is_unanswered(query, answer):
            record_unanswered(self.unanswered, query, self.now())
        return answer

    def explain(self, user: str, items: Sequence[str]) -> list[Explanation]:
        """Explain why items are recommended to a user: the past items that contributed, and a sentence."""
        state = self.state()
        return explain(state.recommender, self.history(user), items, side=state.side_of(user, {}, settings_of(self.config), self.now(), None))

    def needed(
        self, user: str, k: int = 10, *, where: str | Sequence[str] = (), context: Mapping[str, object] | Sequence[str] = ()
    ) -> Mapping[str, Sequence[str]]:
        """Return for each of the best items the past items without any single one of which it would not be shown; see `needed_items`."""
        state, settings, now = self.state(), settings_of(self.config), self.now()
        model, side = state.serving(user, now)[1], state.side_of(user, read_context(context, settings.context), settings, now, None)
        return needed_items(model, self.history(user), k, among=select_items(model, None, where), at=now, side=side)

    def titles(self) -> Mapping[str, str]:
        """Return the title of each item."""
        return self.state().catalog_search.titles

    def record_event(self, user: str, item: str, kind: str | None = None, time: datetime | None = None, event_id: str | None = None) -> None:
        """Record an event durably; it counts from the user's next answer on, in every process, until it is published.

        An event of a person who was forgotten is not stored.

        Args:
            user: Id of the user.
            item: Id of the item; one that neither catalog nor model has yet changes no answer until the catalog has it.
            kind: Kind of event, as `weights` of the configuration names it.
            time: Time of the event, with its time zone; now unless given.
            event_id: Id of the event; one that is recorded twice within 30 days, as after a lost answer, counts once.

        Raises:
            UsageError: User or item is no text, the kind has no weight where kinds have, the time lacks its zone, is 5 minutes ahead of the clock or
                30 days behind it, or another event has the id.
            StoreError: The database does not answer, and the event is not recorded.
        """
        when = self.now() if time is None else time
        require_event(user, item, kind, when, event_id, settings_of(self.config).weights)
        require_time(when, self.now())
        self.events.add(RecordedEvent(user, item, kind, when, event_id), timed=time is not None)

    def history(self, user: str, newest: str | Sequence[str] = ()) -> pl.DataFrame:
        """Return a user's published interactions, those recorded since, and items just met; schema INTERACTIONS."""
        state = self.state()
        met = add_recorded(state.histories.history(user), self._recorded.of(user, int(state.snapshot), state.newest_event), settings_of(self.config).weights)
        rows = [(user, item, None, self.now(), 1.0, True) for item in ([newest] if isinstance(newest, str) else newest)]
        return pl.concat([met, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")]) if rows else met

    def all_histories(self) -> pl.DataFrame:
        """Return the published interactions of all users, schema INTERACTIONS, each user's together and in order."""
        histories = self.state().histories
        return histories.events if isinstance(histories, InMemoryHistories) else load_interactions(self.store.snapshot(), settings_of(self.config))

    def recommend_all(self, to: str | Path, k: int = 10, *, where: str | Sequence[str] = (), report: Callable[[int, int], None] | None = None) -> Written:
        """Write the list of each user: what they would get now, with codes of the reasons.

        Users are answered in blocks. A command that was killed goes on after the last block, as long as snapshot, model, settings, `k` and conditions
        are the same. The file is put in place at once when all lists are there.

        Args:
            to: Path of a `.parquet` or `.csv` file; a path without an ending is the folder of a Delta table.
            k: Number of items of a list, at most.
            where: Conditions on the items, such as `brand=Acme` or `price<20`: one, or several that must all hold.
            report: Called with the numbers of users that are done, and of all.

        Raises:
            UsageError: No recommender serves yet, `k` is below 1, the path has another ending, or a condition does not fit the catalog.
        """
        state, conditions = self.state(), [where] if isinstance(where, str) else where
        maker = make_lists(state.recommender, k, self.now(), conditions, state.users.all() if state.users else None)
        return write_lists(maker, state, self.all_histories(), settings_of(self.config), Path(to), report, where=conditions)

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
                self._state = self._loader.load(snapshot)
                if self.in_memory:  # it serves: a single answer writes nothing
                    prune(self.events, int(self._state.snapshot), self._state.newest_event)
        except (ModelError, StoreError, UsageError) as error:
            if before is None:
                raise
            logging.getLogger(__name__).warning("what is new cannot be read, so what was serves on, model version %s: %s", before.version or "none", error)
        self._refreshed = self.timer()
