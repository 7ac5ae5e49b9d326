"""Hold up to where a table was read, and which rows of its end were."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Mark:
    """Say what a batch of a table has read once it is published. Each mark but the first follows another, and is followed by one.

    Attributes:
        id: Its id; empty where an earlier version read the table, which wrote none.
        former: Id of the mark that it follows; empty where it is the first.
        number: Number among the marks of its table, which grows.
        value: Highest watermark that was read, as text.
        digests: Digests of the rows that were read and that the next read meets again.
    """

    id: str
    former: str
    number: int
    value: str
    digests: tuple[str, ...] = ()

    @classmethod
    def after(cls, former: str, number: int, value: str, digests: Sequence[str]) -> Self:
        """Return the mark that follows another; its id is made of all that it says.

        Example:
            >>> Mark.after("", 1, "17", ["a1"]).id == Mark.after("", 2, "17", ["a1"]).id, Mark.after("", 1, "18", ["a1"]).former
            (True, '')
        """
        text = "\0".join((former, value, *sorted(digests)))
        return cls(hashlib.sha256(text.encode()).hexdigest()[:16], former, number, value, tuple(digests))

    def to_json(self) -> dict[str, Any]:
        """Return the mark as values that JSON knows.

        Example:
            >>> Mark("c3", "b2", 2, "17", ("a1", "b2")).to_json()
            {'id': 'c3', 'former': 'b2', 'number': 2, 'value': '17', 'digests': 'a1 b2'}
        """
        return {"id": self.id, "former": self.former, "number": self.number, "value": self.value, "digests": " ".join(self.digests)}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Return the mark of `to_json`."""
        return cls(facts["id"], facts["former"], facts["number"], facts["value"], tuple(facts["digests"].split()))
