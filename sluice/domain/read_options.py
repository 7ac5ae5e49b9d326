"""Describe how the files of a dataset are read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

FileFormat: TypeAlias = Literal["csv", "jsonl", "parquet"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Hold what is declared about the form of a dataset's files; each attribute is a setting of `source` in sluice.yaml.

    Attributes:
        format: Format of the files; None: that of each file's ending.
        separator: Character between the fields of a CSV file; None: a comma, or a tab where the ending is `.tsv`.
        explode: Path of a list (`items`): one row for each of its elements; None: one row for each record.
        group_by: Columns of the file whose values name rows that belong together, such as the lines of an order.
        fill_down: Columns that are written in the first row of a group alone, and filled in its other rows.
    """

    format: FileFormat | None = None
    separator: str | None = None
    explode: str | None = None
    group_by: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()

    def settings(self) -> dict[str, object]:
        """Return the options that differ from their defaults, as they stand in sluice.yaml.

        Example:
            >>> ReadOptions(format="csv", separator=";").settings()
            {'format': 'csv', 'separator': ';'}
        """
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, (value, default) in values.items() if value != default}
