"""Read XML feeds as text: one row for each repeated element (`item`, `entry`, `product`), one column for each of its children."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import SourceError, TooLarge
from sluice.messages import make_error
from sluice.sources.content import sample_of
from sluice.sources.decompression import decompress
from sluice.sources.text_encoding import columns_to_read, is_utf8, to_utf8

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # for annotations; defusedxml parses

_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([\w.-]+)""")
_MAX_DEPTH = 50


def read(path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the names of the columns, and the requested ones as text; an absent child is null.

    Namespaces are left out of names. A child that is repeated is a JSON list, one that has children a JSON object, its attributes are columns of their own
    (`price_currency`). Documents with entities of their own are refused, since those may expand without end.

    Raises:
        SourceError: It is no XML, or no element is repeated; names the line.
        TooLarge: It exceeds a limit.
    """
    feed = XmlFeed(path, options, limits)
    records = options.records or feed.repeated_element()
    rows: dict[str, list[str | None]] = {}
    count = 0
    for element in feed.elements(records):
        for name, text in _cells(element).items():
            column = rows.setdefault(name, [])
            column.extend([None] * (count - len(column)))
            column.append(text or None)
        if len(rows) > limits.columns:
            raise make_error(TooLarge, "columns_too_many", file=path.name, limit=limits.columns)
        count += 1
    if not rows:
        raise make_error(SourceError, "xml_without_records", file=path.name, element=records)
    frame = pl.DataFrame({name: column + [None] * (count - len(column)) for name, column in rows.items()}, schema=dict.fromkeys(rows, pl.String))
    return tuple(rows), frame.select(columns_to_read(tuple(rows), columns))


@dataclass(frozen=True, slots=True)
class XmlFeed:
    """Stream a document."""

    path: Path
    options: ReadOptions
    limits: Limits

    def repeated_element(self) -> str:
        """Return the name of the element that is repeated: the commonest one with children at the least depth.

        Raises:
            SourceError: No element has children.
        """
        counts: Counter[tuple[int, str]] = Counter()
        for depth, element, closed in self._walk():
            if closed and depth and (len(element) or element.attrib):
                counts[depth, _local(element.tag)] += 1
            if closed and depth > 1:
                element[:] = element[:1]  # whether there are children is all that counts
        repeated = [key for key, number in counts.items() if number > 1] or list(counts)
        if not repeated:
            raise make_error(SourceError, "xml_without_rows", file=self.path.name)
        top = min(depth for depth, _ in repeated)
        return max((key for key in repeated if key[0] == top), key=lambda key: counts[key])[1]

    def elements(self, name: str) -> Iterator[Element]:
        """Yield the elements of a name, each whole; what was yielded is dropped."""
        inside = 0
        for _, element, closed in self._walk():
            if _local(element.tag) == name:
                inside += -1 if closed else 1
                if closed and not inside:
                    yield element
            if closed and not inside:
                element.clear()

    def _walk(self) -> Iterator[tuple[int, Element, bool]]:
        """Yield each element with its depth, when it opens and when it closes."""
        from xml.etree.ElementTree import ParseError  # the exception alone

        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import DefusedXMLParser, iterparse

        depth = 0
        try:
            for event, element in iterparse(_Stream(self._text()), events=("start", "end"), parser=DefusedXMLParser(encoding="utf-8")):
                depth -= event == "end"
                yield depth, element, event == "end"
                depth += event == "start"
                if depth > _MAX_DEPTH:
                    raise make_error(SourceError, "file_nested_too_deeply", file=self.path.name)
        except DefusedXmlException:
            raise make_error(SourceError, "xml_entities", file=self.path.name) from None
        except ParseError as error:
            line, column = error.position
            raise make_error(SourceError, "xml_broken", file=self.path.name, line=line, character=column + 1) from None

    def _text(self) -> Iterator[bytes]:
        return to_utf8(partial(decompress, self.path, self.limits.unpacked), self.path.name, self.encoding())

    def encoding(self) -> str:
        """Return the declared encoding: in the options, else in the document."""
        if not is_utf8(self.options.encoding):
            return self.options.encoding
        sample = sample_of(self.path, 400)
        match = _DECLARED.search(sample)
        if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        name = match[1].decode() if match else "utf-8"
        try:
            return name if b"".decode(name) == "" else "utf-8"
        except LookupError:
            return "utf-8"


class _Stream:
    """Offer chunks as a file to read from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, _size: int = -1) -> bytes:
        return next(self._chunks, b"")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _cells(element: Element) -> dict[str, str]:
    """Return the cells of a record; where two namespaces have a child of one name, the first that is filled counts."""
    cells: dict[str, str] = {}
    by_tag: dict[str, list[Element]] = {}
    for child in element:
        by_tag.setdefault(child.tag, []).append(child)
    for tag, children in by_tag.items():
        name = _local(tag)
        values = [_value(child) for child in children]
        text = _as_text(values[0] if len(values) == 1 else [value for value in values if value != ""])
        if text and not cells.get(name):
            cells[name] = text
        if len(children) == 1 and not len(children[0]):
            cells.update({f"{name}_{_local(key)}": value for key, value in children[0].attrib.items() if key not in {"href", "type", "rel"}})
    cells = {**{_local(key): value for key, value in element.attrib.items() if _local(key) not in cells}, **cells}
    text = (element.text or "").strip()
    return {**cells, "text": text} if text and not len(element) else cells


def _value(element: Element) -> object:
    if not len(element):
        return (element.text or "").strip() or element.attrib.get("href", "")
    values: dict[str, object] = {}
    for child in element:
        name, value = _local(child.tag), _value(child)
        before = values.get(name)
        values[name] = value if before is None else [*before, value] if isinstance(before, list) else [before, value]
    return values


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
