"""Define the parameters of requests, and read them: every one has a length, and an unknown one is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, from_json

from sluice.api.errors import ApiError, invalid
from sluice.config.mistakes import describe_mistake
from sluice.messages import render

MAX_PAGE_SIZE = 200
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

Text = Annotated[str, Field(min_length=1, max_length=300, pattern=_PRINTABLE)]
DatasetName = Annotated[str, Field(min_length=1, max_length=64, pattern=_PRINTABLE, description="name of a dataset")]
Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=_PRINTABLE)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Size = Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE, description="number of items, at most")]


class Parameters(BaseModel):
    """Hold the parameters of a request: of its path, and of its query or body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


P = TypeVar("P", bound=Parameters)


def read_query(kind: type[P], path: Mapping[str, object], query: Iterable[tuple[str, str]]) -> P:
    """Read the parameters of a request without a body.

    Args:
        kind: Parameters of the operation.
        path: Those of the path.
        query: Those of the query, in their order.

    Raises:
        ApiError: A parameter is unknown, twice there, or does not fit.
    """
    values: dict[str, object] = {}
    for name, text in query:
        if _is_list(kind, name):
            values[name] = (*_sequence(values.get(name)), text)
        elif name in values:
            raise invalid([{"name": name[:64], "message": "is given twice"}])
        else:
            values[name] = text
    return _validate(kind, path, values)


def read_body(kind: type[P], path: Mapping[str, object], body: bytes) -> P:
    """Read the parameters of a request whose body is a JSON object.

    Raises:
        ApiError: The body is no such object, or a parameter is unknown or does not fit.
    """
    try:
        values = from_json(body or b"{}", allow_inf_nan=False)
    except ValueError:
        raise ApiError(400, "invalid_json", "the body is not valid JSON") from None
    if not isinstance(values, dict):
        raise ApiError(400, "invalid_json", "the body must be a JSON object, such as {}")
    return _validate(kind, path, values)


def read_arguments(kind: type[P], values: Mapping[str, object]) -> P:
    """Read the arguments of a tool: the parameters of path and query by name.

    Raises:
        ApiError: One is unknown or does not fit.
    """
    return _validate(kind, {}, values)


def _validate(kind: type[P], path: Mapping[str, object], values: Mapping[str, object]) -> P:
    twice = [name for name in values if name in path]
    if twice:
        raise invalid([{"name": name, "message": "stands in the path"} for name in twice])
    try:
        return kind.model_validate({**values, **path})
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False)
        raise invalid([_field_of(mistake) for mistake in mistakes[:20]]) from None


def _field_of(mistake: ErrorDetails) -> Mapping[str, str]:
    """Return what is wrong with a parameter; what is about several together stands at no place."""
    name = {"name": ".".join(map(str, mistake["loc"]))[:64]} if mistake["loc"] else {}
    text = "holds a control character" if mistake["type"] == "string_pattern_mismatch" else render(describe_mistake(mistake))
    return {**name, "message": text[:200]}


def _is_list(kind: type[Parameters], name: str) -> bool:
    field = kind.model_fields.get(name)
    return field is not None and get_origin(field.annotation) is tuple


def _sequence(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
