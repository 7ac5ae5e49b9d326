"""Parse the path of a value within a nested column: `context.ip`, `items[0].item_id`, `event_params[key=page_location].value.*`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from sluice.domain.message import Message
from sluice.errors import InvalidValue

_NAME = r'"(?:[^"\\]|\\.)*"|[^.\[\]"]+'
_STEP = re.compile(rf"\.(?P<field>{_NAME})|\[(?P<index>\d+)\]|\[(?P<mark>#?)\]|\[(?P<key>{_NAME})=(?P<value>\"(?:[^\"\\]|\\.)*\"|[^\]]*)\]")


class Match(NamedTuple):
    """Select the first element of a list whose field `key` has a value."""

    key: str
    value: str


Step: TypeAlias = str | int | Match | Literal[True]  # a field, a position from 0, an element by a field of it; True: the first that has a value


@dataclass(frozen=True, slots=True)
class NestedPath:
    """Hold a path in parts.

    Attributes:
        root: Column of the file that it starts in.
        steps: Steps to the value; up to the elements of a list where there are `rest` or `position`.
        rest: Steps within an element of that list, one row for each element (`items[].item_id`); None without such a list.
        position: Whether the value is the element's position in the list, from 0 (`items[#]`).
    """

    root: str
    steps: tuple[Step, ...] = ()
    rest: tuple[Step, ...] | None = None
    position: bool = False

    @property
    def exploded(self) -> tuple[str, tuple[Step, ...]] | None:
        """Return the column and the steps of the list that has one row for each element; None without one."""
        return (self.root, self.steps) if self.rest is not None else None


def parse_path(text: str) -> NestedPath:
    """Parse a path.

    Fields are separated by dots, and stand in double quotes where their name holds a dot, a bracket or a quote. `[0]` is an element by
    its position, `[key=page_location]` the first element whose field `key` has that value, `*` the first field that has a value, `[]`
    every element (one row for each), `[#]` the position of that element.

    Example:
        >>> parse_path("event_params[key=page_location].value.*").steps
        (Match(key='key', value='page_location'), 'value', True)
        >>> parse_path("items[].item_id")
        NestedPath(root='items', steps=(), rest=('item_id',), position=False)

    Raises:
        InvalidValue: It is no path; says from which position on.
    """
    head = re.match(_NAME, text)
    if not head:
        raise InvalidValue.of(Message.of("path_begins_nowhere", text=text))
    steps: list[Step] = []
    ends: list[tuple[int, bool]] = []  # steps before `[]` or `[#]`, and which of them it is
    position = head.end()
    while position < len(text):
        part = _STEP.match(text, position)
        if not part or (ends and (ends[-1][1] or part["mark"] is not None)):
            raise InvalidValue.of(Message.of("path_goes_nowhere", text=text, position=position + 1))
        if part["mark"] is None:
            steps.append(_step(part))
        else:
            ends.append((len(steps), part["mark"] == "#"))
        position = part.end()
    root = _unquote(head[0])
    if not ends:
        return NestedPath(root, tuple(steps))
    end, is_position = ends[0]
    return NestedPath(root, tuple(steps[:end]), tuple(steps[end:]), is_position)


def quote_field(name: str) -> str:
    """Return the name of a field as it stands in a path.

    Example:
        >>> quote_field("ip"), quote_field("user.id")
        ('ip', '"user.id"')
    """
    return name if re.fullmatch(r'[^.\[\]"=*]+', name) else json.dumps(name, ensure_ascii=False)


def _step(part: re.Match[str]) -> Step:
    if part["field"] is not None:
        return True if part["field"] == "*" else _unquote(part["field"])
    return int(part["index"]) if part["index"] is not None else Match(_unquote(part["key"]), _unquote(part["value"]))


def _unquote(name: str) -> str:
    return str(json.loads(name)) if name.startswith('"') else name
