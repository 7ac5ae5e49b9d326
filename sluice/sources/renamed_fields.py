"""Find fields within nested columns that may be a declared one under a new name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import polars as pl

from sluice.domain import Column
from sluice.domain.nested_path import Match, NestedPath, Step, parse_path
from sluice.sources.cast import as_text
from sluice.sources.header import ALIKE, fits, likeness
from sluice.sources.nested.documents import cell_text, follow, parse_documents

SAMPLE = 1_000  # distinct documents of a column that are searched


def renamed_fields(cells: pl.DataFrame, rows: pl.DataFrame, declared: Sequence[Column]) -> Mapping[str, str]:
    """Return, for each declared column whose path has no value in a file, the field beside it whose name is similar and whose values fit.

    Args:
        cells: Cells of the file, with the columns that paths start in.
        rows: Its rows, with a column for each path.
        declared: The declared columns.

    Example:
        >>> cells = pl.DataFrame({"context": ['{"item_ref": "a1", "page": "x"}']})
        >>> rows = pl.DataFrame({"item": [None], "page": ["x"]})
        >>> renamed_fields(cells, rows, [Column("item", path=("context.item",)), Column("page", path=("context.page",))])
        {'item': 'item_ref'}
    """
    empty = [column for column in declared if column.path and column.name in rows.columns and rows[column.name].null_count() == rows.height > 0]
    paths = {column.name: parse_path(column.path[0]) for column in empty}
    roots = {path.root for path in paths.values() if path.root in cells.columns}
    documents = {root: _documents(cells[root]) for root in roots}
    taken = {name for column in declared for text in column.path for name in _names(parse_path(text))}
    similar = {
        column.name: _most_similar(column, paths[column.name], documents[paths[column.name].root], taken)
        for column in empty
        if paths[column.name].root in roots
    }
    return {name: field for name, field in similar.items() if field}


def _documents(cells: pl.Series) -> list[object]:
    texts = as_text(cells.drop_nulls().unique(maintain_order=True).head(SAMPLE))
    return list(parse_documents(texts.to_list()).values())


def _names(path: NestedPath) -> Iterator[str]:
    """Yield the names of the fields on a path."""
    for step in (*path.steps, *(path.rest or ())):
        if isinstance(step, Match):
            yield step.value
        elif isinstance(step, str):
            yield step


def _most_similar(column: Column, path: NestedPath, documents: Iterable[object], taken: Collection[str]) -> str | None:
    values: dict[str, list[str]] = {}
    name, siblings = _siblings(path, documents)
    for field, value in siblings:
        if field not in taken and value is not None:
            values.setdefault(field, []).append(value)
    scored = sorted(((likeness(name, field), field) for field in values), reverse=True)
    return next((field for score, field in scored if score >= ALIKE and fits(pl.Series(field, values[field]), column)), None)


def _siblings(path: NestedPath, documents: Iterable[object]) -> tuple[str, Iterator[tuple[str, str | None]]]:
    """Return the name that a path selects by, and the fields beside it with their values: elements of a list by their key, or fields of a record."""
    parents = documents if path.rest is None else (element for document in documents for element in _elements(follow(document, path.steps)))
    steps = path.steps if path.rest is None else path.rest
    position = next((index for index, step in enumerate(steps) if isinstance(step, Match)), len(steps) - 1)
    if position < 0:
        return "", iter(())
    step, before, after = steps[position], steps[:position], steps[position + 1 :]
    nodes = (follow(parent, before) for parent in parents)
    if isinstance(step, Match):
        return step.value, _by_key(nodes, step.key, after)
    return str(step), _fields(nodes)


def _elements(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _by_key(lists: Iterable[object], key: str, after: Sequence[Step]) -> Iterator[tuple[str, str | None]]:
    for element in (element for value in lists for element in _elements(value) if isinstance(element, dict)):
        if (name := cell_text(element.get(key))) is not None:
            yield name, cell_text(follow(element, after))


def _fields(records: Iterable[object]) -> Iterator[tuple[str, str | None]]:
    for record in records:
        if isinstance(record, dict):
            yield from ((str(name), cell_text(value)) for name, value in record.items())
