"""Name the people whose data were erased, by keyed digests alone, so that a re-sent export does not bring them back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

ErasureMode: TypeAlias = Literal["pseudonymise", "delete"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """Select the rows of a person; the repr does not show the value.

    Attributes:
        column: Name of the column.
        value: What it holds in the person's rows.
    """

    column: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SuppressedIdentifier:
    """Select the rows of a person without telling who it is.

    Attributes:
        column: Name of the column.
        digest: Keyed digest of what it holds in the person's rows.
    """

    column: str
    digest: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """Record that a person's data were erased, or are being erased.

    Attributes:
        id: Number of the record; 0 before it is recorded.
        at: When the erasure was requested.
        by: Who requested it.
        reason: Why.
        mode: Whether pseudonyms stand in the place of the cells, or the rows are deleted.
        key_id: Names the key of the digests.
        identifiers: The person's identifiers; the first one names the person.
        cells: Keyed digests of other cells that identify the person, such as an address.
        finished: When the erasure ended; None while it has not.
        report: Places in which something of the person was left, each with `place`, `where` and `count`; None until every place was searched once more.
    """

    id: int
    at: datetime
    by: str
    reason: str
    mode: ErasureMode
    key_id: str
    identifiers: tuple[SuppressedIdentifier, ...]
    cells: tuple[str, ...] = ()
    finished: datetime | None = None
    report: tuple[dict[str, object], ...] | None = None

    @property
    def person(self) -> str:
        """Return the digest that names the person."""
        return self.identifiers[0].digest
