"""Parse cells of JSON text, and follow paths within them; numbers keep their digits."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Final

from sluice.domain.nested_path import Match, Step

UNREADABLE: Final = object()  # in place of a cell that is no JSON object or array


class _Number(float):
    """Keep the text of a number with a fraction or an exponent."""

    text: str


def parse_documents(texts: Iterable[str]) -> Mapping[str, object]:
    """Return the JSON object or array of each text; UNREADABLE for any other text. A text that holds JSON text is parsed again."""
    return {text: _parse(text) for text in texts}


def _parse(text: str) -> object:
    try:
        value = json.loads(text, parse_float=_number)
        if isinstance(value, str):
            value = json.loads(value, parse_float=_number)
    except (ValueError, RecursionError):
        return UNREADABLE
    return value if value is None or isinstance(value, dict | list) else UNREADABLE


def _number(text: str) -> _Number:
    number = _Number(text)
    number.text = text.removesuffix(".0")  # an id is the same text from a program whose integers cannot be null
    return number


def follow(value: object, steps: Iterable[Step]) -> object:
    """Return the value at the end of the steps; None where there is none."""
    for step in steps:
        value = _next(value, step)
        if value is None:
            return None
    return value


def index_lists(documents: Iterable[object], key: str) -> list[Mapping[str, object]]:
    """Return for each document that is a list its elements by the text of their field `key`, the first of each text; none for any other document.

    Several paths into one list, such as those of GA4's parameters, then search it once.

    Example:
        >>> index_lists([[{"key": "id", "value": 7}], None], "key")
        [{'id': {'key': 'id', 'value': 7}}, {}]
    """
    return [_elements_by(document, key) if isinstance(document, list) else {} for document in documents]


def _elements_by(elements: Iterable[object], key: str) -> Mapping[str, object]:
    by_text: dict[str, object] = {}
    for element in elements:
        text = cell_text(element.get(key)) if isinstance(element, dict) else None
        if text is not None and text not in by_text:
            by_text[text] = element
    return by_text


def _next(value: object, step: Step) -> object:
    if step is True:
        values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return next((element for element in values if element is not None), None)
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return None
    if isinstance(step, int):
        return value[step] if step < len(value) else None
    return next((element for element in value if _matches(element, step)), None)


def _matches(element: object, step: Match) -> bool:
    return isinstance(element, dict) and cell_text(element.get(step.key)) == step.value


def cell_text(value: object) -> str | None:
    """Return a value as the text of a cell: an object or an array as JSON; null, NaN and the empty text as None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, _Number):
        return value.text
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return json.dumps(value, ensure_ascii=False)
