"""Say why something happened as data: a code with parameters, which `sluice.messages` renders in a language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, Union

Param: TypeAlias = Union[str, int, float, bool, "Message", tuple["Param", ...], None]  # the operator takes no forward reference
TEXT = "text"  # the code of a finished sentence: what a person wrote, what another program reported, what was stored before codes
SEVERAL = "several"  # the code of messages that belong together


@dataclass(frozen=True, slots=True)
class Message:
    """Represent a reason, an answer or a check result by its code and its parameters.

    Attributes:
        code: Names a template of `sluice.messages`, such as `worst_dimension_below`.
        params: Values of the template's fields: text, numbers (shares as fractions of 1, times in ISO 8601), or further messages. Never a
            cell of a personal column, unless the frame that holds the message is masked.

    Example:
        >>> from sluice.messages import render
        >>> reason = Message.of("worst_dimension_below", dimension="validity", value=81.26, limit=90)
        >>> render(reason)
        'validity is 81.2, below 90'
        >>> Message.loads(reason.dumps()) == reason
        True
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, /, **params: Param) -> Message:
        """Return the message of a code with its parameters by name."""
        return cls(code, params)

    @classmethod
    def text(cls, sentence: str) -> Message:
        """Return a finished sentence as a message; it reads the same in every language."""
        return cls(TEXT, {"text": sentence})

    @classmethod
    def join(cls, messages: Iterable[Message]) -> Message:
        """Return several messages as one; a single one stays as it is."""
        parts = tuple(messages)
        return parts[0] if len(parts) == 1 else cls(SEVERAL, {"messages": parts}) if parts else EMPTY

    @classmethod
    def from_json(cls, value: object) -> Message:
        """Return the message of `to_json`, or a message itself; anything else is taken as a finished sentence."""
        if isinstance(value, cls):
            return value
        if isinstance(value, Mapping) and isinstance(value.get("code"), str):
            return cls(value["code"], {str(name): _from_json(param) for name, param in (value.get("params") or {}).items()})
        return cls.text("" if value is None else str(value))

    @classmethod
    def loads(cls, text: str) -> Message:
        """Return the message of `dumps`; a sentence that was stored without a code gets the code `text`."""
        try:
            stored = json.loads(text) if text.startswith("{") else None
        except ValueError:
            stored = None
        return cls.from_json(stored) if isinstance(stored, dict) and "code" in stored else cls.text(text)

    def to_json(self) -> dict[str, object]:
        """Return `code` and `params` as values that JSON knows."""
        return {"code": self.code, "params": {name: _to_json(param) for name, param in self.params.items()}}

    def dumps(self) -> str:
        """Return the message as JSON text; a finished sentence as it stands."""
        sentence = str(self) if self.code == TEXT else "{"
        return json.dumps(self.to_json(), ensure_ascii=False) if sentence.startswith("{") else sentence

    def __bool__(self) -> bool:
        return self.code != TEXT or bool(self.params.get("text"))

    def __hash__(self) -> int:
        return hash(self.dumps())

    def __str__(self) -> str:
        if self.code == TEXT:
            return str(self.params.get("text", ""))
        if self.code == SEVERAL and isinstance(parts := self.params.get("messages"), tuple):
            return "; ".join(map(str, parts))
        return f"{self.code}({', '.join(f'{name}={param}' for name, param in self.params.items())})"


EMPTY = Message.text("")


def _to_json(param: Param) -> object:
    if isinstance(param, Message):
        return param.to_json()
    return [_to_json(item) for item in param] if isinstance(param, tuple) else param


def _from_json(value: object) -> Param:
    if isinstance(value, Mapping):
        return Message.from_json(value)
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if isinstance(value, str):
        return Message.loads(value) if value.startswith('{"code":') else value  # a message column within another
    return value if isinstance(value, int | float) or value is None else str(value)
