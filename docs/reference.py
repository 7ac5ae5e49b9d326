"""Generate the reference pages (configuration, command line, Python API), the JSON Schema that `sluice schema` prints, and the OpenAPI document.

`python -m docs.reference` writes them; a test fails where they differ from the code.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import sluice
from docs.components import TABLES, Component, Setting, components, type_name
from docs.json_schema import config_schema
from sluice.api.openapi import openapi
from sluice.api.routes import OPERATIONS
from sluice.config import Config
from sluice.config.duration import write_duration
from sluice.config.renamed import RENAMED_KEYS, RENAMED_VALUES
from sluice.domain.renamed import STORED_NAMES

ROOT = Path(__file__).parents[1]
TITLES: Mapping[str, tuple[str, str]] = {
    "expectations": ("Expectations of Sluice", "under `datasets.NAME.suite`, beside those of Great Expectations"),
    "cleaners": ("Cleaners", "under `datasets.NAME.clean`, in the order in which they run"),
    "detectors": ("Detectors", "under `datasets.NAME.detect`"),
    "models": ("Recommender models", "under `recommender.models`"),
}
CONFIGURATION = """Every key of `sluice.yaml` and every setting of each component, with type, default and meaning. `sluice schema` prints the same as a
JSON Schema for editors. A duration is a number with a unit: `90s`, `15m`, `6h`, `1d`, `2w`. Generated from the code by `python -m docs.reference`."""
RENAMES = """Former names, before 0.1.0 was released, and the present ones. Former keys of sluice.yaml are read with a notice; stored words are translated where
they are read. Generated from the code by `python -m docs.reference`."""
STEP_SETTINGS = """Every expectation also takes `severity` (critical, warning, info: who is notified), `on_fail` (quarantine, repair, flag, block: what happens
to the rows; unless given, a rule about rows holds them where its severity is critical and flags them elsewhere, and the rules below have their own),
`dimension`, `description`, and, where it is about rows, `mostly` (share of rows that must pass, default 1) and `row_condition`. Expectations of Great
Expectations are written by their own names with their own arguments."""


def configuration() -> str:
    """Render every key of sluice.yaml and every setting of each component."""
    parts = [
        "# Configuration",
        CONFIGURATION,
        "## Keys",
        *_models(Config, "", set()),
    ]
    for kind in TABLES:
        title, place = TITLES[kind]
        parts += [f"## {title}", f"Written {place}.", *([STEP_SETTINGS] if kind == "expectations" else [])]
        parts += [part for component in components(kind) for part in _component(component)]
    return "\n\n".join(parts) + "\n"


def _models(model: type[BaseModel], path: str, done: set[type[BaseModel]]) -> Iterator[str]:
    """Render a part of the configuration, then the parts below it; a part that stands in several places is rendered once."""
    done.add(model)
    rows = [_key(field.alias or name, field) for name, field in model.model_fields.items()]
    yield f"### `{path or 'sluice.yaml'}`"
    yield " ".join((model.__doc__ or "").split())
    yield _table(("key", "type", "default", "meaning"), rows)
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            if part not in done and part.__name__ != "Step":
                yield from _models(part, f"{path}.{name}".lstrip(".") + (".NAME" if _is_mapping(field) else ""), done)


def _is_mapping(field: FieldInfo) -> bool:
    return "Mapping" in str(field.annotation)


def _parts(annotation: object) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _parts(inner)


def _key(name: str, field: FieldInfo) -> tuple[str, ...]:
    default = "required" if field.is_required() else _default(field)
    return f"`{name}`", _annotation(field), default, field.description or next((_summary(part) for part in _parts(field.annotation)), "")


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or value is None:
        return "unset"
    if isinstance(value, BaseModel):
        return "see below"
    if hasattr(value, "total_seconds"):
        return f"`{write_duration(value)}`"
    if isinstance(value, tuple | Mapping) and not value:
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _annotation(field: FieldInfo) -> str:
    if parts := [part.__name__ for part in _parts(field.annotation) if part.__name__ != "Step"]:
        return "mapping of names" if _is_mapping(field) else "mapping" if parts else ""
    if "Step" in str(field.annotation):
        return "list of steps"
    form: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return type_name(TypeAdapter(form).json_schema())


def _summary(part: type[BaseModel]) -> str:
    return " ".join((part.__doc__ or "").split("\n\n")[0].split())


def _component(component: Component) -> Iterator[str]:
    yield f"### `{component.name}`"
    yield component.summary
    if component.details:
        yield _paragraphs(component.details)
    if component.settings:
        yield _table(("setting", "type", "default", "meaning"), map(_setting, component.settings))
    if component.example:
        yield f"```python\n{component.example}\n```"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _setting(setting: Setting) -> tuple[str, ...]:
    return (
        f"`{setting.name}`",
        setting.type,
        "required" if setting.default is None else f"`{setting.default}`" if setting.default != "unset" else "unset",
        setting.description,
    )


def _table(head: tuple[str, ...], rows: Any) -> str:  # noqa: ANN401  # an iterable of rows
    escaped = [[re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (list(head), ["---"] * len(head), *escaped))


def command_line() -> str:
    """Render every command with its arguments and options."""
    import sluice.cli

    exits = _paragraphs(inspect.cleandoc(sluice.cli.__doc__ or "").split("\n\n")[1])
    parts = ["# Command line", "Results go to stdout, messages to stderr. Generated from the code by `python -m docs.reference`.", exits]
    command = typer.main.get_command(sluice.cli.app)
    return "\n\n".join([*parts, *_commands(command, "sluice")]) + "\n"


def _commands(command: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # typer carries its own click
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield f"## `{path}`"
        yield _paragraphs(inspect.cleandoc(command.help or ""))
        rows = [row for parameter in command.params if not getattr(parameter, "hidden", False) for row in [_parameter(parameter)]]
        if rows:
            yield _table(("parameter", "default", "meaning"), rows)
        return
    for name, inner in sorted(subcommands.items()):
        yield from _commands(inner, f"{path} {name}")


def _parameter(parameter: Any) -> tuple[str, ...]:  # noqa: ANN401  # typer carries its own click
    name = ", ".join(f"`{option}`" for option in parameter.opts) if parameter.param_type_name == "option" else f"`{parameter.name.upper()}`"
    default = "required" if parameter.required else "" if parameter.default in (None, False) or callable(parameter.default) else f"`{parameter.default}`"
    if parameter.default == "" and parameter.envvar:
        default = f"`${parameter.envvar}`, else required"
    return name, default, getattr(parameter, "help", "") or ""


def python_api() -> str:
    """Render every public name of the Python API: its signature and docstring."""
    parts = ["# Python API", "Everything that `import sluice` offers. Generated from the code by `python -m docs.reference`."]
    return "\n\n".join([*parts, *(part for name in sorted(sluice.__all__) for part in _public(name, getattr(sluice, name)))]) + "\n"


def _public(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401  # a class or a function
    yield f"## `sluice.{name}`"
    if not inspect.isclass(value):
        yield f"```python\n{name}{inspect.signature(value)}\n```"
    yield _docstring(value)
    if inspect.isclass(value) and not issubclass(value, Exception):
        for member, function in inspect.getmembers(value, inspect.isfunction):
            if not member.startswith("_") and function.__qualname__.startswith(value.__name__):
                yield f"### `{value.__name__}.{member}{inspect.signature(function)}`"
                yield _docstring(function)


def _docstring(value: object) -> str:
    """Render a Google-style docstring: sections become bold headings, examples become code."""
    lines: list[str] = []
    for block in (inspect.getdoc(value) or "").split("\n\n"):
        head, _, body = block.partition("\n")
        if re.fullmatch(r"(Args|Attributes|Raises|Returns|Yields|Example|Note):", head):
            entries = inspect.cleandoc(body) if head != "Example:" else f"```python\n{inspect.cleandoc(body)}\n```"
            lines.append(f"**{head[:-1]}**\n\n" + (re.sub(r"(?m)^(\w[\w, .*]*): ", r"- `\1`: ", entries) if head != "Example:" else entries))
        else:
            lines.append(" ".join(block.split()) if not block.startswith((" ", ">>>")) else f"```python\n{inspect.cleandoc(block)}\n```")
    return "\n\n".join(lines)


def renames() -> str:
    """Render the former names of settings and of stored words."""
    parts = [
        "# Renames",
        RENAMES,
        "## Keys and values of sluice.yaml",
        _table(("former", "present"), [(f"`{path}`", f"`{name}`") for path, name in sorted(RENAMED_KEYS.items())]),
        *_renamed_values(),
        "## Stored words",
        _table(("former", "present"), [(f"`{former}`", f"`{name}`") for former, name in sorted(STORED_NAMES.items())]),
    ]
    return "\n\n".join(parts) + "\n"


def _renamed_values() -> Iterator[str]:
    rows = [(f"`{path}: {former}`", f"`{value}`") for path, values in sorted(RENAMED_VALUES.items()) for former, value in values.items()]
    if rows:
        yield _table(("former", "present"), rows)


def json_schema() -> str:
    """Render the JSON Schema of sluice.yaml."""
    return json.dumps(config_schema(), indent=1, ensure_ascii=False) + "\n"


def http_api() -> str:
    """Render the OpenAPI document of the HTTP API."""
    return json.dumps(openapi(OPERATIONS), indent=1, ensure_ascii=False) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/configuration.md": configuration,
    "docs/cli.md": command_line,
    "docs/api.md": python_api,
    "docs/renames.md": renames,
    "docs/openapi.json": http_api,
    "sluice/config/sluice.schema.json": json_schema,
}
"""Each generated file, relative to the root, and the function that renders it."""


def main() -> None:
    """Write every page."""
    for name, render in PAGES.items():
        (ROOT / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
