"""Read the messages of a topic from given offsets up to its present ends, with librdkafka; nothing is committed while it reads."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sluice.errors import SourceError
from sluice.messages import make_error, missing_extra
from sluice.sources.kafka_messages import Message

CHUNK_BYTES = 64 * 2**20  # of messages that are held at once
_PATIENCE = 30.0  # seconds without a message after which a broker counts as away
_POLL = 1.0
_AT_ONCE = 1000
_LOG = logging.getLogger("sluice.kafka")
_FIXED = {"enable.auto.commit": False, "enable.auto.offset.store": False, "enable.partition.eof": True, "auto.offset.reset": "error"}


@dataclass
class Topic:
    """Read one topic by partitions that are assigned by hand: no group of consumers moves them, and the caller says from where.

    Attributes:
        dataset: Name of the dataset, for messages.
        topic: Name of the topic.
        settings: Settings of librdkafka.
        patience: Seconds without a message after which a broker counts as away.
    """

    dataset: str
    topic: str
    settings: Mapping[str, str | int | bool]
    patience: float = _PATIENCE
    _consumer: Any = field(default=None, init=False)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Connect for the time of the context.

        Raises:
            SourceError: A setting is not one of librdkafka, or the cluster does not answer, or refuses.
        """
        try:
            from confluent_kafka import Consumer, KafkaException
        except ModuleNotFoundError as error:
            raise missing_extra(error) or error from None

        try:
            self._consumer = Consumer({**self.settings, **_FIXED}, logger=_LOG)
            try:
                yield
            finally:
                self._consumer.close()
        except KafkaException as error:
            raise make_error(SourceError, "kafka_silent", dataset=self.dataset, topic=self.topic, error=_name_of(error)) from None

    def ends(self) -> dict[int, tuple[int, int]]:
        """Return the offset of the first message and the one after the last message that is there now, by partition.

        Raises:
            SourceError: There is no such topic.
        """
        from confluent_kafka import TopicPartition

        partitions = self._consumer.list_topics(self.topic, timeout=self.patience).topics[self.topic].partitions
        if not partitions:
            raise make_error(SourceError, "kafka_no_topic", dataset=self.dataset, topic=self.topic)
        return {number: self._consumer.get_watermark_offsets(TopicPartition(self.topic, number), timeout=self.patience) for number in sorted(partitions)}

    def offsets_since(self, time: datetime, ends: Mapping[int, tuple[int, int]]) -> dict[int, int]:
        """Return the offset of the first message of a time or later, by partition; where there is none, the one after the last message.

        Args:
            time: The time.
            ends: What `ends` returned.
        """
        from confluent_kafka import TopicPartition

        milliseconds = int(time.timestamp() * 1000)
        places = self._consumer.offsets_for_times([TopicPartition(self.topic, number, milliseconds) for number in ends], timeout=self.patience)
        return {place.partition: place.offset if place.offset >= 0 else ends[place.partition][1] for place in places}

    def messages(self, first: Mapping[int, int], ends: Mapping[int, int], rows: int) -> Iterator[list[Message]]:
        """Yield the messages between offsets, in chunks; those of a partition follow each other.

        Args:
            first: Offset of the first one, by partition.
            ends: Offset after the last one.
            rows: Largest number of messages of a chunk.

        Raises:
            SourceError: No message comes any more, though there is one.
        """
        from confluent_kafka import TopicPartition

        remaining = {number for number, end in ends.items() if first[number] < end}
        self._consumer.assign([TopicPartition(self.topic, number, first[number]) for number in sorted(remaining)])
        chunk: list[Message] = []
        size = 0
        while remaining:
            for message in self._next(remaining, ends):
                chunk.append(message)
                size += len(message.value or b"")
                if len(chunk) >= rows or size >= CHUNK_BYTES:
                    yield chunk
                    chunk, size = [], 0
        if chunk:
            yield chunk

    def commit(self, offsets: Mapping[int, int]) -> None:
        """Tell the group of consumers up to where the topic is published, for those who watch its lag; nothing is read from there."""
        from confluent_kafka import TopicPartition

        if offsets:
            self._consumer.commit(offsets=[TopicPartition(self.topic, number, offset) for number, offset in offsets.items()], asynchronous=False)

    def _next(self, remaining: set[int], ends: Mapping[int, int]) -> Iterator[Message]:
        """Yield the messages that come next, and take partitions out of `remaining` that are read."""
        from confluent_kafka import KafkaError, KafkaException

        waited = 0.0
        received: Sequence[Any] = ()
        while not received:
            if waited >= self.patience:
                raise make_error(SourceError, "kafka_silent", dataset=self.dataset, topic=self.topic, error="_TIMED_OUT")
            received = self._consumer.consume(_AT_ONCE, timeout=_POLL)
            waited += _POLL
        for record in received:
            number, offset = record.partition(), record.offset()
            if (error := record.error()) is not None:
                if error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001  # its name in the library
                    raise KafkaException(error)
                remaining.discard(number)
            elif number in remaining:
                if offset < ends[number]:
                    yield Message(number, offset, record.value(), record.key(), _time_of(record))
                if offset + 1 >= ends[number]:
                    remaining.discard(number)


def _time_of(record: Any) -> int | None:  # noqa: ANN401  # a message of the library, which has no types
    kind, milliseconds = record.timestamp()
    return int(milliseconds) if kind else None


def _name_of(error: Exception) -> str:
    """Return the name of an error of the library; its text may hold addresses and settings."""
    cause = error.args[0] if error.args else error
    return str(cause.name()) if hasattr(cause, "name") else type(error).__name__
