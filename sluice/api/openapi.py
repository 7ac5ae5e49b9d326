"""Write the OpenAPI 3.1 document of the table of operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sluice import __version__
from sluice.api.answers import ErrorAnswer
from sluice.api.health import HealthAnswer
from sluice.api.keys import MAX_LENGTH
from sluice.api.operation import Operation

_REFERENCE = "#/components/schemas/{model}"
_ERRORS: Mapping[str, str] = {
    "400": "a parameter is unknown, or does not fit",
    "401": "the token is missing or wrong",
    "403": "the token lacks the role, here or on the dataset, or the service changes nothing",
    "404": "what is named does not exist, or is about a dataset that the token may not see",
    "429": "more requests a minute than are admitted",
    "503": "the database or the lake does not answer, or nothing serves yet",
}
_ERRORS_OF_WRITES: Mapping[str, str] = {
    "408": "the body did not arrive in time",
    "409": "what is named is in another state, or an id belongs to another event",
    "413": "the body is too long",
    "415": "the body is not sent as application/json, or not in the form that the dataset reads",
    "422": "the Idempotency-Key belongs to another request, or rows lack columns or cannot be read",
}
KEY_TEXT = (
    "a key of your own, such as a UUID: a request that is sent again under it within 24 hours, as after a lost answer, is carried out once and answered as at "
    "first, with the header Idempotent-Replayed: true. Keys of different tokens are different ones"
)
DESCRIPTION = (
    "Gates, runs, incidents and held rows of a shop. A message has a code and parameters for programs and a sentence for people. "
    "Lists come page by page: pass `next` of one page as `before` of the following one."
)


def openapi(operations: Sequence[Operation[Any]]) -> dict[str, Any]:
    """Return the document.

    Args:
        operations: The operations, in their order.
    """
    answers: list[type[BaseModel]] = [ErrorAnswer, HealthAnswer, *(operation.answer for operation in operations if operation.answer is not None)]
    _, schemas = models_json_schema([(answer, "serialization") for answer in dict.fromkeys(answers)], ref_template=_REFERENCE)
    paths: dict[str, dict[str, object]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    paths["/healthz"] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sluice", "version": __version__, "description": DESCRIPTION},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "token of a role; none where the service needs none"}},
        },
    }


def parameters_of(operation: Operation[Any]) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Return the JSON Schema of each parameter of an operation by name, and the names of those that are required."""
    schema = operation.parameters.model_json_schema(ref_template=_REFERENCE)
    named = {name: one for name, one in schema.get("properties", {}).items() if not operation.takes or name in operation.in_path}  # a file is no parameter
    properties = {name: {key: value for key, value in one.items() if key != "title"} for name, one in named.items()}
    return properties, [name for name in schema.get("required", []) if name in named]


def _operation(operation: Operation[Any]) -> dict[str, object]:
    properties, required = parameters_of(operation)
    beside = {name: schema for name, schema in properties.items() if name not in operation.in_path}
    parameters = [_parameter(name, "path", properties[name], required=True) for name in operation.in_path]
    description: dict[str, object] = {"operationId": operation.name, "summary": operation.summary, "description": f"Least role: {operation.role}."}
    if operation.writes:
        parameters.append(_key())
        body = {"type": "object", "properties": beside, "required": [name for name in required if name in beside], "additionalProperties": False}
        content: dict[str, dict[str, object]] = {media: {} for media in operation.takes} or {"application/json": {"schema": body}}
        description["requestBody"] = {"required": True, "content": content}
    else:
        parameters += [_parameter(name, "query", schema, required=name in required) for name, schema in beside.items()]
    return {**description, "parameters": parameters, "responses": _responses(operation)}


def _health() -> dict[str, object]:
    """Describe the one path that needs no token."""
    return {
        "operationId": "getHealth",
        "summary": "Say whether the database answers, and a worker is alive.",
        "security": [],
        "responses": {
            "200": {"description": "everything works", "content": {"application/json": {"schema": _refer(HealthAnswer)}}},
            "503": {"description": "something does not", "content": {"application/json": {"schema": _refer(ErrorAnswer)}}},
        },
    }


def _key() -> dict[str, object]:
    return {"name": "Idempotency-Key", "in": "header", "required": False, "description": KEY_TEXT, "schema": {"type": "string", "maxLength": MAX_LENGTH}}


def _parameter(name: str, place: str, schema: Mapping[str, Any], *, required: bool) -> dict[str, object]:
    rest = {key: value for key, value in schema.items() if key != "description"}
    text = {"description": schema["description"]} if "description" in schema else {}
    return {"name": name, "in": place, "required": required, **text, "schema": rest}


def _responses(operation: Operation[Any]) -> dict[str, object]:
    content = {"application/json": {"schema": _refer(operation.answer)}} if operation.answer else {operation.media: {"schema": {"type": "string"}}}
    errors = dict(sorted({**_ERRORS, **(_ERRORS_OF_WRITES if operation.writes else {})}.items()))
    refusals = {status: {"description": text, "content": {"application/json": {"schema": _refer(ErrorAnswer)}}} for status, text in errors.items()}
    return {str(operation.status): {"description": operation.summary, "content": content}, **refusals}


def _refer(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}
