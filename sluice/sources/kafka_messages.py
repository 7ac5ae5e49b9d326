"""Make rows of messages: the keys of a JSON object are its columns; what is none is a row that says where the message is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import UNREADABLE
from sluice.errors import InvalidValue
from sluice.sources.json_cells import cells_of

PARTITION, OFFSET, TIME, KEY = "kafka_partition", "kafka_offset", "kafka_time", "kafka_key"
PLACE = (PARTITION, OFFSET, TIME, KEY)
"""Columns of each landed row; a dataset that declares one of them has it."""
UNREAD = "kafka_unread"
"""The text of a message that is no row; of landed rows alone."""


@dataclass(frozen=True, slots=True)
class Message:
    """Hold a message as it was read.

    Attributes:
        partition: Its partition.
        offset: Its place there.
        value: Its bytes; None where a deletion is meant.
        key: Its key.
        time: Milliseconds since 1970 that the broker or the producer gave it; None where nobody did.
    """

    partition: int
    offset: int
    value: bytes | None
    key: bytes | None = None
    time: int | None = None


def frame_of(messages: Sequence[Message]) -> pl.DataFrame:
    r"""Return messages as rows of text, by partition and offset.

    Example:
        >>> rows = frame_of([Message(0, 8, b"oops"), Message(0, 7, b'{"id": 1, "total": 2.50}')])
        >>> rows.select("kafka_offset", "id", "total", "kafka_unread").rows()
        [('7', '1', '2.50', None), ('8', None, None, 'oops')]
    """
    ordered = sorted(messages, key=lambda message: (message.partition, message.offset))
    cells = [_cells(message.value) for message in ordered]
    names = dict.fromkeys(name for row in cells if row is not None for name in row if name not in (*PLACE, UNREAD))
    columns: dict[str, list[str | None]] = {name: [None if row is None else row.get(name) for row in cells] for name in names}
    columns[PARTITION] = [str(message.partition) for message in ordered]
    columns[OFFSET] = [str(message.offset) for message in ordered]
    columns[TIME] = [None if message.time is None else str(message.time) for message in ordered]
    columns[KEY] = [None if message.key is None else message.key.decode("utf-8", "backslashreplace") for message in ordered]
    columns[UNREAD] = [
        None if row is not None else (message.value or b"").decode("utf-8", "backslashreplace") for message, row in zip(ordered, cells, strict=True)
    ]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def unreadable_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return where the messages are that are no rows, as cells that do not cast: `row`, `column` and `text`, which holds the place and no value.

    Args:
        rows: Landed rows.
    """
    place = pl.format("{}:{}", PARTITION, OFFSET)
    indexed = rows.with_row_index("row").filter(pl.col(UNREAD).is_not_null())
    return indexed.select("row", pl.lit(UNREADABLE).alias("column"), place.alias("text"))


def _cells(value: bytes | None) -> dict[str, str | None] | None:
    """Return the cells of a message as text; None where it is no JSON object."""
    try:
        return cells_of(value or b"")
    except InvalidValue:
        return None
