"""Describe how the files of a dataset are read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

Guard: TypeAlias = Literal["apostrophe", "blank", "backtick", "formula", "padding"]
FileFormat: TypeAlias = Literal["csv", "jsonl", "json", "parquet", "xml", "excel", "delta"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Hold what is declared about the form of a dataset's files; each attribute is a setting of `source` in sluice.yaml.

    Attributes:
        format: Format of the files; None: that of each file's ending, or of its first bytes where the ending says nothing.
        separator: Character between the fields of a CSV file; None: a comma, or a tab where the ending is `.tsv` or `.tab`.
        encoding: Encoding of text, under the name that Python has for it.
        header: Whether the first line of a CSV file or sheet holds the names; "search" takes the first one that holds the declared names.
        header_rows: Rows of the header where it is searched: the names stand in the first, and further ones (units) are left out where a file has them.
        names: Names of the columns where there is no header; by default c1, c2 and so on.
        footer: Whether at most ten records at the end with fewer fields than the header, or with a word for a total, are left out.
        records: Where the rows are: keys with dots between them in a JSON document, the repeated element in XML.
        sheet: Sheet of a spreadsheet; None: the first that has cells.
        explode: Path of a list (`items`): one row for each of its elements; None: one row for each record.
        group_by: Columns of the file whose values name rows that belong together, such as the lines of an order.
        fill_down: Columns that are written in the first row of a group alone, and filled in its other rows.
        number_rows: Name of a column with the position of each row in its group, from 1; None: no such column.
        join: Names of new columns, each with the columns of the file whose texts it joins: a date and a time of day, so that they are one time.
        guard: What the system writes around cells: an apostrophe or a blank before signs that begin a formula (an apostrophe before digits,
            too), a backtick before every value, `="..."` around it, blanks and tabs on either side.
        escaped: Columns of the file in which a backslash and an n stand for a line break; of two backslashes before an n one is left.
        lists: Columns of the file whose cells are lists with commas between their values, and a backslash before a comma of a value: read as JSON.
        apostrophes: Columns of the file whose texts all begin with an apostrophe that is no part of them, as a spreadsheet marks a cell of text.
    """

    format: FileFormat | None = None
    separator: str | None = None
    encoding: str = "utf-8"
    header: bool | Literal["search"] = True
    header_rows: int = 1
    names: tuple[str, ...] = ()
    footer: bool = False
    records: str | None = None
    sheet: str | None = None
    explode: str | None = None
    group_by: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    number_rows: str | None = None
    join: tuple[tuple[str, tuple[str, ...]], ...] = ()
    guard: tuple[Guard, ...] = ()
    escaped: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    apostrophes: tuple[str, ...] = ()

    def settings(self) -> dict[str, object]:
        """Return the options that differ from their defaults, as they stand in sluice.yaml.

        Example:
            >>> ReadOptions(format="csv", separator=";").settings()
            {'format': 'csv', 'separator': ';'}
        """
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: _setting(value) for name, (value, default) in values.items() if value != default}


def _setting(value: object) -> object:
    """Return a value as sluice.yaml writes it: a tuple as a list, one of pairs as a mapping."""
    if not isinstance(value, tuple):
        return value
    return {name: list(columns) for name, columns in value} if isinstance(value[0], tuple) else list(value)
