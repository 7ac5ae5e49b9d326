"""Hold a made-up export of a platform, as its documentation describes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """Describe the files of two days, and what must be recognised in them.

    Attributes:
        title: What the platform is called after "looks like".
        name: Name of a file, with the day as `{}`: 26 or 27.
        write: Returns the bytes of a day's file: 0 or 1.
        types: Types of some columns.
        personal: Every personal column, where it is stated.
        key: The key.
        time: The column of the time.
        mode: The mode.
        rows: Number of rows of the first day.
    """

    title: str
    name: str
    write: Callable[[int], bytes]
    rows: int
    types: Mapping[str, str] = field(default_factory=dict)
    personal: Sequence[str] | None = None
    key: tuple[str, ...] = ()
    time: str | None = None
    mode: str = "append"


def as_csv(header: Sequence[str], rows: Sequence[Sequence[object]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode(encoding)
