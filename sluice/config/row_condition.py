"""Read the comparisons of a row condition, to check it without Great Expectations, which takes seconds to import.

The form is that of `checks.polars_engine.condition_parser`, which builds the conditions; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sluice.errors import InvalidValue
from sluice.messages import make_error

_TEXT = r"\"[^\"]*\"|'[^']*'"
_VALUE = rf"(?:-?\d+(?:\.\d+)?|{_TEXT}|(?:true|false)\b)"
_COMPARISON = re.compile(
    rf"""\s*(?:col\s*\(\s*(?P<quoted>{_VALUE})\s*\)|(?P<name>[^\W\d]\w*))
    \s*(?:is\b\s*(?:not\b\s*)?null\b
      |(?:not\b\s*)?in\b\s*\(\s*(?P<values>{_VALUE}(?:\s*,\s*{_VALUE})*)\s*\)
      |(?:==|!=|<=|>=|<|>)\s*(?P<value>{_VALUE}))""",
    re.VERBOSE,
)
_JOINED = re.compile(r"\s*(?:and|or)\b")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold one comparison of a row condition.

    Attributes:
        column: Its column.
        values: The values that it is compared with; none for `is null`.
    """

    column: str
    values: tuple[object, ...]


def comparisons(text: str) -> Iterator[Comparison]:
    """Yield the comparisons of a row condition.

    Args:
        text: The condition, such as `kind == "purchase" and price > 0`.

    Raises:
        ValueError: It cannot be read; the error says from where on.

    Example:
        >>> [(one.column, one.values) for one in comparisons('kind in ("buy", "view") or n is null')]
        [('kind', ('buy', 'view')), ('n', ())]
    """
    position = 0
    while True:
        match = _COMPARISON.match(text, position)
        if match is None:
            raise make_error(InvalidValue, "condition_unreadable", rest=_rest(text, position))
        values = re.findall(_VALUE, match["values"] or match["value"] or "")
        yield Comparison(match["name"] or str(_parse(match["quoted"])), tuple(map(_parse, values)))
        position = match.end()
        joined = _JOINED.match(text, position)
        if joined is None:
            break
        position = joined.end()
    if text[position:].strip():
        raise make_error(InvalidValue, "condition_goes_on", rest=_rest(text, position))


def _rest(text: str, position: int) -> str:
    return repr(text[position:].strip()[:20]) if text[position:].strip() else "its end"


def _parse(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    if text[0] in "\"'":
        return text[1:-1]
    return float(text) if "." in text else int(text)
