"""Decide what is said of corrected rows that are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sluice.domain import LeftOut, Message

NAMED = 5  # rows of one reason that a sentence names; the others are counted


def rows_not_held(rows: Iterable[str], settled: Mapping[str, str]) -> list[LeftOut]:
    """Return rows that cannot be corrected since they are not held, by what became of them.

    Args:
        rows: Their ids.
        settled: By row, its state where it was held before.

    Example:
        >>> [(group.reason.code, group.rows) for group in rows_not_held(["b.1", "b.2"], {"b.1": "released"})]
        [('correction_settled', ('b.1',)), ('correction_row_unknown', ('b.2',))]
    """
    groups: dict[str, list[str]] = {}
    for row in dict.fromkeys(rows):
        groups.setdefault(settled.get(row, ""), []).append(row)
    return [LeftOut(_not_held(state), tuple(names)) for state, names in groups.items()]


def _not_held(state: str) -> Message:
    return Message.of("correction_settled", state=state) if state else Message.of("correction_row_unknown")


def merge_left_out(groups: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Return groups of rows with one group for each reason, in the order in which the reasons come first.

    Args:
        groups: Groups, of which several may have one reason, such as one for each batch.
    """
    merged: dict[Message, list[str]] = {}
    for group in groups:
        merged.setdefault(group.reason, []).extend(group.rows)
    return tuple(LeftOut(reason, tuple(dict.fromkeys(rows))) for reason, rows in merged.items())


def describe_left_out(group: LeftOut) -> Message:
    """Return why rows are left out, with the first of them by name.

    Example:
        >>> from sluice.messages import render
        >>> render(describe_left_out(LeftOut(Message.of("correction_row_unknown"), ("b.1", "b.2"))))
        '2 rows left out: no row of this id was ever held (b.1, b.2)'
    """
    return Message.of("correction_left_out", rows=len(group.rows), reason=group.reason, names=name_rows(group.rows))


def name_rows(rows: Sequence[str]) -> tuple[str, ...]:
    """Return the first rows; an ellipsis stands for the others.

    Example:
        >>> name_rows(["b.1", "b.2", "b.3", "b.4", "b.5", "b.6"])
        ('b.1', 'b.2', 'b.3', 'b.4', 'b.5', '…')
    """
    return (*rows[:NAMED], *(["…"] if len(rows) > NAMED else []))
