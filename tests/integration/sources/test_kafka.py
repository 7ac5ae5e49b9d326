"""A topic of a mock cluster, which librdkafka carries: its messages are published once, and the offsets move with the publishing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sluice.app import App, build
from sluice.errors import SourceError

kafka = pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
CONFIG = """
clock: 2026-03-10T00:00:00Z
database: "sqlite:///{root}/records.db"
lake: "{root}/lake"
datasets:
  orders:
    source: {{kafka: "{servers}", topic: orders, {more}}}
    mode: append
    columns:
      id: {{type: integer}}
      total: {{type: number}}
      city: {{type: string, path: address.city}}
"""


class Cluster:
    """A mock cluster, of which each test has its own."""

    def __init__(self) -> None:
        self.producer = kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
        self.servers = ",".join(f"{broker.host}:{broker.port}" for broker in self.producer.list_topics(timeout=10).brokers.values())

    def send(self, *values: object, partition: int = 0) -> None:
        """Send values as JSON, bytes as they are, and None as a deletion."""
        for value in values:
            content = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
            self.producer.produce("orders", value=content, key=b"k", partition=partition)
        assert self.producer.flush(10) == 0


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@contextmanager
def machine(tmp_path: Path, cluster: Cluster, name: str = "first", more: str = "") -> Iterator[App]:
    """One of several machines on one database and lake."""
    (tmp_path / name).mkdir(exist_ok=True)
    path = tmp_path / name / "sluice.yaml"
    path.write_text(CONFIG.format(root=tmp_path, servers=cluster.servers, more=more))
    with build(path) as app:
        yield app


def publish(app: App) -> list[int]:
    return [run.good for run in app.run(app.pending_arrivals())]


def published(app: App) -> list[int]:
    return sorted(app.store.snapshot().published("orders").collect()["id"])


def orders(*ids: int) -> list[dict[str, Any]]:
    return [{"id": number, "total": 1.5, "address": {"city": "Riga"}} for number in ids]


def offsets(app: App) -> dict[str, int]:
    mark = app.store.marks.newest("orders")
    assert mark is not None
    return {number: offset for number, offset in json.loads(mark.value).items() if offset}


def test_messages_are_published_once_and_offsets_move_with_them(tmp_path: Path, cluster: Cluster) -> None:
    with machine(tmp_path, cluster) as app:
        cluster.send(*orders(1, 2))
        cluster.send(*orders(3), partition=2)
        assert (publish(app), offsets(app)) == ([3], {"0": 2, "2": 1})
        assert publish(app) == []
        rows = app.store.snapshot().published("orders").collect()
        assert rows.select("total", "city").unique().rows() == [(1.5, "Riga")]
        cluster.send(*orders(4), partition=1)
        assert (publish(app), offsets(app)) == ([1], {"0": 2, "1": 1, "2": 1})
        assert published(app) == [1, 2, 3, 4]


def test_messages_that_were_landed_and_not_published_are_read_again_where_their_file_is_lost(tmp_path: Path, cluster: Cluster) -> None:
    with machine(tmp_path, cluster) as app:
        cluster.send(*orders(1))
        publish(app)
        cluster.send(*orders(2, 3))
        assert len(app.pending_arrivals()) == 1
        shutil.rmtree(tmp_path / "first" / ".sluice" / "landing")
        assert (publish(app), published(app)) == ([2], [1, 2, 3])


def test_a_machine_that_landed_what_another_one_published_publishes_none_of_it(tmp_path: Path, cluster: Cluster) -> None:
    with machine(tmp_path, cluster) as first, machine(tmp_path, cluster, "second") as second:
        cluster.send(*orders(1))
        publish(first)
        cluster.send(*orders(2))
        stale = second.pending_arrivals()
        cluster.send(*orders(3), partition=3)  # as after a rebalance: another one reads the same partitions
        assert publish(first) == [2]
        assert (list(second.run(stale)), publish(second)) == ([], [])
        cluster.send(*orders(4))
        assert publish(second) == [1]
        assert published(first) == [1, 2, 3, 4]


@pytest.mark.parametrize("poison", [b"{oops", b"[1]", b"\xff\xfe", b"", None, b'"text"', b"[" * 100_000])
def test_a_message_that_is_no_object_is_held_with_its_place_and_stops_nothing(tmp_path: Path, cluster: Cluster, poison: bytes | None) -> None:
    with machine(tmp_path, cluster) as app:
        cluster.send(*orders(1), poison, *orders(2))
        (run,) = app.run(app.pending_arrivals())
        assert (run.good, run.bad, published(app)) == (2, 1, [1, 2])
        held = app.store.quarantine.held("orders").row(0, named=True)
        assert {reason["name"] for reason in held["_reasons"]} == {"message_readable"}
        assert "the message at offset 1 of partition 0 is no JSON object" in held["_reasons"][0]["message"]


def test_messages_of_which_none_is_readable_are_held_and_the_next_ones_published(tmp_path: Path, cluster: Cluster) -> None:
    with machine(tmp_path, cluster) as app:
        cluster.send(b"oops")
        (run,) = app.run(app.pending_arrivals())
        assert (run.state, run.good, run.bad) == ("published", 0, 1)
        cluster.send(*orders(1))
        assert (publish(app), published(app)) == ([1], [1])


def test_keys_that_come_or_go_are_told_and_rows_published(tmp_path: Path, cluster: Cluster) -> None:
    with machine(tmp_path, cluster) as app:
        cluster.send({"id": 1, "coupon": "a"}, {"total": "n/a", "id": 2}, {"id": 3, "half": "\ud800"})
        (run,) = app.run(app.pending_arrivals())
        assert (run.good, run.bad) == (2, 1)


def test_offsets_that_the_broker_deleted_stop_the_reading_unless_they_may_be_skipped(tmp_path: Path, cluster: Cluster) -> None:
    with machine(tmp_path, cluster) as app:
        cluster.send(*orders(1, 2))
        publish(app)
    other = Cluster()  # a topic of the same name that was made anew
    other.send(*orders(7))
    with machine(tmp_path, other) as app, pytest.raises(SourceError, match=r"has the offsets 0 to 1, and 2 is to be read next"):
        app.pending_arrivals()
    with machine(tmp_path, other, more="gone: skip") as app:
        assert (publish(app), published(app)) == ([1], [1, 2, 7])


def test_published_offsets_are_committed_for_those_who_watch_the_lag(tmp_path: Path, cluster: Cluster) -> None:
    def committed() -> int:
        consumer = kafka.Consumer({"bootstrap.servers": cluster.servers, "group.id": "shop"})
        (place,) = consumer.committed([kafka.TopicPartition("orders", 0)], timeout=10)
        consumer.close()
        return int(place.offset)

    with machine(tmp_path, cluster, more="group: shop") as app:
        cluster.send(*orders(1, 2))
        app.pending_arrivals()
        assert committed() < 0  # landed, and not published
        publish(app)
        app.pending_arrivals()
        assert committed() == 2


def test_a_topic_is_read_in_parts_that_are_batches(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.sources.kafka_reading.CHUNK_BYTES", 100)
    with machine(tmp_path, cluster) as app:
        cluster.send(*orders(1, 2, 3, 4, 5))
        assert len(app.pending_arrivals()) == 3
        assert (sum(publish(app)), published(app)) == (5, [1, 2, 3, 4, 5])


def test_a_cluster_that_is_away_or_a_topic_that_is_none_is_one_line(tmp_path: Path, cluster: Cluster) -> None:
    with (
        machine(tmp_path, cluster, more="options: {no.such.option: 1}") as app,
        pytest.raises(SourceError, match="orders: the topic orders does not give its messages"),
    ):
        app.pending_arrivals()
