"""Define the settings of nested columns: paths, and the list whose elements become rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from sluice.domain import EMPTY, Message
from sluice.domain.nested_path import NestedPath, parse_path
from sluice.errors import InvalidValue
from sluice.messages import error_message, make_error


def _path(text: str) -> str:
    try:
        parse_path(text)
    except InvalidValue as error:
        raise make_error(InvalidValue, error_message(error)) from None
    return text


def _list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


PathText = Annotated[str, AfterValidator(_path)]
Paths = Annotated[tuple[PathText, ...], BeforeValidator(_list, json_schema_input_type=str | tuple[str, ...])]


def misplaced_path(paths: Mapping[str, Sequence[str]], explode: str | None) -> Message:
    """Return what is wrong with a path into the elements of a list; nothing where all fit `explode`.

    Args:
        paths: Paths of each column.
        explode: Path of the list whose elements become rows.
    """
    target = parse_path(explode) if explode else None
    if target and target.rest is not None:
        return Message.of("explode_in_brackets", list=explode.partition("[]")[0] if explode else "")
    for column, texts in paths.items():
        for path in map(parse_path, texts):
            if path.exploded and (target is None or path.exploded != (target.root, target.steps)):
                return Message.of("path_without_explode", column=column, other=_other(path, explode))
    return EMPTY


def _other(path: NestedPath, explode: str | None) -> Message:
    return Message.of("explode_elsewhere", explode=explode, root=path.root) if explode else EMPTY
