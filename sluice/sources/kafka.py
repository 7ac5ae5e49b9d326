"""Read a topic of Kafka from where the last published batch ended; its messages are landed as Parquet first, so that every batch is a file with a hash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.domain import RAW, RAW_TYPE, Arrival, Batch, Mark, Schema
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sources.files import FileSource
from sluice.sources.kafka_messages import PLACE, UNREAD, Message, frame_of, unreadable_cells
from sluice.sources.kafka_reading import Topic
from sluice.sources.landing import Landing, Suppress
from sluice.sources.marked import Marks, land_marked, read_up_to

ROWS = 100_000  # in one landed file


@dataclass(frozen=True)
class KafkaSource:
    """Read the messages of a topic from the offsets on up to which published batches have read it.

    The offsets are a part of the records of runs, and move with the publishing of the rows: a second machine reads from there, and messages that were
    landed and not published are read again where their file is lost. Partitions are assigned by hand, so that no rebalance of a group moves them. A
    message that is no JSON object is a row without cells, which is held with its partition and offset.

    Attributes:
        schema: The dataset.
        topic: Reads the topic.
        landing: Folder of the landed files of this machine.
        limits: Largest sizes of a landed file, a cell and so on.
        now: The clock, for messages without a time.
        rows: Largest number of messages of one landed file; each file is a batch.
        since: Time from which on the first read takes messages; None: all that are there.
        skips: Whether reading goes on where the broker has deleted messages that were not read.
        commits: Whether published offsets are committed to the group of consumers, for those who watch its lag.
        marks: What was read, by whichever machine; None: what landed here says so alone.
        suppress: Takes people who were forgotten out of rows that are landed; None: nobody was.
    """

    schema: Schema
    topic: Topic
    landing: Path
    limits: Limits
    now: Callable[[], datetime]
    rows: int = ROWS
    since: datetime | None = None
    skips: bool = False
    commits: bool = False
    marks: Marks | None = None
    suppress: Suppress | None = None

    def arrivals(self) -> Iterator[Arrival]:
        """Land the new messages, then yield all landed files in order.

        Raises:
            SourceError: The cluster does not answer, has no such topic, or has deleted messages that were not read.
        """
        landing = Landing(self.landing, self.schema.dataset, self.suppress)
        start = read_up_to(landing, self.schema, self.limits, self.marks, self.topic.topic)
        with self.topic.opened():
            self._land(landing, start)
            if self.commits and self.marks and (published := self.marks.newest(self.schema.dataset)):
                self.topic.commit(offsets_of(published))
        yield from landing.arrivals(self.schema, self.limits)

    def read(self, arrival: Arrival) -> Batch:
        """Return the rows of a landed file, cast to the declared schema.

        Raises:
            SourceError: The landed file was altered or is gone.
        """
        batch = FileSource(self.schema, "*.parquet", self.landing, self.limits).read(arrival)
        places = pl.read_parquet(arrival.uri, columns=[*PLACE[:2], UNREAD])
        unread = unreadable_cells(places)
        columns = [name for name in batch.columns or () if name not in (*PLACE, UNREAD) or name in self.schema.names]
        rows = batch.rows if unread.is_empty() else batch.rows.with_columns(_with_cells(batch.rows[RAW], unread))
        has_object = unread.height < rows.height  # without one, nothing says which columns the messages have
        return replace(batch, rows=rows, columns=tuple(columns) if has_object else None, mark=arrival.mark)

    def _land(self, landing: Landing, start: Mark | None) -> None:
        ends = self.topic.ends()
        offsets = self._first(start, ends)
        mark, last = start, {number: end for number, (_, end) in ends.items()}
        for chunk in self.topic.messages(offsets, last, self.rows):
            offsets |= {message.partition: message.offset + 1 for message in chunk}
            mark = land_marked(landing, frame_of(chunk), self._end_of(chunk), mark, text_of(offsets))
            if mark is None:
                return  # another process lands the same messages

    def _first(self, start: Mark | None, ends: Mapping[int, tuple[int, int]]) -> dict[int, int]:
        """Return the first offset to read of each partition; one that came since begins at its beginning.

        Raises:
            SourceError: Messages that were not read are deleted, or the topic was made anew.
        """
        if start is None:
            return self.topic.offsets_since(self.since, ends) if self.since else {number: begin for number, (begin, _) in ends.items()}
        read = offsets_of(start)
        offsets = {number: read.get(number, begin) for number, (begin, _) in ends.items()}
        gone = [number for number, (begin, end) in ends.items() if not begin <= offsets[number] <= end]
        if gone and not self.skips:
            number = gone[0]
            begin, end = ends[number]
            raise make_error(
                SourceError,
                "kafka_offset_gone",
                dataset=self.schema.dataset,
                topic=self.topic.topic,
                partition=number,
                offset=offsets[number],
                first=begin,
                end=end,
            )
        return {**offsets, **{number: ends[number][0] for number in gone}}

    def _end_of(self, messages: list[Message]) -> datetime:
        """Return the end of the period that messages cover: the time of the newest, where it is not ahead of the clock."""
        now = self.now()
        newest = max((message.time for message in messages if message.time is not None), default=None)
        return now if newest is None else min(now, datetime.fromtimestamp(newest / 1000, UTC))


def offsets_of(mark: Mark) -> dict[int, int]:
    """Return the offset after the last message that was read, by partition.

    Example:
        >>> offsets_of(Mark("a1", "", 1, text_of({1: 5, 0: 12})))
        {0: 12, 1: 5}
    """
    return {int(number): int(offset) for number, offset in json.loads(mark.value).items()}


def text_of(offsets: Mapping[int, int]) -> str:
    """Return offsets as the text that a mark holds."""
    return json.dumps({str(number): offsets[number] for number in sorted(offsets)})


def _with_cells(raw: pl.Series, unread: pl.DataFrame) -> pl.Series:
    """Return the cells that did not cast of each row, with those of messages that are no rows."""
    cells = raw.to_list()
    for row, column, text in unread.iter_rows():
        cells[row] = [{"column": column, "text": text}]
    return pl.Series(RAW, cells, dtype=RAW_TYPE)
