"""One row of the quarantine, cell by cell: as it arrived, as it is now, what was repaired, and which cells are to blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from polars import selectors as cs

from dashboard.i18n.language import tr
from dashboard.safety.escape import markup
from sluice.domain import MASK, RAW, REASONS, Schema


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell's story.

    Attributes:
        arrived: Its text before any cleaner touched it; None where it was empty.
        now: Its text after them; None where it is empty, or could not be read as its type.
        cleaners: Which cleaners changed it, in order.
        suggestion: A repair that is not certain enough to be applied.
    """

    column: str
    arrived: str | None
    now: str | None
    blamed: bool = False
    cleaners: tuple[str, ...] = ()
    suggestion: str | None = None


def cells(row: pl.DataFrame, repairs: pl.DataFrame, schema: Schema) -> list[Cell]:
    """The declared columns of a row, personal ones masked.

    Args:
        row: A frame of one row with `_raw` and `_reasons`.
        repairs: The row's repairs, in their order (schema REPAIRS).
        schema: What is declared of the dataset.
    """
    declared = row.select(name for name in schema.names if name in row.columns)
    values = declared.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)
    unread = {each["column"]: each["text"] for each in _list(row, RAW)}
    blamed = {column for reason in _list(row, REASONS) for column in reason["columns"] or ()}
    told = repairs.to_dicts()
    found = [_cell(name, values.get(name), unread.get(name), [each for each in told if each["column"] == name], name in blamed) for name in schema.names]
    personal = {column.name for column in schema.columns if column.personal}
    return [_masked(cell) if cell.column in personal else cell for cell in found]


def _list(row: pl.DataFrame, name: str) -> Sequence[Mapping[str, Any]]:
    return (row[name].to_list()[0] or ()) if name in row.columns else ()


def _cell(column: str, value: str | None, unread: str | None, repairs: Sequence[Mapping[str, object]], blamed: bool) -> Cell:  # noqa: FBT001  # a field of the cell
    applied = [each for each in repairs if each["applied"]]
    candidates = [each for each in repairs if not each["applied"]]
    arrived = _text(applied[0]["old"]) if applied else unread if value is None else value
    return Cell(column, arrived, value, blamed, tuple(str(each["cleaner"]) for each in applied), _text(candidates[-1]["new"]) if candidates else None)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _masked(cell: Cell) -> Cell:
    def hide(text: str | None) -> str | None:
        return None if text is None else MASK

    return Cell(cell.column, hide(cell.arrived), hide(cell.now), cell.blamed, cell.cleaners, hide(cell.suggestion))


def table(told: Sequence[Cell]) -> str:
    """The cells as an HTML table in which every text is escaped; blamed and repaired rows are marked by colour and in words."""
    heads = (tr("Column"), tr("As it arrived"), tr("Now"), tr("Remarks"))
    head = "".join(f"<th>{markup(each)}</th>" for each in heads)
    return f'<table class="cells"><thead><tr>{head}</tr></thead><tbody>{"".join(map(_line, told))}</tbody></table>'


def _line(cell: Cell) -> str:
    style = "blamed" if cell.blamed else "repaired" if cell.cleaners else ""
    columns = (markup(cell.column), _shown(cell.arrived), _shown(cell.now), markup("; ".join(_remarks(cell))))
    return f'<tr class="{style}">{"".join(f"<td>{each}</td>" for each in columns)}</tr>'


def _shown(text: str | None) -> str:
    return f'<span class="none">{markup(tr("empty"))}</span>' if text is None else markup(text)


def _remarks(cell: Cell) -> list[str]:
    remarks = [tr("to blame")] if cell.blamed else []
    if cell.cleaners:
        remarks.append(tr("repaired by {cleaners}", cleaners=", ".join(cell.cleaners)))
    if cell.now is None and cell.arrived is not None:
        remarks.append(tr("could not be read"))
    if cell.suggestion is not None:
        remarks.append(tr("suggested: {value}", value=cell.suggestion))
    return remarks
