"""Define the settings of nested columns: paths, and the list whose elements become rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from sluice.domain.nested_path import NestedPath, parse_path


def _path(text: str) -> str:
    parse_path(text)
    return text


def _list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


PathText = Annotated[str, AfterValidator(_path)]
Paths = Annotated[tuple[PathText, ...], BeforeValidator(_list, json_schema_input_type=str | tuple[str, ...])]


def misplaced_path(paths: Mapping[str, Sequence[str]], explode: str | None) -> str:
    """Return what is wrong with a path into the elements of a list; nothing where all fit `explode`.

    Args:
        paths: Paths of each column.
        explode: Path of the list whose elements become rows.
    """
    target = parse_path(explode) if explode else None
    if target and target.rest is not None:
        return f"explode names the list without brackets: {explode.partition('[]')[0] if explode else ''}"
    for column, texts in paths.items():
        for path in map(parse_path, texts):
            if path.exploded and (target is None or path.exploded != (target.root, target.steps)):
                return f"column {column}: its path has [] or [#], so the source needs `explode:` with the list before it" + _other(path, explode)
    return ""


def _other(path: NestedPath, explode: str | None) -> str:
    return f"; explode is {explode}, and the path starts in {path.root}" if explode else ""
