"""State what a dataset's stored rows are declared as, and how that differs from the present declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sluice.domain.message import Message
from sluice.domain.schema import Schema
from sluice.domain.words import Mode


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold what decides how rows are added to a dataset's table; it is recorded with every run.

    Attributes:
        mode: Mode of the dataset.
        key: Columns that identify a row.
        blank_key: Whether a part of the key may be blank.
        time: Column with the time of a row's event.
    """

    mode: Mode
    key: tuple[str, ...] = ()
    blank_key: bool = False
    time: str | None = None

    @classmethod
    def of(cls, schema: Schema) -> Layout:
        """Return the layout of a declared dataset."""
        return cls(schema.mode, schema.key, schema.blank_key, schema.time)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Layout:
        """Return the layout of stored facts."""
        return cls(**{**facts, "key": tuple(facts["key"])})

    def to_json(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {"mode": self.mode, "key": list(self.key), "blank_key": self.blank_key, "time": self.time}

    def apply(self, schema: Schema) -> Schema:
        """Return a schema with this layout."""
        return replace(schema, mode=self.mode, key=self.key, blank_key=self.blank_key, time=self.time)


@dataclass(frozen=True, slots=True)
class LayoutChanges:
    """Hold the differences between a dataset's stored rows and its declaration that need a rebuild.

    Attributes:
        renamed: Stored name by declared name.
        retyped: Stored and declared type by declared name.
        key: Stored and declared key, as text; None where they are the same.
        mode: Stored and declared mode; None where they are the same.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    retyped: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    key: tuple[str, str] | None = None
    mode: tuple[str, str] | None = None

    def __bool__(self) -> bool:
        """Return True where anything differs."""
        return bool(self.renamed or self.retyped or self.key or self.mode)

    def messages(self) -> tuple[Message, ...]:
        """Return one message for each difference.

        Example:
            >>> [message.code for message in LayoutChanges({"unit_price": "price"}, mode=("append", "upsert")).messages()]
            ['layout_renamed', 'layout_mode']
        """
        renamed = [Message.of("layout_renamed", column=name, stored=stored) for name, stored in self.renamed.items()]
        retyped = [Message.of("layout_retyped", column=name, stored=before, declared=after) for name, (before, after) in self.retyped.items()]
        pairs = (("layout_key", self.key), ("layout_mode", self.mode))
        return (*renamed, *retyped, *(Message.of(code, stored=pair[0], declared=pair[1]) for code, pair in pairs if pair))


@dataclass(frozen=True, slots=True)
class RebuildPreview:
    """State what a rebuild of a dataset would do; it holds counts and names, never a cell's value.

    Attributes:
        changes: What differs; nothing where there is nothing to rebuild.
        rows: Published rows.
        failing: Number of published rows that would be held, by rule (`cast:price`, `key_unique`); a row may fail several.
        holding: Number of published rows that would be held.
        waiting: Held rows, which are cast too and stay held.
        castable: Those of them that are held for nothing but a cell that would now cast.
    """

    changes: LayoutChanges
    rows: int = 0
    failing: Mapping[str, int] = field(default_factory=dict)
    holding: int = 0
    waiting: int = 0
    castable: int = 0
