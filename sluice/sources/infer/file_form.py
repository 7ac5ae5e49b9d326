"""Infer how the files of a dataset are read: encoding, separator, header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from sluice.config import Limits
from sluice.config.checks import Check, Risk
from sluice.domain import Message, ReadOptions
from sluice.errors import SourceError
from sluice.sources.content import format_of, infer_separator, lines_of, records_of, sample_of
from sluice.sources.delimited import separator_of
from sluice.sources.excel import sheet_names, sheet_records
from sluice.sources.framed_list import SEPARATOR as FRAME
from sluice.sources.framed_list import is_framed
from sluice.sources.head_row import MAX_ROWS_BEFORE, are_words, find_head_row, has_descriptions_below, has_units_below, trimmed
from sluice.sources.infer.encodings import infer_encoding
from sluice.sources.infer.file_groups import Group
from sluice.sources.json_document import find_arrays, is_document
from sluice.sources.mixed_text import decode
from sluice.sources.template_rows import stated_rows
from sluice.sources.xml import XmlFeed

_VALUE = re.compile(r"[-+]?[\d.,:/\s%TZ-]*\d[\d.,:/\s%TZ-]*|true|false", re.IGNORECASE)
_NO_NAME = re.compile(r"https?://\S|[\w.+-]+@[\w-]+\.\w|\[\{\"")  # a link, an address, a list of objects in each row, the first included
_PERIOD = re.compile(r"(19|20)\d\d([-/.](0?[1-9]|1[0-2])([-/.]\d\d?)?)?|(\d\d?[-/.])?\d\d?[-/.](19|20)\d\d")  # 2026, 2026-11, 11/2026, 26.11.2026
_ALMOST_ALL = 0.9
_EXAMPLES = 3  # cells of a row of descriptions


def infer_options(group: Group, path: Path, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...]]:
    """Infer from a file of a group how its files are read, with what a person should check."""
    options = ReadOptions(group.format)
    try:
        form = group.format or format_of(path)
    except SourceError:
        return options, ()
    if form == "csv":
        return _csv_options(path, options, group.dataset, limits)
    if form in {"json", "jsonl"}:
        return _json_options(path, options, group.dataset, limits)
    if form == "xml":
        return replace(options, records=XmlFeed(path, options, limits).repeated_element()), ()
    if form == "excel":
        return _sheet_options(path, options, group.dataset, limits)
    return options, ()


def with_names(check: Check, stated: Message, risk: Risk | None = None) -> Check:
    """Return a check of a file without header that says where its names are from; any other check as it is.

    Args:
        check: The check.
        stated: Where they are from.
        risk: What a wrong decision costs then; as before unless given.
    """
    if check.reason.code != "init_no_header":
        return check
    return replace(check, reason=Message.of("init_no_header", names=stated), risk=risk or check.risk)


def footer_check(file: str, lines: Sequence[int], dataset: str) -> Check:
    """Return what a person should check where the last records of a file, on these lines, are taken for its footer."""
    return Check(Message.of("init_footer_records", lines=tuple(lines), file=file), "rows", dataset)


def _csv_options(path: Path, options: ReadOptions, dataset: str, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...]]:
    encoding = infer_encoding(path, limits)
    checks = []
    if encoding.letters:
        code = "init_encodings" if "," in encoding.name else "init_encoding"
        reason = Message.of(code, encoding=encoding.name, letters=encoding.letters)
        checks.append(Check(reason, "guess" if encoding.sure else "values", dataset))
    sample = sample_of(path)
    lines = [line for line in lines_of(decode(sample, encoding.name).removeprefix("\ufeff"), len(sample)) if line.strip()]
    separator, _ = infer_separator(lines)
    records = records_of(lines, separator)
    if separator == FRAME and is_framed(records):
        checks.append(Check(Message.of("init_framed"), "guess", dataset))
        return replace(options, encoding=encoding.name, separator=separator, header="search"), tuple(checks)
    options = replace(options, encoding=encoding.name, separator=separator if separator != separator_of(path, options) else None)
    options, more = _with_header(records, options, dataset)
    return options, (*checks, *more)


def _with_header(records: Sequence[Sequence[str]], options: ReadOptions, dataset: str) -> tuple[ReadOptions, tuple[Check, ...]]:
    """Add what the first records say about the header."""
    if records and stated_rows(records[0]):
        return replace(options, header="search"), ()
    head = find_head_row(records, None)
    if head and len(records) > 1 and _is_apart(records[:head], records[head]):
        check = Check(Message.of("init_header_below", line=head + 1), "guess", dataset)
        options, checks = _with_units(records, head, options, dataset)
        return replace(options, header="search"), (check, *checks)
    if has_no_header(records):
        ((width, _),) = Counter(map(len, records)).most_common(1)  # a row with an escaped separator has more
        names = tuple(f"c{number}" for number in range(1, width + 1))
        check = Check(Message.of("init_no_header", names=Message.of("init_write_names")), "rows", dataset)
        return replace(options, header=False, names=names), (check,)
    return _with_units(records, 0, options, dataset)


def _is_apart(before: Sequence[Sequence[str]], head: Sequence[str]) -> bool:
    """Return True where the rows above the names are no rows of the table: shorter, comments, or a line about the file with more cells than it."""
    longer = len(before[0]) > len(head) and all(len(row) != len(head) for row in before)
    return len(trimmed(before[0])) < len(trimmed(head)) or before[0][0].startswith("#") or longer


def _with_units(records: Sequence[Sequence[str]], head: int, options: ReadOptions, dataset: str) -> tuple[ReadOptions, tuple[Check, ...]]:
    """Leave out the row below the names where it holds units or descriptions."""
    units = has_units_below(records, head)
    if not units and not has_descriptions_below(records, head):
        return options, ()
    cells = [cell.strip() for cell in records[head + 1] if cell.strip()]
    reason = Message.of("init_units_below", units=", ".join(cells)) if units else Message.of("init_descriptions_below", cells=tuple(cells[:_EXAMPLES]))
    check = Check(reason, "guess", dataset)
    return replace(options, header="search", header_rows=2), (check,)


def _sheet_options(path: Path, options: ReadOptions, dataset: str, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...]]:
    """Return the sheet that is a template, or has the most rows, and what its first rows say about the header."""
    sizes, templates = {}, set()
    for name in sheet_names(path):
        with suppress(SourceError):  # it has no cells
            _, first = next(rows := sheet_records(path, name, limits))
            sizes[name] = 1 + sum(1 for _ in rows)
            templates |= {name} if stated_rows(first) else set()
    if not sizes:
        return options, ()
    largest = max(sizes, key=lambda name: (name in templates, sizes[name]))
    records = [cells for _, cells in islice(sheet_records(path, largest, limits), MAX_ROWS_BEFORE)]
    options, checks = _with_header(records, options, dataset)
    if len(sizes) > 1:
        options = replace(options, sheet=largest)
        code = "init_sheet_template" if largest in templates else "init_sheet_largest"
        checks = (*checks, Check(Message.of(code, sheet=largest, sheets=tuple(sizes)), "unread", dataset))
    return options, checks


def has_no_header(records: Sequence[Sequence[str]]) -> bool:
    """Return True where the first record has the form of a row: a number in each column of numbers, and no cell that names a column.

    Args:
        records: The first records of a file, at least two of which are compared.
    """
    if len(records) < 2 or len(records[0]) < 2:
        return False
    if len(records) > 2 and len(records[0]) > len(records[1]) and any(cell.endswith("\\") for cell in records[0]):
        records = records[1:]  # a separator of a value is escaped in the first row, whose cells say little so
    first, rest = records[0], [record for record in records[1:] if len(record) == len(records[0])]
    if any(_NO_NAME.match(cell) and all(_NO_NAME.match(record[position]) for record in rest) for position, cell in enumerate(first) if cell and rest):
        return True
    of_values = [position for position in range(len(first)) if rest and _share_of_values(rest, position) >= _ALMOST_ALL]
    if of_values:
        heads = [first[position].strip() for position in of_values]
        periods = len(heads) < len(first) and len(set(heads)) == len(heads) and all(map(_PERIOD.fullmatch, heads))  # a table with a column for each year
        periods = periods and not any(_is_of_periods(rest, position) for position in of_values)
        filled = [head for head in heads if head]  # a row may lack the values of some columns
        return len(filled) > 0 and all(map(_VALUE.fullmatch, filled)) and not periods and not are_words(first)
    repeated = sum(cell in {record[position] for record in rest} for position, cell in enumerate(first) if cell)
    return repeated > 0.5 * len(first)


def _is_of_periods(records: Sequence[Sequence[str]], position: int) -> bool:
    """Return True for a column that holds dates, as those of a table without names do."""
    cells = [cell for record in records if (cell := record[position].strip())]
    return sum(_PERIOD.fullmatch(cell) is not None for cell in cells) > len(cells) / 2


def _share_of_values(records: Sequence[Sequence[str]], position: int) -> float:
    cells = [record[position].strip() for record in records]
    filled = [cell for cell in cells if cell]
    return sum(_VALUE.fullmatch(cell) is not None for cell in filled) / len(filled) if filled else 0.0


def _json_options(path: Path, options: ReadOptions, dataset: str, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...]]:
    """Return the encoding of a JSON file, and the path of the array that holds its records where it is a document."""
    encoding = infer_encoding(path, limits)
    options = replace(options, encoding=encoding.name)
    sample = decode(sample_of(path), encoding.name).encode()
    if not is_document(sample, options.format or format_of(path)):
        return options, ()
    try:
        arrays = dict(find_arrays(decode(sample_of(path, limits.unpacked), encoding.name)))
    except ValueError:
        return options, ()  # reading it reports the error
    longest = max(arrays, key=lambda name: len(arrays[name]), default="")
    if not longest:
        return options, ()
    others = [name for name in arrays if name != longest]
    reason = Message.of("init_longest_array", records=longest, others=tuple(others[:3]))
    return replace(options, records=longest), (Check(reason, "guess", dataset),) if others else ()
