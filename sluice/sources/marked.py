"""Go on where a table was read, by whichever machine: the marks of published batches say up to where, and those of landed files what follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from sluice.config import Limits
from sluice.domain import Mark, Schema
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sources.landing import MARK, Landing


class Marks(Protocol):
    """Answer what was read of tables, by whichever machine."""

    def newest(self, dataset: str) -> Mark | None:
        """Return up to where the table of a dataset was read."""
        ...

    def may_follow(self, dataset: str, mark: Mark) -> bool:
        """Return True where what a mark follows is recorded, and nothing else follows that."""
        ...

    def is_recorded(self, run_id: str) -> bool:
        """Return True where a batch is published, promised or set aside."""
        ...

    def has_landed(self, dataset: str) -> bool:
        """Return True where a batch of a dataset is recorded that was landed from a table."""
        ...


def read_up_to(landing: Landing, schema: Schema, limits: Limits, marks: Marks | None, table: str) -> Mark | None:
    """Return up to where a table was read and landed; landed files whose rows another machine has published meanwhile are deleted.

    Args:
        landing: The landed files of this machine.
        schema: The dataset.
        limits: Largest size of a file.
        marks: What was read, by whichever machine; None: what landed here says so alone.
        table: The table, for messages.

    Raises:
        SourceError: Rows without a key would be read twice: an earlier version read them, and what says up to where is not here.
    """
    newest = marks.newest(schema.dataset) if marks else None
    files = list(landing.arrivals(schema, limits))
    if newest is None:
        if not files and not schema.key and marks and marks.has_landed(schema.dataset):
            raise make_error(SourceError, "table_read_elsewhere", dataset=schema.dataset, table=table)
        return max((arrival.mark for arrival in files if arrival.mark), key=lambda mark: mark.number, default=None)
    for arrival in files:
        if (mark := arrival.mark) is None or marks is None or marks.is_recorded(arrival.id):
            continue
        if mark.former == newest.id or marks.may_follow(schema.dataset, mark):
            newest = max(newest, mark, key=lambda read: read.number)
        else:
            Path(arrival.uri).unlink(missing_ok=True)
    return newest


def land_marked(
    landing: Landing, rows: pl.DataFrame, at: datetime, former: Mark | None, value: str, digests: Sequence[str] = (), metadata: Mapping[str, str] | None = None
) -> Mark | None:
    """Land rows with the mark that follows another; return the mark, or None where another process landed rows at the same moment.

    Args:
        landing: Where.
        rows: The rows.
        at: End of the period that they cover.
        former: Up to where the table was read before.
        value: Up to where it is read with them.
        digests: Digests of the rows that the next read meets again.
        metadata: What else the file has to say.
    """
    number = max(landing.last_number(), former.number if former else 0) + 1
    mark = Mark.after(former.id if former else "", number, value, digests)
    return mark if landing.add(rows, at, {**(metadata or {}), MARK: json.dumps(mark.to_json())}, number) else None
