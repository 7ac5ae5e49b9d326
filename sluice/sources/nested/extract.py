"""Make a column of each declared path, and one row of each element of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from sluice.domain import Column, ReadOptions
from sluice.domain.nested_path import Match, NestedPath, parse_path
from sluice.sources.cast import as_text
from sluice.sources.nested.documents import UNREADABLE, cell_text, follow, index_lists, parse_documents
from sluice.sources.nested.elements import Elements, list_elements, no_elements

UNREAD_SCHEMA = pl.Schema({"row": pl.UInt32(), "column": pl.String(), "text": pl.String()})


@dataclass(frozen=True, slots=True, eq=False)
class Extracted:
    """Hold the rows of a file once its paths are columns.

    Attributes:
        columns: Names of the file's columns, those that paths start in replaced by the columns of the paths.
        frame: Cells.
        unread: Cells that paths start in and that are no JSON object or array: `row`, `column` (a column with such a path) and `text`.
    """

    columns: tuple[str, ...]
    frame: pl.DataFrame
    unread: pl.DataFrame


def roots_of(columns: Sequence[Column], explode: str | None = None) -> list[str]:
    """Return the columns of the file that paths start in."""
    paths = [parse_path(text).root for column in columns for text in column.path]
    return list(dict.fromkeys([*paths, *([parse_path(explode).root] if explode else [])]))


def source_columns(columns: Sequence[Column], options: ReadOptions) -> list[str]:
    """Return the columns of the file that the declared ones are read from."""
    joined = dict(options.join)
    plain = [part for column in columns if not column.path for part in joined.get(column.name, (column.name,))]
    return list(dict.fromkeys([*plain, *roots_of(columns, options.explode), *options.group_by]))


def extract(columns: Sequence[str], frame: pl.DataFrame, declared: Sequence[Column], explode: str | None = None) -> Extracted:
    """Return the rows with a column for each path; columns without a path stay as they are.

    Args:
        columns: Names of all columns of the file.
        frame: Its cells, nested ones as JSON text; at least the columns that paths start in.
        declared: The declared columns.
        explode: Path of a list, such as `items`: one row for each element, and the other columns repeated. A row whose list is empty or
            absent stays one row.
    """
    roots = [root for root in roots_of(declared, explode) if root in frame.columns]
    if not roots:
        return Extracted(tuple(columns), frame, pl.DataFrame(schema=UNREAD_SCHEMA))
    documents = {root: _documents(frame[root]) for root in roots}
    elements = _elements(documents, explode, frame.height)
    paths = {column.name: [path for text in column.path if (path := parse_path(text)).root in roots] for column in declared if column.path}
    lists = _Lists(documents)
    cells = [pl.Series(name, _values(alternatives, lists, elements), dtype=pl.String) for name, alternatives in paths.items() if alternatives]
    rows = frame if explode is None else frame[list(elements.rows)]
    plain = {column.name for column in declared if not column.path}
    names = [name for name in columns if name not in roots or name in plain]
    unread = _unread(frame, documents, {column.name: column for column in declared}, paths, elements)
    return Extracted(tuple(dict.fromkeys([*names, *(column.name for column in cells)])), rows.with_columns(cells), unread)


def _documents(cells: pl.Series) -> list[object]:
    """Return the document of each cell; equal texts are parsed once."""
    texts = as_text(cells)
    documents = parse_documents(texts.drop_nulls().unique().to_list())
    return [None if text is None else documents[text] for text in texts]


def _elements(documents: Mapping[str, Sequence[object]], explode: str | None, height: int) -> Elements:
    path = parse_path(explode) if explode else None
    return list_elements(documents[path.root], path.steps) if path and path.root in documents else no_elements(height)


@dataclass(frozen=True, slots=True, eq=False)
class _Lists:
    """Hold the documents of each root, and the elements of those that are lists by the keys that paths select them by."""

    documents: Mapping[str, Sequence[object]]
    indexes: dict[tuple[str, str], Sequence[Mapping[str, object]]] = field(default_factory=dict)

    def follow(self, path: NestedPath) -> list[str | None]:
        """Return the text of the value that a path leads to in each document."""
        first, rest = (path.steps[0], path.steps[1:]) if path.steps else (None, ())
        if not isinstance(first, Match):
            return [cell_text(follow(document, path.steps)) for document in self.documents[path.root]]
        place = (path.root, first.key)
        if place not in self.indexes:
            self.indexes[place] = index_lists(self.documents[path.root], first.key)
        return [cell_text(follow(elements.get(first.value), rest)) for elements in self.indexes[place]]


def _values(paths: Sequence[NestedPath], lists: _Lists, elements: Elements) -> list[str | None]:
    """Return for each row the first value that one of the paths leads to."""
    cells = _path_values(paths[0], lists, elements)
    for path in paths[1:]:
        other = _path_values(path, lists, elements)
        cells = [value if value is not None else alternative for value, alternative in zip(cells, other, strict=True)]
    return cells


def _path_values(path: NestedPath, lists: _Lists, elements: Elements) -> list[str | None]:
    if path.position:
        return [None if position is None else str(position) for position in elements.positions]
    if path.rest is not None:
        return [cell_text(follow(value, path.rest)) for value in elements.values]
    cells = lists.follow(path)
    return [cells[row] for row in elements.rows]


def _unread(
    frame: pl.DataFrame,
    documents: Mapping[str, Sequence[object]],
    declared: Mapping[str, Column],
    paths: Mapping[str, Sequence[NestedPath]],
    elements: Elements,
) -> pl.DataFrame:
    """Return the cells that are no documents, with the first row of theirs, under one column: a personal one where there is one."""
    parts = [pl.DataFrame(schema=UNREAD_SCHEMA)]
    for root, values in documents.items():
        wrong = [row for row, value in enumerate(values) if value is UNREADABLE]
        columns = [declared[name] for name, alternatives in paths.items() if any(path.root == root for path in alternatives)]
        if wrong and columns:
            name = max(columns, key=lambda column: column.personal).name
            first = {row: index for index, row in reversed(list(enumerate(elements.rows)))}
            texts = as_text(frame[root].gather(wrong))
            parts.append(pl.DataFrame({"row": [first[row] for row in wrong], "column": name, "text": texts}, schema=UNREAD_SCHEMA))
    return pl.concat(parts)
