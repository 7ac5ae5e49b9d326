"""Read answers: one JSON document of the schema that was asked for, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

MOST_LETTERS = 200_000  # of an answer that are read
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL)
_THOUGHT = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
_SENT = frozenset({"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "const", "description"})
"""Keywords of JSON Schema that servers of the protocol share; the others are checked by us alone."""


class Form(BaseModel):
    """Be the base of the forms of answers: no unknown key, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


F = TypeVar("F", bound=Form)


def read_answer(text: str, form: type[F]) -> F | None:
    """Return an answer in its form; None where it does not fit, whatever else it says.

    A fence of Markdown and thoughts before the answer, which some models write in spite of the schema, are taken off.

    Args:
        text: What the model wrote.
        form: The form that was asked for.

    Example:
        >>> class Word(Form):
        ...     word: str
        >>> read_answer('{"word": "cup"}', Word), read_answer('{"word": 1}', Word), read_answer("Sure! Here it is.", Word)
        (Word(word='cup'), None, None)
    """
    plain = _THOUGHT.sub("", text[:MOST_LETTERS], count=1)
    fenced = _FENCED.fullmatch(plain)
    try:
        return form.model_validate_json(fenced[1] if fenced else plain)
    except ValidationError:
        return None


def schema_of_form(form: type[Form]) -> Mapping[str, Any]:
    """Return the JSON schema of a form, without references, with every key required, in the keywords that servers share.

    Example:
        >>> class Word(Form):
        ...     word: str
        >>> schema_of_form(Word)
        {'additionalProperties': False, 'required': ['word'], 'type': 'object', 'properties': {'word': {'type': 'string'}}}
    """
    schema = form.model_json_schema()
    plain: Mapping[str, Any] = _plain(schema, schema.get("$defs", {}))
    return plain


def _plain(part: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any part of a schema
    if isinstance(part, list):
        return [_plain(one, definitions) for one in part]
    if not isinstance(part, Mapping):
        return part
    if "$ref" in part:
        return _plain(definitions[str(part["$ref"]).rpartition("/")[2]], definitions)
    keywords = {name: _plain(value, definitions) for name, value in part.items() if name in _SENT and name != "properties"}
    if "properties" in part:
        keywords["properties"] = {name: _plain(value, definitions) for name, value in part["properties"].items()}
        keywords["required"] = list(part["properties"])
    if part.get("type") == "object":  # the docstring of a form is for people who read the code
        keywords.pop("description", None)
    return keywords
