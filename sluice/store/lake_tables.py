"""Name the tables of a dataset in the lake, and what tells where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, TypeAlias

from sluice.domain import Schema

Table: TypeAlias = Literal["repairs", "quarantine", "flags", "repeats", "clean"]
TABLES: tuple[Table, ...] = (
    "repairs",
    "quarantine",
    "flags",
    "repeats",
    "clean",
)  # in the order of writing: nobody sees a clean row before its repairs and flags


class LakePlace(Protocol):
    """Tell where tables are.

    Attributes:
        root: A folder, or an `s3://` address.
        remote: Whether the root is an address.
        options: Storage options.
        schemas: The declared datasets, by name.
    """

    root: str
    remote: bool
    options: dict[str, str]
    schemas: Mapping[str, Schema]

    def address(self, table: str, dataset: str) -> str:
        """Return where a table is."""
        ...
