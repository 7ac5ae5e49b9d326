"""Judge the roles that `init` declared: type of each column, key, time, mode, references, and what is personal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.first_contact.compare import is_named, normal
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.truth import Table
from sluice.config import Config, Step
from sluice.wiring.order import REFERENCE

Kind = Literal["type", "key", "time", "mode", "reference", "personal"]


@dataclass(frozen=True, slots=True)
class Role:
    """Compare one declared role with the right one."""

    platform: str
    table: str
    kind: Kind
    column: str
    declared: str
    right: str
    correct: bool


def judge_roles(platform: Platform, config: Config | None, taken: Mapping[str, str]) -> list[Role]:
    """Compare a configuration with the truth.

    Args:
        platform: The platform.
        config: What `init` wrote; None where it wrote nothing, and every role is wrong.
        taken: Name of the dataset by table.
    """
    roles: list[Role] = []
    for table in platform.tables:
        dataset = config.datasets.get(taken.get(table.name, "")) if config else None
        roles += _of_table(platform.name, table, dataset, taken)
    return roles


def _of_table(platform: str, table: Table, dataset: Any, taken: Mapping[str, str]) -> Iterator[Role]:  # noqa: ANN401  # the configuration's own type
    declared = declared_columns(table, dataset)

    def role(kind: Kind, column: str, value: object, right: object, *, correct: bool) -> Role:
        return Role(platform, table.name, kind, column, str(value), str(right), correct)

    for column in table.columns:
        found_column = declared.get(column.name)
        type_, personal = (found_column.type, found_column.personal) if found_column else ("missing", False)
        if column.types:
            yield role("type", column.name, type_, "|".join(column.types), correct=type_ in column.types)
        if column.personal is not None:
            yield role("personal", column.name, personal, column.personal, correct=bool(personal) == column.personal)
    yield from _of_rows(role, table, dataset)
    yield from _references(role, table, dataset, taken)


def declared_columns(table: Table, dataset: Any) -> dict[str, Any]:  # noqa: ANN401  # the configuration's own type
    """Return the declared column of each column of a table, by the table's name for it."""
    if dataset is None:
        return {}
    names = list(dataset.columns)
    if not is_named(table, names):
        return {column.name: dataset.columns[name] for column, name in zip(table.columns, names, strict=False)}
    paths = {name: normal(path_of(name, dataset.columns[name])) for name in reversed(names)}
    by_name = {path: name for name, path in paths.items()}
    by_end = {path.rpartition(".")[2]: name for name, path in paths.items()}
    pairs = ((column.name, by_name.get(normal(column.name)) or by_end.get(normal(column.name).rpartition(".")[2])) for column in table.columns)
    return {column: dataset.columns[name] for column, name in pairs if name is not None}


def path_of(name: str, declared: Any) -> str:  # noqa: ANN401  # the configuration's own type
    """Return the first path of a nested column in its record; the name of any other."""
    return str(next(iter(declared.path), name))


def _names(table: Table, dataset: Any) -> dict[str, str]:  # noqa: ANN401  # the configuration's own type
    """Return the truth's name of every declared column."""
    if not is_named(table, dataset.columns):
        return {name: column.name for name, column in zip(dataset.columns, table.columns, strict=False)}
    by_name = {normal(column.name): column.name for column in table.columns}
    return {name: by_name.get(normal(path_of(name, declared)), name) for name, declared in dataset.columns.items()}


def _of_rows(role: Any, table: Table, dataset: Any) -> Iterator[Role]:  # noqa: ANN401  # a local function
    if dataset is None:
        for kind, right in (("key", table.keys), ("time", table.times), ("mode", table.modes)):
            yield role(kind, "", "missing", right, correct=False)
        return
    names = _names(table, dataset)
    key = tuple(names.get(name, name) for name in columns_of_key(dataset.key))
    yield role("key", "", key, table.keys, correct=set(key) in [set(right) for right in table.keys])
    time = names.get(dataset.time, dataset.time) if dataset.time else None
    yield role("time", "", time, table.times, correct=time in table.times)
    yield role("mode", "", dataset.mode, table.modes, correct=dataset.mode in table.modes)


def columns_of_key(key: Any) -> Sequence[str]:  # noqa: ANN401  # two forms of the configuration
    """Return the columns of a configured key, in either of its forms."""
    if key is None:
        return ()
    columns = getattr(key, "columns", key)
    return [columns] if isinstance(columns, str) else list(columns)


def _references(role: Any, table: Table, dataset: Any, taken: Mapping[str, str]) -> Iterator[Role]:  # noqa: ANN401  # a local function
    present = references_of(dataset) if dataset is not None else {}
    names = _names(table, dataset) if dataset is not None else {}
    found_references = {names.get(column, column): other for column, other in present.items()}
    for column, other in table.references.items():
        yield role("reference", column, found_references.get(column), other, correct=found_references.get(column) == taken.get(other, other))
    for column, other in found_references.items():
        if column not in table.references:
            yield role("reference", column, other, None, correct=False)


def references_of(dataset: Any) -> dict[str, str]:  # noqa: ANN401  # the configuration's own type
    """Return the referenced dataset by column, from the suite of a configured dataset."""
    steps = [step.settings for step in dataset.suite if isinstance(step, Step) and step.name == REFERENCE]
    return {str(settings["column"]): str(settings["dataset"]) for settings in steps}
