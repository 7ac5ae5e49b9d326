"""What is news to a person, which batch they hear of first, and in which order datasets are listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import Decision, Incident, Look, MainReason, Message, Override, Revision, Run, Score
from sluice.messages import render
from sluice.rules.today import by_need, news_since, next_look, quiet_since, recent_batches, tell, worst_batch, worst_first

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN = Decision("events", "open", (), NOW)
WHY = (Message.of("newest_batch_closed", run="b1", reason=Message.text("x")), Message.of("file_unread", run="b2", file="b2.csv", error=Message.text("y")))
CLOSED = Decision("events", "closed", WHY, NOW)
FAULTY = Incident(4, "events", "price", "critical", Message.text("a price is below 0"), NOW, NOW, 1, "open")
REASON = MainReason("price", Message.text("a price is below 0"), 30, 30)


def batch(name: str, *, rows: int = 100, bad: int = 0, copies: int = 0, read: datetime = NOW, state: str = "published", decision: str = "open") -> Run:
    run = Run(name, "events", "ingest", 1, read - HOUR, state, f"landing/{name}.csv", rows=rows, good=rows - bad, bad=bad, copies=copies, started=read)  # type: ignore[arg-type]
    return replace(run, decision=decision)  # type: ignore[arg-type]  # a word of the test


def test_within_a_visit_news_stays_news_and_the_next_visit_begins_where_it_ended() -> None:
    first = next_look(None, NOW)
    assert news_since(first) == NOW - timedelta(days=1)
    again = next_look(next_look(first, NOW + timedelta(minutes=20)), NOW + timedelta(minutes=45))
    assert again.since is None
    later = next_look(again, NOW + timedelta(hours=9))
    assert (later.since, news_since(later)) == (again.at, again.at)


def test_a_clock_that_was_set_back_begins_anew() -> None:
    assert next_look(Look(NOW + HOUR, NOW), NOW) == Look(NOW)


def test_news_goes_by_the_time_of_reading_and_counts_rejected_rows_as_settled() -> None:
    runs = [batch("old", read=NOW - HOUR), batch("new", bad=5, read=NOW)]
    assert [(run.id, run.bad) for run in recent_batches(runs, NOW - HOUR, {"new": 3}, OPEN)] == [("new", 2)]


def test_rows_that_a_release_published_are_counted_with_their_batch() -> None:
    released = replace(batch("release-q1", rows=5), kind="release", revisions=(Revision("b1", 100, 0, 0, 0, Score(100.0), "open", own=95),))
    assert [(run.id, run.good, run.bad) for run in recent_batches([batch("b1", bad=5), released], NOW - HOUR, {}, OPEN)] == [("b1", 100, 0)]


def test_a_batch_that_closes_the_gate_stays_news() -> None:
    runs = [batch("b1", bad=50, read=NOW - 9 * HOUR), batch("b3", bad=50, read=NOW - 9 * HOUR)]
    assert [run.id for run in recent_batches(runs, NOW, {}, CLOSED)] == ["b1"]


def test_a_gate_that_an_override_opens_says_so_with_its_batch_and_is_not_quiet() -> None:
    word = Override("events", "Ada", "the sale starts", NOW - HOUR, NOW + HOUR)
    overridden = replace(CLOSED, state="open", override=word)
    runs = [batch("b1", bad=50, read=NOW - 9 * HOUR)]
    news = tell("events", recent_batches(runs, NOW, {}, overridden), replace(REASON, rows=50, held=50), overridden, [], NOW)
    assert (news.gate, news.override, news.run, news.wrong) == ("open", word, "b1", True)
    assert render(news.message) == (
        "50 of 100 rows of b1.csv are held, all because a price is below 0; "
        "Ada overrode the gate, which counts as open until 2026-03-15 07:00 UTC: the sale starts"
    )


def test_a_critical_incident_is_named_before_a_newer_one() -> None:
    news = tell("events", [], None, OPEN, [replace(FAULTY, id=9, severity="warning"), FAULTY], NOW)
    assert news.incident == FAULTY.id


def test_a_file_that_could_not_be_read_is_no_news_once_it_was_sent_again() -> None:
    failed = batch("b1", rows=0, state="failed")
    assert [run.id for run in recent_batches([failed], NOW - HOUR, {}, OPEN)] == ["b1"]
    assert [run.id for run in recent_batches([failed, replace(batch("b2"), uri=failed.uri)], NOW - HOUR, {}, OPEN)] == ["b2"]


def test_incidents_that_need_somebody_come_first_and_of_them_critical_ones() -> None:
    warning, muted = replace(FAULTY, id=5, severity="warning"), replace(FAULTY, id=6, muted_until=NOW + HOUR)
    assert [incident.id for incident in by_need([muted, warning, FAULTY], NOW)] == [4, 5, 6]


def test_a_file_that_could_not_be_read_days_ago_stands_behind_what_is_held_of_the_newest_batches() -> None:
    held = [batch(f"b{day}", rows=1000, bad=20, read=NOW - timedelta(days=day)) for day in range(10)]
    unread = batch("b10", rows=0, state="failed", read=NOW - timedelta(days=9))
    assert worst_batch([*held, unread], OPEN) == held[0]
    assert worst_batch([batch("b11", rows=1000, bad=20), replace(unread, at=NOW - timedelta(days=1))], OPEN) == replace(unread, at=NOW - timedelta(days=1))
    assert worst_batch([batch("b12"), unread], OPEN) == unread
    assert worst_batch([batch("b13", copies=90), held[9]], OPEN) == held[9]
    assert worst_batch([batch("b14"), replace(held[9], at=NOW - timedelta(days=40_000))], OPEN) is not None


def test_the_batch_that_closes_the_gate_comes_first_then_an_unread_file_then_the_largest_share() -> None:
    closing, unread, worse = batch("b1", bad=1), batch("b2", rows=0, state="failed"), batch("b3", bad=50)
    assert worst_batch([closing, unread, worse], CLOSED) == closing
    assert worst_batch([closing, unread, worse], OPEN) == unread
    assert worst_batch([closing, worse], OPEN) == worse
    assert worst_batch([batch("b4", copies=50)], OPEN) is None
    assert worst_batch([batch("b4", copies=51)], OPEN) is not None


@pytest.mark.parametrize(
    ("batches", "reason", "incidents", "text"),
    [
        ([batch("b1", bad=40)], replace(REASON, held=40), [FAULTY], "40 of 100 rows of b1.csv are held, most of them (30) because a price is below 0"),
        (
            [batch("b1", copies=90)],
            None,
            [FAULTY],
            "90 of 100 rows of b1.csv repeat rows published before; 1 incident needs somebody: a price is below 0",
        ),
        ([batch("b1", bad=3)], replace(REASON, held=40), [], "3 of 100 rows of b1.csv are held; at first 40 were, 30 of them because a price is below 0"),
        ([batch("b1", bad=1)], replace(REASON, rows=1, held=1), [], "1 of 100 rows of b1.csv is held, because a price is below 0"),
        ([batch("b1", rows=1, bad=1)], replace(REASON, rows=1, held=1), [], "the only row of b1.csv is held, because a price is below 0"),
        ([batch("b1", bad=80)], replace(REASON, held=80), [], "80 of 100 rows of b1.csv are held, 30 of them because a price is below 0"),
        ([batch("b1", bad=3)], REASON, [], "3 of 100 rows of b1.csv are held, all because a price is below 0"),
        ([batch("b1", bad=30)], REASON, [], "30 of 100 rows of b1.csv are held, all because a price is below 0"),
        ([batch("b1", copies=90), batch("b2", bad=1)], None, [], "1 of 100 rows of b2.csv is held; 1 more batch has rows held, copied or unread"),
        ([batch("b1", copies=90)], None, [], "90 of 100 rows of b1.csv repeat rows published before"),
        ([batch("b1"), batch("b2")], None, [], "2 batches were read, 200 rows published, none held"),
        ([], None, [FAULTY], "nothing was read since 2026-03-15 06:00 UTC; 1 incident needs somebody: a price is below 0"),
    ],
)
def test_one_sentence_says_what_happened(batches: list[Run], reason: MainReason | None, incidents: list[Incident], text: str) -> None:
    news = tell("events", batches, reason, OPEN, incidents, NOW)
    assert render(news.message) == text
    assert (news.incident == FAULTY.id) == bool(incidents)


def test_an_incident_of_another_rule_than_the_one_that_holds_rows_is_named_too() -> None:
    news = tell("events", [batch("b1", bad=30)], replace(REASON, rule="other"), OPEN, [FAULTY], NOW)
    assert render(news.message).endswith("; 1 incident needs somebody: a price is below 0")
    assert (news.rule, news.incident) == ("other", None)


def test_datasets_with_a_closed_gate_come_first_and_quiet_ones_last() -> None:
    quiet, closed = tell("a", [], None, OPEN, [], NOW), tell("b", [], None, CLOSED, [], NOW)
    held, more = tell("c", [batch("b1", bad=1)], None, OPEN, [], NOW), tell("d", [batch("b1", bad=9)], None, OPEN, [], NOW)
    waiting = tell("e", [], None, OPEN, [FAULTY], NOW)
    assert [news.dataset for news in worst_first([quiet, waiting, held, closed, more])] == ["b", "d", "c", "e", "a"]
    assert [news.wrong for news in (quiet, waiting)] == [False, True]


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=20))
def test_nothing_is_wrong_since_the_first_batch_after_all_trouble(days: list[tuple[int, bool]]) -> None:
    runs = [batch(f"b{position}", bad=int(bad), read=NOW + timedelta(days=day)) for position, (day, bad) in enumerate(sorted(days))]
    since = quiet_since(runs, [])
    assert (since is None) == (not runs)
    troubled = [run.started for run in runs if run.bad and run.started]
    later = [run.started for run in runs if not run.bad and run.started and run.started > max(troubled, default=NOW - HOUR)]
    assert since == min(later, default=max(troubled, default=None))


def test_a_cleaner_whose_repairs_people_undo_is_told_beside_what_happened_and_is_no_quiet_news() -> None:
    doubt = Message.of("cleaner_undone", dataset="events", cleaner="lookup", column="brand", repairs=400, undone=40, limit=0.05)
    news = tell("events", [batch("b1")], None, OPEN, [], NOW, [doubt])
    assert (news.wrong, news.cleaner) == (True, "lookup")
    assert render(news.message).startswith(
        "1 batch was read, 100 rows published, none held; people undid 40 of 400 repairs of brand by lookup, more than 5% are wrong: look through them"
    )
    assert tell("events", [batch("b1")], None, OPEN, [], NOW).wrong is False


def test_of_tables_that_replace_each_other_the_newest_is_counted() -> None:
    tables = [batch("new", rows=90), batch("old", rows=100, read=NOW - HOUR)]
    assert render(tell("catalog", tables, None, OPEN, [], NOW, tables=True).message) == (
        "2 tables were read, each in place of the one before; the newest has 90 rows, none held"
    )
    assert render(tell("events", tables, None, OPEN, [], NOW).message) == "2 batches were read, 190 rows published, none held"
