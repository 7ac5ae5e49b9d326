"""A request that carries a key is carried out once, whoever sends it again and whenever a process dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sluice.domain import Request
from sluice.errors import UsageError
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.idempotency import MAX_AGE, IdempotencyKeys, KeyedAnswer, KeyedRequest
from tests.contract.store.conftest import NOW

KEYED = KeyedRequest("STEWARD", "k1", "reject a row")


def request(name: str) -> Request:
    return Request(name, "reject", "events", "Ann", "why", NOW, ("b1.0",))


def names(shop: Any) -> list[str]:
    return sorted(one.id for one in shop.store.requests.all())


def file_request(store: Any, name: str) -> str:
    store.requests.submit(request(name))
    return name


def test_a_request_is_filed_once_and_answered_alike_in_every_process(shop: Any) -> None:
    other = shop.reopen()
    assert shop.store.idempotency_keys.once(KEYED, lambda: file_request(shop.store, "r1")) == KeyedAnswer("r1", repeated=False)
    assert other.idempotency_keys.once(KEYED, lambda: file_request(other, "r2")) == KeyedAnswer("r1", repeated=True)
    assert names(shop) == ["r1"]


def test_a_key_belongs_to_one_sender_and_one_request(shop: Any) -> None:
    keys = shop.store.idempotency_keys
    keys.once(KEYED, lambda: file_request(shop.store, "r1"))
    with pytest.raises(UsageError, match="belongs to another request"):
        keys.once(replace(KEYED, body="reject another row"), lambda: file_request(shop.store, "r2"))
    assert keys.once(replace(KEYED, sender="AUTHOR"), lambda: file_request(shop.store, "r3")).text == "r3"
    assert keys.once(replace(KEYED, key="k2"), lambda: file_request(shop.store, "r4")).text == "r4"
    assert names(shop) == ["r1", "r3", "r4"]


def test_a_request_that_fails_leaves_nothing_and_can_be_sent_again(shop: Any) -> None:
    def fail() -> str:
        file_request(shop.store, "r1")
        raise UsageError("the process ends before the answer is recorded")

    with pytest.raises(UsageError, match="the process ends"):
        shop.store.idempotency_keys.once(KEYED, fail)
    assert names(shop) == []
    assert shop.store.activity.count() == 0
    assert shop.store.idempotency_keys.once(KEYED, lambda: file_request(shop.store, "r1")) == KeyedAnswer("r1", repeated=False)


def test_a_request_is_known_again_after_a_key_of_digests_was_set_and_rotated(shop: Any) -> None:
    database, keys = shop.store.database, (b"a first key of the tests", b"a second key of the tests")
    rotations = [KeyedDigests(), KeyedDigests(keys[:1]), KeyedDigests((keys[1], keys[0]))]
    for position, digests in enumerate(rotations):
        request = KeyedRequest("shop", f"key {position}", "body")
        assert IdempotencyKeys(database, digests=digests).once(request, lambda: "first") == KeyedAnswer("first", repeated=False)
        for later in rotations[position:]:
            assert IdempotencyKeys(database, digests=later).once(request, lambda: "second") == KeyedAnswer("first", repeated=True)
        with pytest.raises(UsageError, match="belongs to another request"):
            IdempotencyKeys(database, digests=rotations[-1]).once(KeyedRequest("shop", f"key {position}", "other"), lambda: "third")


def test_a_key_expires(shop: Any) -> None:
    moments = [NOW]
    keys = IdempotencyKeys(shop.store.database, lambda _: moments[-1])
    keys.once(KEYED, lambda: "first")
    moments.append(NOW + MAX_AGE - timedelta(seconds=1))
    assert keys.once(KEYED, lambda: "second").text == "first"
    moments.append(NOW + MAX_AGE)
    assert keys.once(KEYED, lambda: "third") == KeyedAnswer("third", repeated=False)


def test_of_two_who_send_a_request_at_once_one_carries_it_out(shop: Any) -> None:
    stores = [shop.reopen() for _ in range(3)]

    def send(store: Any) -> Any:
        return store.idempotency_keys.once(KEYED, lambda: file_request(store, f"r{stores.index(store)}"))

    with ThreadPoolExecutor(len(stores)) as threads:
        answers = list(threads.map(send, stores))
    assert sum(not answer.repeated for answer in answers) == 1
    assert {answer.text for answer in answers} == set(names(shop))
