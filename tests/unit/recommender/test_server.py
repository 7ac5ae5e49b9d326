"""What is published, told or promoted counts in the next answer: at once, or after half a minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from sluice.config import Config
from sluice.domain import MAX_EVENT_AGE, Artifact, Model, RecordedEvent
from sluice.errors import StoreError, UsageError
from sluice.serving.recorded import AWAY_SECONDS
from sluice.serving.service import REFRESH_SECONDS, RecommenderService

Make = Callable[..., Any]
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


@dataclass
class FakeStore:
    """A store of one model and one snapshot at a time."""

    current: Any
    artifact: Artifact | None
    version: int = 1

    def snapshot(self) -> Any:
        return self.current

    @property
    def models(self) -> FakeStore:
        return self

    def versions(self, name: str) -> Sequence[Model]:
        return [Model(name, self.version, "champion", "", {}, NOW)] if self.artifact else []

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        return self.artifact


@dataclass
class FakeEvents:
    """Events in a list, recorded at the newest snapshot of a store."""

    store: FakeStore
    events: list[RecordedEvent] = field(default_factory=list)
    pruned: list[tuple[int, datetime]] = field(default_factory=list)
    error: StoreError | None = None
    reads: int = 0

    def add(self, event: RecordedEvent, *, timed: bool = True) -> None:
        self.events.append(replace(event, snapshot=int(self.store.current.id)))

    def of(self, user: str) -> Sequence[RecordedEvent]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return [event for event in self.events if event.user == user]

    def prune(self, snapshot: int, until: datetime) -> int:
        self.pruned.append((snapshot, until))
        if self.error is not None:
            raise self.error
        return 0


@dataclass
class Timer:
    """A clock that goes when it is told to."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Desk:
    """A server, and what moves it."""

    store: FakeStore
    server: RecommenderService
    timer: Timer
    events: FakeEvents

    def publish(self, **tables: pl.DataFrame) -> None:
        self.store.current = replace(self.store.current, tables={**self.store.current.tables, **tables}, id=str(int(self.store.current.id) + 1))

    def names(self, user: str | None, k: int = 8, **more: Any) -> list[str]:
        return [recommendation.item for recommendation in self.server.recommend(user, k, **more).items]


@pytest.fixture(params=[True, False], ids=["all histories held", "users looked up"])
def desk(request: pytest.FixtureRequest, snapshot: Any, trained: Artifact, settings: Make) -> Desk:
    store, timer = FakeStore(snapshot, trained), Timer()
    config = cast("Any", Config).model_construct(recommender=settings(title=None))
    events = FakeEvents(store)
    return Desk(store, RecommenderService(store, config, lambda: NOW, events, in_memory=request.param, timer=timer), timer, events)


def row_of(user: str, item: str, when: datetime) -> pl.DataFrame:
    return pl.DataFrame({"_row_id": ["late"], "who": [user], "what": [item], "when": [when], "did": ["look"], "_action": ["keep"], "_run_id": ["e1"]})


def published(desk: Desk, *rows: pl.DataFrame) -> pl.DataFrame:
    clicks = desk.store.current.tables["clicks"]
    extended: pl.DataFrame = pl.concat([clicks, *(row.select(clicks.columns).cast(dict(clicks.schema)) for row in rows)])
    return extended


def test_a_user_is_answered_from_their_published_past(desk: Desk) -> None:
    answer = desk.server.recommend("u003", 5)
    assert answer.note == ""
    assert len(answer.items) == 5
    assert not set(desk.server.history("u003")["item"]) & {recommendation.item for recommendation in answer.items}


def test_an_unknown_user_gets_the_popular_ones_and_is_told_so(desk: Desk) -> None:
    assert "unknown" in desk.server.recommend("nobody", 5).note
    assert desk.names("nobody") == desk.names(None)
    assert desk.server.recommend(None, 5).note == ""
    desk.server.record_event("stranger", "never sold", "look")
    assert "none of the items" in desk.server.recommend("stranger").note


def test_queries_that_no_item_answers_are_recorded(desk: Desk) -> None:
    recorded: list[tuple[str, datetime]] = []
    desk.server.unanswered = lambda query, at: recorded.append((query, at))
    assert not desk.server.search("?!").items, "no word is no query"
    assert not desk.server.search("zzzqqq", where="item=sold out").items, "a condition left none"
    desk.server.search("zzzqqq", record=False)
    assert recorded == []
    desk.server.search("zzzqqq")
    assert recorded == [("zzzqqq", NOW)]


def test_a_query_is_answered_where_it_cannot_be_recorded(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_query: str, _at: datetime) -> None:
        raise StoreError("the database does not answer")

    desk.server.unanswered = refuse
    desk.server.search("zzzqqq")
    assert "is not recorded: the database does not answer" in caplog.text


def test_a_visitor_of_whom_only_unknown_items_are_known_is_told_so(desk: Desk) -> None:
    answer = desk.server.recommend(None, 3, history=["never heard of"])
    assert [recommendation.item for recommendation in answer.items] == desk.names(None, 3)
    assert answer.note == "the model knows none of the items of this history; these are the popular items"
    assert desk.server.recommend(None, 3, history=["never heard of", "i10"]).note == ""
    assert desk.server.recommend(None, 3).note == ""


def test_similar_items_are_answered_and_an_unknown_one_is_named_with_its_nearest(desk: Desk) -> None:
    answer = desk.server.similar("i10", 4)
    assert "i11" in [entry.item for entry in answer]
    assert answer.note == ""
    assert all(entry.reason and entry.code for entry in answer)
    with pytest.raises(UsageError, match=r"there is no item i10x; did you mean i10\?"):
        desk.server.similar("i10x")
    with pytest.raises(UsageError, match=r"sluice search"):
        desk.server.similar("sofa")
    for ask in (partial(desk.server.similar, "i10", 0), partial(desk.server.similar, "i10", language=cast("Any", "xx"))):
        with pytest.raises(UsageError):
            ask()


def test_an_event_counts_in_the_next_answer(desk: Desk) -> None:
    before = desk.names("u003")
    desk.server.record_event("u003", before[0], "buy")
    assert before[0] not in desk.names("u003")
    assert desk.names("u004") == desk.names("u004")
    desk.server.record_event("newcomer", "i10", "look")
    desk.server.record_event("newcomer", "i11", "look")
    assert "i12" in desk.names("newcomer", 3)
    assert desk.server.recommend("newcomer").note == ""
    assert desk.names(None, history=["i10", "i11"]) == desk.names("anybody", history=["i10", "i11"])
    assert "i12" in desk.names(None, 3, history=["i10", "i11"])
    assert desk.names(None, history="i10") == desk.names(None, history=["i10"])


def test_an_event_that_cannot_count_is_refused(desk: Desk) -> None:
    before = desk.names("u003")
    with pytest.raises(UsageError, match=r"'frown' has no weight.*look"):
        desk.server.record_event("u003", before[0], "frown")
    for user, item in (("u003", None), (3, before[0])):
        with pytest.raises(UsageError, match="as text"):
            desk.server.record_event(cast("Any", user), cast("Any", item), "look")
    for when in (datetime(2026, 3, 11), "2026-03-11"):  # noqa: DTZ001  # a time without a zone is what is tried
        with pytest.raises(UsageError, match="with its time zone"):
            desk.server.record_event("u003", before[0], "look", cast("Any", when))
    assert desk.names("u003") == before


@pytest.mark.parametrize("ahead", [timedelta(days=3650), timedelta(days=-365_000), timedelta(minutes=5, seconds=1), -MAX_EVENT_AGE])
def test_an_event_of_the_future_or_of_long_ago_is_refused(desk: Desk, ahead: timedelta) -> None:
    with pytest.raises(UsageError, match="after the clock of the shop" if ahead > timedelta(0) else "30 days ago or more"):
        desk.server.record_event("u003", "i10", "look", NOW + ahead)
    assert desk.events.events == []


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(seconds=1) - MAX_EVENT_AGE])
def test_an_event_of_the_last_thirty_days_is_recorded_also_by_a_fast_clock(desk: Desk, ahead: timedelta) -> None:
    when = (NOW + ahead).astimezone(timezone(timedelta(hours=14)))
    desk.server.record_event("u003", "i10", "look", when)
    assert [event.time for event in desk.events.events] == [NOW + ahead]


def test_an_event_on_an_item_that_is_new_counts_once_the_catalog_has_it(desk: Desk) -> None:
    before = desk.names("u003")
    desk.server.record_event("u003", "i999", "look")
    desk.server.record_event("newcomer", "i999", "look")
    assert desk.names("u003") == before, "until then it changes no answer"
    assert "none of the items" in desk.server.recommend("newcomer").note
    goods = desk.store.current.tables["goods"]
    desk.publish(goods=pl.concat([goods, goods.head(1).with_columns(what=pl.lit("i999"), _row_id=pl.lit("i999"))]))
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.server.recommend("newcomer").note == ""
    assert "i999" not in desk.names("u003", 100), "they have met it"


def test_a_question_that_has_no_answer_is_refused(desk: Desk) -> None:
    for ask in (partial(desk.server.recommend, "u003", 0), partial(desk.server.search, "lamp", 0)):
        with pytest.raises(UsageError, match="1 or more"):
            ask()
    with pytest.raises(UsageError, match="only in en, zh"):
        desk.server.recommend("u003", language=cast("Any", "xx"))


@pytest.mark.parametrize("query", [None, "", " ", 3])
def test_a_query_without_a_word_is_refused(desk: Desk, query: object) -> None:
    with pytest.raises(UsageError, match="a text with at least one word"):
        desk.server.search(cast("Any", query))


def test_words_are_found_before_a_model_is_trained(desk: Desk, settings: Make, tmp_path: Path) -> None:
    config = cast("Any", Config).model_construct(recommender=settings(title="label")).at(tmp_path)
    goods = desk.store.current.tables["goods"].with_columns(label=pl.format("mug {}", "what"))
    snapshot = replace(desk.store.current, tables={**desk.store.current.tables, "goods": goods})
    store = FakeStore(snapshot, None)
    server = RecommenderService(store, config, lambda: NOW, FakeEvents(store))
    results = server.search("mgu i10", 3, user="u003")
    assert results[0].item == "i10"
    assert server.titles()["i10"] == "mug i10"


def test_one_condition_may_be_given_without_a_list(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no column colour"):
        desk.server.search("lamp", where="colour=red")


def test_answers_keep_conditions_and_rules(desk: Desk, settings: Make) -> None:
    assert {*desk.names("u003", 60, where="family=family 2")} <= {f"i{number}" for number in range(12, 18)}
    assert {*desk.names("u003", 60, where=["family=family 2", "what!=i12"], among=["i12", "i13", "i40"])} <= {"i13"}
    assert {entry.item for entry in desk.server.similar("i10", 60, where="family=family 2")} <= {f"i{number}" for number in range(12, 18)}
    for ask in (partial(desk.server.recommend, "u003"), partial(desk.server.similar, "i10")):
        with pytest.raises(UsageError, match="no column colour"):
            ask(where="colour=red")
    config = cast("Any", Config).model_construct(recommender=settings(title="label", answers={"never": ["what=i10"], "always": [{"item": "i40"}]}))
    server = RecommenderService(desk.store, config, lambda: NOW, desk.events)
    answer = server.recommend("u003", 3, language="en")
    assert (answer[0].item, answer[0].reason) == ("i40", "Selected by the shop.")
    assert "i10" not in server.state().catalog_search.answerable["item"]


def test_what_was_told_and_is_published_since_counts_once(desk: Desk) -> None:
    later = NOW + timedelta(minutes=1)
    desk.server.record_event("u003", "i10", "look", later)
    history = desk.server.history("u003")
    desk.publish(clicks=published(desk, row_of("u003", "i10", later)))
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.server.history("u003").equals(history)


def test_what_was_told_and_held_back_with_its_batch_no_longer_counts(desk: Desk) -> None:
    before = desk.names("u003")
    desk.server.record_event("u003", before[0], "look", NOW - timedelta(days=3))
    assert desk.names("u003") != before
    desk.publish()
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.names("u003") == before


def test_a_new_item_is_found_within_half_a_minute_and_no_snapshot_is_asked_for_before(desk: Desk) -> None:
    desk.names("u003")
    goods = desk.store.current.tables["goods"]
    liked = desk.names("newcomer", 1, history=["i10", "i11"])[0]
    late = goods.filter(pl.col("what") == liked).with_columns(what=pl.lit("late"))
    desk.publish(goods=pl.concat([goods, late]))
    desk.timer.seconds += REFRESH_SECONDS - 1
    assert "late" not in desk.names("newcomer", 100, history=["i10", "i11"])
    desk.timer.seconds += 1
    assert "late" in desk.names("newcomer", 100, history=["i10", "i11"])


def test_nothing_is_recommended_before_a_model_is_trained(desk: Desk, trained: Artifact, settings: Make) -> None:
    desk.store.artifact = None
    for ask in (lambda: desk.server.recommend("u003"), lambda: desk.server.explain("u003", ["i10"])):
        with pytest.raises(UsageError, match=r"no recommender serves yet.*sluice run.*sluice retrain"):
            ask()
    desk.store.artifact = trained
    desk.publish()
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.server.recommend("u003").note == ""
    with pytest.raises(UsageError, match="configures no `recommender`"):
        RecommenderService(desk.store, cast("Any", Config).model_construct(recommender=None), lambda: NOW, desk.events)


def test_closing_gives_the_connections_back(desk: Desk) -> None:
    closed: list[bool] = []
    with RecommenderService(desk.server.store, desk.server.config, lambda: NOW, desk.events, closing=lambda: closed.append(True)):
        assert not closed
    assert closed


def test_what_was_told_counts_until_it_is_published_whenever_another_batch_was(desk: Desk) -> None:
    desk.server.record_event("newcomer", "i10", "look", NOW - timedelta(hours=6))
    desk.names(None)
    desk.publish(clicks=published(desk, row_of("u003", "i30", NOW - timedelta(hours=7))))  # yesterday's, published today
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.server.recommend("newcomer").note == ""
    desk.publish(clicks=published(desk, row_of("u003", "i30", NOW)))
    desk.timer.seconds += REFRESH_SECONDS
    assert "unknown" in desk.server.recommend("newcomer").note


def test_an_event_counts_in_a_service_that_starts_later(desk: Desk) -> None:
    before = desk.names("u003")
    desk.server.record_event("u003", before[0], "look", NOW - timedelta(days=3))
    restarted = RecommenderService(desk.store, desk.server.config, lambda: NOW, desk.events)
    assert before[0] not in [entry.item for entry in restarted.recommend("u003", 8)], "late, and recorded after the newest batch"
    desk.publish()
    restarted = RecommenderService(desk.store, desk.server.config, lambda: NOW, desk.events)
    assert [entry.item for entry in restarted.recommend("u003", 8)] == before


def test_answers_do_without_recorded_events_while_the_database_is_away(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    before = desk.names("u003")
    desk.server.record_event("u003", before[0], "look")
    desk.events.error, reads = StoreError("the database does not answer"), desk.events.reads
    assert [desk.names("u003"), desk.names("u003")] == [before, before]
    assert desk.events.reads == reads + 1, "only the first one waits for it"
    assert caplog.text.count("answers do without them: the database does not answer") == 1
    desk.events.error = None
    desk.timer.seconds += AWAY_SECONDS
    assert before[0] not in desk.names("u003")


def test_a_service_drops_events_that_count_no_longer_and_a_single_answer_writes_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.events.error = StoreError("the database does not answer")
    desk.names(None)
    newest = desk.server.state().newest_event
    assert desk.events.pruned == ([(7, newest)] if desk.server.in_memory else [])
    assert ("count no longer stay" in caplog.text) == desk.server.in_memory


@pytest.mark.parametrize("texts", [("u\x00", "i10", None), ("u003", "i" * 301, None), ("u003", "\udfff", None), ("u003", "i10", "e" * 129)])
def test_an_event_that_no_database_stores_is_refused(desk: Desk, texts: tuple[str, str, str | None]) -> None:
    user, item, event_id = texts
    with pytest.raises(UsageError, match="at most 300 letters"):
        desk.server.record_event(user, item, "look", event_id=event_id)


def test_a_published_event_of_the_future_makes_nothing_forgotten(desk: Desk) -> None:
    desk.server.record_event("newcomer", "i10", "look", NOW - timedelta(hours=6))
    desk.names(None)
    desk.publish(clicks=published(desk, row_of("u003", "i30", NOW + timedelta(days=400))))
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.server.recommend("newcomer").note == ""


def test_a_champion_that_cannot_be_read_leaves_the_one_in_memory_serving(desk: Desk, trained: Artifact) -> None:
    before = desk.names("u003")
    desk.store.artifact, desk.store.version = Artifact(trained.tensors[:-100], trained.card), 2
    desk.publish()
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.names("u003") == before
    desk.store.artifact = trained
    desk.timer.seconds += REFRESH_SECONDS
    assert desk.names("u003") == before


@pytest.mark.parametrize("in_memory", [True, False])
def test_attributes_and_context_of_a_request_reach_the_model(snapshot: Any, trained: Artifact, settings: Make, in_memory: bool) -> None:
    people = pl.DataFrame({"who": ["u003", "u004", "u003"], "town": ["Ulm", " BERN ", "Rom"], "_run_id": "p1"})
    store = FakeStore(replace(snapshot, tables={**snapshot.tables, "people": people}), trained)
    config = cast("Any", Config).model_construct(recommender=settings(title=None, users={"dataset": "people", "columns": ["town"]}, context=["device", "hour"]))
    server = RecommenderService(store, config, lambda: NOW, FakeEvents(store), in_memory=in_memory)
    state = server.state()
    assert state.side_of("u003", {"device": "Phone"}, config.recommender, NOW, None) == {"user.town": "rom", "context.device": "phone", "context.hour": 12.0}
    assert state.side_of("u004", {}, config.recommender, NOW, None) == {"user.town": "bern", "context.hour": 12.0}
    assert state.side_of("nobody", {"hour": "7"}, config.recommender, NOW, None) == {"context.hour": "7"}
    assert server.recommend("u003", 5, context=["device=phone"]).items == server.recommend("u003", 5).items, "this model reads none"
    with pytest.raises(UsageError, match="no context is called devise; did you mean device"):
        server.recommend("u003", 5, context={"devise": "phone"})
