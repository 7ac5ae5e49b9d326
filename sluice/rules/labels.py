"""Decide what the lines of labels say: which answers they hold, and which of them contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import polars as pl

from sluice.domain import ANSWER, LABEL_COLUMNS, WHOLE_ROW, LabelConflict, Schema, read_row_value
from sluice.errors import InvalidValue
from sluice.messages import make_error

LabelLine = tuple[str | None, ...]
"""Row, column and value of one line, and the name of its answer where the lines name their answers."""


@dataclass(frozen=True, slots=True)
class LabelAnswer:
    """Hold what one answer says of a row.

    Attributes:
        row: Id of the row.
        cells: Its cells as they were shown; None where the lines do not hold them.
        corrected: Right value of each wrong cell, by column.
        places: Positions of its lines.
    """

    row: str
    cells: Mapping[str, str] | None = None
    corrected: Mapping[str, str] = field(default_factory=dict)
    places: Sequence[int] = ()

    def right(self, column: str) -> str | None:
        """Return the right value of a cell; None where neither the answer nor its cells name the column."""
        return self.corrected.get(column, (self.cells or {}).get(column))


def comparable_columns(schema: Schema, columns: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the columns whose cells are compared and labelled: those that are named, else all but the key and the personal ones.

    Args:
        schema: Schema of the dataset.
        columns: Columns that are named.

    Raises:
        ValueError: A named column is not declared, or is personal: its values would stand in a file of labels.
    """
    personal = {column.name for column in schema.columns if column.personal}
    wrong = [name for name in columns if name not in schema.names or name in personal]
    if wrong:
        raise make_error(InvalidValue, "labelled_columns_unfit", names=tuple(wrong))
    return tuple(columns) or tuple(name for name in schema.names if name not in schema.key and name not in personal)


def label_lines(table: pl.DataFrame) -> list[LabelLine]:
    """Return the lines of a table of labels, which may lack the names of the answers.

    Example:
        >>> label_lines(pl.DataFrame({"value": ["12"], "column": ["size"], "row": ["a.0"]}))
        [('a.0', 'size', '12')]
    """
    return table.select([*LABEL_COLUMNS, *([ANSWER] if ANSWER in table.columns else [])]).rows()


def answers_of(lines: Iterable[LabelLine]) -> list[LabelAnswer]:
    """Return the answers that lines hold, in their order: of lines with one name of an answer, or with none, each line of a whole row begins one.

    Example:
        >>> [answer.corrected for answer in answers_of([("a.0", "*", ""), ("a.0", "size", "12"), ("a.0", "*", "")])]
        [{'size': '12'}, {}]
    """
    named: dict[tuple[str, Sequence[str | None]], list[tuple[int, str, str]]] = {}
    for place, (row, column, value, *name) in enumerate(lines):
        if row is not None and column is not None:
            named.setdefault((row, tuple(name)), []).append((place, column, value or ""))
    answers = [answer for (row, _), own in named.items() for answer in _split(row, own)]
    return sorted(answers, key=lambda answer: answer.places[0])


def conflicts(lines: Iterable[LabelLine]) -> list[LabelConflict]:
    """Return the answers that give a cell of one row, or of rows whose lines hold equal cells, different values.

    Example:
        >>> conflicts([("a.0", "*", '{"size": "9 oz"}'), ("a.0", "size", "9"), ("a.1", "*", '{"size": "9 oz"}')])
        [LabelConflict(column='size', first='a.0', second='a.1', first_value='9', second_value='9 oz')]
    """
    answers = answers_of(lines)
    alike = [list(group) for _, group in groupby(sorted(answers, key=_cells_of), key=_cells_of)]
    pairs = [(group[0], other) for group in alike for other in group[1:]]
    return [
        LabelConflict(column, first.row, second.row, str(one), str(other))
        for first, second in pairs
        for column in sorted({*(first.cells or first.corrected), *(second.cells or second.corrected)})
        if (one := first.right(column)) is not None and (other := second.right(column)) is not None and one != other
    ]


def _split(row: str, lines: Sequence[tuple[int, str, str]]) -> Iterator[LabelAnswer]:
    begins = [number for number, (_, column, _) in enumerate(lines) if column == WHOLE_ROW]
    ends = [*begins[1:], len(lines)]
    for begin, end in zip([0, *begins[1:]] if begins else [0], ends, strict=True):  # lines before the first one belong to it
        own = lines[begin:end]
        cells = next((read_row_value(value) for _, column, value in own if column == WHOLE_ROW), None)
        yield LabelAnswer(row, cells, {column: value for _, column, value in own if column != WHOLE_ROW}, [place for place, _, _ in own])


def _cells_of(answer: LabelAnswer) -> tuple[tuple[str, str], ...]:
    """Return what answers about equal rows have in common: the cells, else the row."""
    return tuple(sorted(answer.cells.items())) if answer.cells else (("", answer.row),)
