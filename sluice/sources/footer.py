"""Leave out the footer of a table: the few records at its end that are no rows, such as totals."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain

MAX_FOOTER = 10  # records; more at the end that do not fit are rows with an error
_MAX_SHORT = 5  # of a sheet, and of records that lack only a few fields; more must each fill at most half of the columns
_TOTALS = (
    "sum|total|totals|subtotal|sub-total|grand total|summe|gesamt|gesamtsumme|zwischensumme|totale|totales|total général|sous-total|somme|suma|totaal|razem"
    "|合计|总计|小计|合計|總計|小計"
)
_TOTAL = re.compile(rf"({_TOTALS})\s*([:\uff1a].*)?", re.IGNORECASE)  # Total: Account, as in reports of advertisements
_NOTHING = " \t\r\n-\u2013\u2014"  # dashes stand for nothing
Record = tuple[int, list[str]]  # the line on which it begins, its cells


def without_footer(records: Iterator[Record], width: int, left_out: list[int], *, sheet: bool = False) -> Iterator[Record]:
    """Yield the records of a table without its footer: at most ten at its end, that have fewer fields than the header.

    Where there are more than five, each fills at most half of the columns; a spreadsheet's footer has at most five.

    A record with more fields is no footer, but a row with a separator too many; one with all fields is where its first value is a word for a total and it has
    fewer values than any row above it. In a spreadsheet, all rows have the same cells; there a footer has values in
    at most half of the columns, or begins with a word for a total, and has fewer values than any row above it.

    Args:
        records: Lines and cells of the records below the header.
        width: Number of columns.
        left_out: Receives the lines of the footer.
        sheet: Whether the records come from a spreadsheet.

    Example:
        >>> lines: list[int] = []
        >>> list(without_footer(iter([(2, ["a", "1"]), (3, ["b", "2"]), (4, ["Total: 2"])]), 2, lines)), lines
        ([(2, ['a', '1']), (3, ['b', '2'])], [4])
    """
    last: deque[Record] = deque()
    fewest: int | None = None
    for record in records:
        last.append(record)
        if len(last) > MAX_FOOTER:
            row = last.popleft()
            fewest = _filled(row) if fewest is None else min(fewest, _filled(row))
            yield row
    size = _footer_size(list(last), width, fewest, sheet=sheet)
    yield from list(last)[: len(last) - size]
    left_out.extend(line for line, _ in list(last)[len(last) - size :])


def _footer_size(last: list[Record], width: int, fewest: int | None, *, sheet: bool) -> int:
    """Return how many of the last records are a footer; `fewest` are the filled cells of any row before them, None where there is none."""
    for size in range(len(last), 0, -1):
        rows, footer = last[:-size], last[-size:]
        filled = min(chain([] if fewest is None else [fewest], map(_filled, rows)), default=0)
        is_footer = _is_sparse if sheet else _is_short
        is_long = size > _MAX_SHORT and (sheet or max(map(_filled, footer)) > width / 2)
        if not is_long and all(is_footer(record, width, filled) for record in footer):
            return size
    return 0


def _is_sparse(record: Record, width: int, filled: int) -> bool:
    return _filled(record) < filled and (_filled(record) <= width // 2 or names_total(record[1]))


def _is_short(record: Record, width: int, filled: int) -> bool:
    return len(record[1]) < width or (names_total(record[1]) and _filled(record) < filled)


def names_total(cells: Sequence[str | None]) -> bool:
    """Return True where the first cell with a value is a word for a total.

    Example:
        >>> names_total(["", "Summe:", "12,90"]), names_total(["Total: Account", "9"]), names_total(["Total Care Soap", "4.50"])
        (True, True, False)
    """
    return _TOTAL.fullmatch(next((cell.strip() for cell in cells if cell and cell.strip()), "")) is not None


def _filled(record: Record) -> int:
    return sum(bool(cell.strip(_NOTHING)) for cell in record[1])
