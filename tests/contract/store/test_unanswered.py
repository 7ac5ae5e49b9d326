"""Queries that nothing answered are counted, the most frequent first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from sluice.domain import UnansweredQuery
from sluice.store.tables import UNANSWERED_QUERIES
from sluice.store.unanswered import MAX_LENGTH, UnansweredQueries


def test_spellings_that_differ_in_case_and_blanks_are_one_query(shop: Any) -> None:
    queries, later = shop.store.unanswered, shop.now + timedelta(hours=1)
    assert queries.most_frequent(5) == []
    queries.record("Chimney", shop.now)
    queries.record("台灯", shop.now)
    queries.record(" chimney ", later)
    expected = [UnansweredQuery("chimney", 2, shop.now, later), UnansweredQuery("台灯", 1, shop.now, shop.now)]
    assert queries.most_frequent(5) == expected
    assert queries.most_frequent(1) == expected[:1]


def test_a_query_is_stored_as_it_was_typed_so_that_a_person_is_found_in_it(shop: Any) -> None:
    shop.store.unanswered.record("Anna.Smith@Example.com", shop.now)
    with shop.store.database.read() as connection:
        (row,) = connection.execute(select(UNANSWERED_QUERIES)).mappings()
    assert dict(row) == {"query": "Anna.Smith@Example.com", "times": 1, "first": shop.now, "last": shop.now}


def test_a_query_of_bytes_that_are_no_text_is_counted_too(shop: Any) -> None:
    shop.store.unanswered.record("mug \udcff", shop.now)
    assert [one.query for one in shop.store.unanswered.most_frequent(5)] == ["mug ?"]


def test_the_table_stays_small(shop: Any) -> None:
    queries = UnansweredQueries(shop.store.database, limit=2)
    for hour, query in enumerate(["old", "newer", "newest", "x" * 999]):
        queries.record(query, shop.now + timedelta(hours=hour))
    assert {one.query for one in queries.most_frequent(9)} == {"newest", "x" * MAX_LENGTH}
