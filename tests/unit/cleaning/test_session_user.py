"""Events on the wrong account get the user of their session, where sessions have one user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.session_user import SessionUser
from sluice.domain import Column, Schema
from sluice.errors import InvalidValue
from sluice.testing import MemorySnapshot, make_batch, make_rows

SCHEMA = Schema("events", columns=(Column("user"), Column("session"), Column("ip")))


def past(mixed: int = 0, sessions: int = 300) -> MemorySnapshot:
    """Published sessions of two events, of which some have two users."""
    users = [f"p{session}" if not second or session >= mixed else "other" for session in range(sessions) for second in (0, 1)]
    names = [f"old{session}" for session in range(sessions) for _ in (0, 1)]
    return MemorySnapshot({"events": make_rows(SCHEMA, {"user": users, "session": names, "ip": names})})


def cleaned(users: str, sessions: str, snapshot: Any, ips: Sequence[str | None] | None = None, **settings: Any) -> tuple[str, Sequence[bool]]:
    """Return the users after cleaning, and whether each recorded repair was applied."""
    batch = make_batch(SCHEMA, {"user": list(users), "session": list(sessions), "ip": ips or [None] * len(users)})
    outcome = SessionUser(SCHEMA, "user", "session", **settings).clean(batch, [], snapshot)
    return "".join(outcome.batch.rows["user"]), outcome.repairs["applied"].to_list()


def test_a_single_event_of_another_user_gets_the_user_of_its_session() -> None:
    assert cleaned("aaxabbbcc", "111122233", past()) == ("aaaabbbcc", [True])


@pytest.mark.parametrize(("users", "sessions"), [("aaxx", "1111"), ("ax", "11"), ("aabbx", "11111"), ("ab", "12")])
def test_a_login_a_tie_and_a_session_without_a_leader_are_left_alone(users: str, sessions: str) -> None:
    assert cleaned(users, sessions, past()) == (users, [])


def test_where_sessions_have_several_users_anyway_the_user_is_a_candidate() -> None:
    users, applied = cleaned("aaxabbbccc", "1111222333", past(mixed=30))
    assert users == "aaxabbbccc"
    assert applied == [False]


def test_without_a_past_nothing_is_changed() -> None:
    assert cleaned("aaxa", "1111", MemorySnapshot()) == ("aaxa", [])


def test_the_address_tells_the_user_of_a_session_of_one_event() -> None:
    ips = ["here", "here", "here", "there", "there"]
    assert cleaned("aaxbb", "12345", past(), ips, devices=("ip",)) == ("aaabb", [True])
    assert cleaned("aaxbb", "12345", past(), ips) == ("aaxbb", [])


def test_the_account_of_a_login_at_the_checkout_is_kept() -> None:
    sessions = "".join(sign * 5 for sign in "123456789")
    logged_in = "".join(f"{sign * 4}{sign.upper()}" for sign in "abcdefghi")
    assert cleaned(logged_in, sessions, past()) == (logged_in, [])


def test_events_of_one_kind_that_carry_another_account_keep_it() -> None:
    schema = Schema("events", columns=(Column("user"), Column("session"), Column("kind")))
    users = "".join(f"{sign * 2}{sign.upper()}{sign * 2}" for sign in "abcdefghi")
    cells = {"user": list(users), "session": [sign for sign in "123456789" for _ in range(5)], "kind": ["view", "view", "purchase", "view", "view"] * 9}
    outcome = SessionUser(schema, "user", "session", kind="kind").clean(make_batch(schema, cells), [], past())
    assert "".join(outcome.batch.rows["user"]) == users
    assert not outcome.repairs["applied"].any()


def test_mistakes_that_lie_anywhere_in_sessions_are_repaired() -> None:
    sessions = "".join(sign * 5 for sign in "123456789")
    wrong = "".join(f"{sign * (nth % 5)}{sign.upper()}{sign * (4 - nth % 5)}" for nth, sign in enumerate("abcdefghi"))
    assert cleaned(wrong, sessions, past()) == (wrong.lower(), [True] * 9)


def test_columns_must_be_declared() -> None:
    with pytest.raises(InvalidValue, match="visitor"):
        SessionUser(SCHEMA, "visitor", "session")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123")), max_size=25))
def test_no_user_is_invented_and_a_second_run_changes_nothing(events: list[tuple[str, str]]) -> None:
    users, sessions = "".join(user for user, _ in events), "".join(session for _, session in events)
    after, _ = cleaned(users, sessions, past())
    for user, session in zip(after, sessions, strict=True):
        assert user in {one for one, other in events if other == session}
    assert cleaned(after, sessions, past())[0] == after
