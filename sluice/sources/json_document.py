"""Find the records of a JSON document: an array of objects, at its top or below keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sluice.errors import SourceError
from sluice.messages import make_error

MAX_DEPTH = 3  # keys that are gone through for an array
_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def is_document(sample: bytes, form: str) -> bool:
    """Return True where a text that begins so is one JSON document, and False for one object a line.

    Args:
        sample: The first bytes.
        form: Declared format, `json` or `jsonl`; an object in the first line of a `json` file is a line of many, unless it is cut.
    """
    start = sample.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return True
    if form != "json" or not start.startswith(b"{"):
        return False
    first, _, rest = start.partition(b"\n")
    try:
        json.loads(first)
        return not rest.strip() and any(True for _ in find_arrays(first.decode()))
    except ValueError:
        return True


def records_of_document(text: str, path: str | None) -> Iterator[bytes]:
    """Yield the objects of a document's array as lines of JSON; a document without one is a single object.

    Args:
        text: The document.
        path: Keys above the array, with dots between them; None takes the longest array of objects.

    Raises:
        ValueError: The text is no JSON.
        SourceError: There is no array below the path.
    """
    arrays = dict(find_arrays(text))
    if path is None:
        path = max(arrays, key=lambda name: len(arrays[name]), default=None)
    elif path not in arrays:
        names = tuple(name for name in arrays if name)
        if names:
            raise make_error(SourceError, "no_array_below_but", path=path, names=names)
        raise make_error(SourceError, "no_array_below", path=path)
    spans = arrays[path] if path is not None else [_value_span(text, _skip(text, 0))]
    for start, end in spans:
        yield text[start:end].replace("\n", " ").replace("\r", " ").encode()


def find_arrays(text: str, start: int = 0, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield each array of objects with its path, as the spans of its elements.

    Raises:
        ValueError: The text is no JSON.
    """
    position = _skip(text, start)
    if text[position : position + 1] == "[":
        spans = list(_elements(text, position))
        if spans and text[spans[0][0]] == "{":
            yield ".".join(path), spans
    elif text[position : position + 1] == "{" and len(path) < MAX_DEPTH:
        for key, (begin, _) in _members(text, position):
            if text[begin] in "[{":
                yield from find_arrays(text, begin, (*path, key))


def _members(text: str, position: int) -> Iterator[tuple[str, tuple[int, int]]]:
    position = _skip(text, position + 1)
    while text[position : position + 1] == '"':
        key, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position : position + 1] != ":":
            raise json.JSONDecodeError("Expecting ':'", text, position)
        span = _value_span(text, _skip(text, position + 1))
        yield key, span
        position = _skip(text, span[1])
        if text[position : position + 1] != ",":
            break
        position = _skip(text, position + 1)
    if text[position : position + 1] != "}":
        raise json.JSONDecodeError("Expecting '}'", text, position)


def _elements(text: str, position: int) -> Iterator[tuple[int, int]]:
    position = _skip(text, position + 1)
    while text[position : position + 1] not in {"]", ""}:
        span = _value_span(text, position)
        yield span
        position = _skip(text, span[1])
        if text[position : position + 1] != ",":
            break
        position = _skip(text, position + 1)
    if text[position : position + 1] != "]":
        raise json.JSONDecodeError("Expecting ']'", text, position)


def _value_span(text: str, position: int) -> tuple[int, int]:
    return position, _DECODER.raw_decode(text, position)[1]


def _skip(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position
