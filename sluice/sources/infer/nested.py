"""Propose columns for the values within nested columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import EMPTY, Column, Message
from sluice.sources.infer.nested_fields import Field, Fields, exploded_list, find_fields
from sluice.sources.nested import extract
from sluice.sources.nested.documents import UNREADABLE, parse_documents

_FIRST = 200  # cells of which one must look like JSON
SAMPLE = 5_000  # different texts of a column that are examined
MIN_SHARE = 0.95  # share of them that must be JSON objects or arrays
MAX_COLUMNS = 150
_CONTAINERS = frozenset({"properties", "event_params", "params", "payload", "data", "attributes", "fields", "record", "body"})  # say nothing of a value


@dataclass(frozen=True, slots=True)
class Nested:
    """Hold the columns that are proposed for the values of nested columns.

    Attributes:
        columns: The proposed columns, with their paths.
        roots: The nested columns that they replace.
        explode: Path of the list whose elements become rows; None without one.
        note: What is left out, and which list becomes rows.
    """

    columns: tuple[Column, ...] = ()
    roots: frozenset[str] = frozenset()
    explode: str | None = None
    note: Message = EMPTY

    def place(self, column: Column) -> Column:
        """Return a column with the path of its values, where it is a proposed one."""
        paths = {proposed.name: proposed.path for proposed in self.columns}
        return replace(column, path=paths.get(column.name, ()))

    def flatten(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame with the proposed columns in place of the nested ones."""
        if not self.columns:
            return frame
        plain = [Column(name) for name in frame.columns if name not in self.roots]
        flat = extract(frame.columns, frame, [*plain, *self.columns], self.explode)
        return flat.frame.select(name for name in flat.columns if name in flat.frame.columns)


def propose_columns(frames: Sequence[pl.DataFrame], joined: Sequence[tuple[str, Sequence[str]]] = (), *, explode: bool = True) -> Nested:
    """Return columns for the values within the nested columns of some files; nothing where there are none.

    Args:
        frames: Cells of each file; nested ones as JSON text.
        joined: Columns that join several paths: name, and paths of which the first with a value counts.
        explode: Whether the elements of a list may become rows.
    """
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    nested = {name: inner_fields for name in names if (inner_fields := _fields(name, frames))}
    if not nested:
        return Nested()
    lists = {path: inner for fields in nested.values() for path, inner in fields.lists.items()}
    as_rows = next(exploded_list(lists), None) if explode else None
    fields = [field for root in nested.values() for field in _fields_of(root, as_rows)]
    columns = _joined(_columns(fields, [name for name in names if name not in nested], as_rows), joined)
    omitted = [path for root in nested.values() for path in root.omitted] + [field.path for field in fields[MAX_COLUMNS:]]
    return Nested(columns[: MAX_COLUMNS + 1], frozenset(nested), as_rows, _note(as_rows, [path for path in lists if path != as_rows], omitted))


def _fields(name: str, frames: Sequence[pl.DataFrame]) -> Fields | None:
    """Return the fields of a column; None where its cells are no JSON, or nothing within them has a name."""
    cells = pl.concat([frame[name] for frame in frames if name in frame.columns and frame[name].dtype == pl.String] or [pl.Series(dtype=pl.String)])
    present = cells.drop_nulls()
    if not present.head(_FIRST).str.contains(r"^\s*[\[{\"]").any():
        return None
    texts = present.unique(maintain_order=True)
    sample = texts.gather_every(max(1, texts.len() // SAMPLE))
    documents = parse_documents(sample.to_list())
    readable = [value for value in documents.values() if value is not UNREADABLE]
    fields = find_fields(name, readable) if len(readable) >= MIN_SHARE * len(documents) else Fields()
    within = [field for field in fields.single if len(field.names) > 1]
    return fields if within or fields.lists else None


def _fields_of(fields: Fields, explode: str | None) -> Iterator[Field]:
    """Yield the fields of a column: of the exploded list those of its elements, other lists as JSON text."""
    yield from fields.single
    for path, inner in fields.lists.items():
        if path == explode:
            yield from inner
            yield Field(f"{path}[#]", (*inner[0].names[:-1], "position"))
        else:
            yield Field(path, tuple(re.split(r"[.\[\]]+", path)))


def _columns(fields: Sequence[Field], taken: Sequence[str], explode: str | None) -> Iterator[Column]:
    """Yield a column for each field, under the shortest name that no other has; the exploded list's name says nothing of a value either."""
    names = set(taken)
    skipped = _CONTAINERS | ({explode.rpartition(".")[2]} if explode else set())
    for field in fields:
        position = field.path.endswith("[#]")
        short = "_".join(part for part in field.names if position or part not in skipped or part == field.names[-1])
        choices = [_clean(short), _clean("_".join(field.names)), *(f"{_clean(short)}_{number}" for number in range(2, 2 + len(names)))]
        name = next(choice for choice in choices if choice and choice not in names)
        names.add(name)
        yield Column(name, path=(field.path,))


def _joined(columns: Iterator[Column], joined: Sequence[tuple[str, Sequence[str]]]) -> tuple[Column, ...]:
    """Return the columns with those whose paths are joined as one, in place of the first of them."""
    named = {path: (name, paths) for name, paths in joined for path in paths}
    result: dict[str, Column] = {}
    proposed = list(columns)
    present = {column.path[0] for column in proposed}
    for column in proposed:
        name, paths = named.get(column.path[0], (column.name, column.path))
        result.setdefault(name, Column(name, path=tuple(path for path in paths if path in present)))
    return tuple(result.values())


def _clean(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")


def _note(explode: str | None, lists: Sequence[str], omitted: Sequence[str]) -> Message:
    notes = [Message.of("init_row_of_element", column=explode)] if explode else []
    notes += [Message.of("init_lists_kept", columns=tuple(lists))] if lists else []
    more = Message.of("names_more", more=len(omitted) - 10) if len(omitted) > 10 else EMPTY
    notes += [Message.of("init_left_out", names=tuple(omitted[:10]), more=more)] if omitted else []
    return Message.join(notes)
