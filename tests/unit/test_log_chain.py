"""The chain of the activity log: intact, changed, cut, erased, under keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import LogEntry, LogText
from sluice.rules.log_chain import chain, check_chain, commit, key_id

NOW = datetime(2026, 3, 15, tzinfo=UTC)
KEY = "a long key"


def log(entries: int, key: str = KEY, erased: int = 0) -> list[LogEntry]:
    """A chain whose last entry tells of erased texts."""
    chained: list[LogEntry] = []
    for number in range(1, entries + 1):
        texts = (commit(f"subject {number}", f"salt {number}"), commit("", f"other {number}"))
        entry = LogEntry(number, NOW + timedelta(hours=number), "Ada", "reject", texts, erased if number == entries else 0)
        chained.append(chain(entry, chained[-1].digest if chained else "", key))
    return chained


def erase(entry: LogEntry) -> LogEntry:
    return replace(entry, texts=(LogText("[erased]", "", entry.texts[0].digest), *entry.texts[1:]))


def code(entries: list[LogEntry], key: str = KEY, written: int | None = None) -> tuple[str, int | None]:
    check = check_chain(entries, [key], len(entries) if written is None else written)
    return (check.problem.code if check.problem else ""), check.broken


@pytest.mark.parametrize("key", ["", KEY])
def test_an_intact_log_says_how_many_entries_it_has(key: str) -> None:
    entries = log(3, key)
    check = check_chain(entries, [key], 3)
    assert not check.problem
    assert (check.entries, check.unkeyed, check.digest) == (3, 0 if key else 3, entries[-1].digest)
    assert code([], written=0) == ("", None)


@given(st.integers(0, 5), st.sampled_from(["who", "what", "at", "erased", "text", "digest", "salt"]))
def test_any_change_of_an_entry_is_found_there(position: int, field: str) -> None:
    entries = log(6)
    entry = entries[position]
    other: dict[str, Any] = {"who": "Eve", "what": "release", "at": NOW, "erased": 7, "digest": "0" * 64}
    text = replace(entry.texts[0], **({"text": "subject"} if field == "text" else {"salt": "another"}))
    entries[position] = replace(entry, texts=(text, entry.texts[1])) if field in ("text", "salt") else replace(entry, **{field: other[field]})
    assert code(entries) == ("log_text_changed" if field in ("text", "salt") else "log_changed", position + 1)


@given(st.integers(0, 5))
def test_an_entry_that_is_gone_is_named(position: int) -> None:
    entries = log(6)
    del entries[position]
    problem, broken = code(entries, written=6)
    assert problem == "log_missing"
    assert broken == (position + 1 if position < 5 else None)


def test_without_the_key_nobody_can_write_the_log_anew() -> None:
    forged = log(3, "another key")
    assert code(forged) == ("log_key_unknown", 1)
    assert code([*log(2), chain(replace(log(3)[2]), log(2)[-1].digest, "")]) == ("log_unkeyed", 3)
    named = [replace(entry, key_id=key_id(KEY)) for entry in forged]
    assert code(named) == ("log_changed", 1)


def test_a_log_may_begin_without_a_key_and_change_it() -> None:
    entries: list[LogEntry] = []
    for number, key in enumerate(("", "first", "second"), start=1):
        entry = LogEntry(number, NOW, "Ada", "reject", (commit("a", "b"), commit("", "c")))
        entries.append(chain(entry, entries[-1].digest if entries else "", key))
    check = check_chain(entries, ["second", "first"], 3)
    assert not check.problem
    assert check.unkeyed == 1


def test_an_erased_text_keeps_the_chain_valid_where_the_log_tells_of_it() -> None:
    entries = log(3, erased=1)
    check = check_chain([erase(entries[0]), *entries[1:]], [KEY], 3)
    assert not check.problem
    assert check.erased == 1
    assert code([erase(entry) for entry in entries[:2]] + entries[2:])[0] == "log_erased"
    assert code(entries)[0] == "log_erased"


def test_a_commitment_without_its_salt_tells_nothing_of_the_text() -> None:
    assert len({commit("yes", f"salt {number}").digest for number in range(50)}) == 50
