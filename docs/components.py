"""Describe every cleaner, detector, expectation and model that sluice.yaml may name, from the classes themselves."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from checks.expectations import EXPECTATIONS
from cleaning import CLEANERS
from detectors import DETECTORS
from recommender.models import MODELS
from sluice.config.duration import write_duration

TABLES: Mapping[str, Mapping[str, str]] = {"expectations": EXPECTATIONS, "cleaners": CLEANERS, "detectors": DETECTORS, "models": MODELS}
"""Kind of component to its table of names and `module:Class`."""

_PROVIDED_FIELDS = frozenset({"schema", "scorers"})  # filled in by the program
_PROVIDED_ARGUMENTS = frozenset({"data", "seed", "init_model", "fitted_models"})  # of a model's `fit`
_ENTRY = re.compile(r"^(\w+)(?: \([^)]*\))?: (.*)$")
_SECTION = re.compile(r"^(Attributes|Args|Example|Examples|Raises|Returns|Note):$")


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one setting of a component.

    Attributes:
        name: Key in sluice.yaml.
        type: Type as people read it.
        default: Default as written in YAML; None where the setting is required.
        description: Meaning, with its unit.
        schema: JSON Schema of the value.
    """

    name: str
    type: str
    default: str | None
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Component:
    """Describe one cleaner, detector, expectation or model.

    Attributes:
        name: Name in sluice.yaml.
        summary: First line of its docstring.
        details: Rest of its docstring, without sections.
        settings: Settings in the order of their definition.
        example: Lines of the docstring's example; empty where it has none.
    """

    name: str
    summary: str
    details: str
    settings: Sequence[Setting]
    example: str


def components(kind: str) -> Sequence[Component]:
    """Describe every component of a kind.

    Args:
        kind: One of `TABLES`.

    Example:
        >>> [component.name for component in components("cleaners")][:2]
        ['parse', 'normalize_text']
    """
    return [_component(name, _load(target)) for name, target in TABLES[kind].items()]


def _load(target: str) -> type:
    module, _, attribute = target.partition(":")
    cls: type = getattr(importlib.import_module(module), attribute)
    return cls


def _component(name: str, cls: type) -> Component:
    summary, details, sections = _parse(cls)
    settings = _dataclass_settings(cls) if _takes_schema(cls) else _fit_settings(cls)
    return Component(name, summary, details, list(settings), "\n".join(sections.get("Example", ())))


def _takes_schema(cls: type) -> bool:
    """Return whether the fields of a class are its settings; those of a model are arguments of its `fit`."""
    return dataclasses.is_dataclass(cls) and any(field.name == "schema" for field in dataclasses.fields(cls))


def _dataclass_settings(cls: type) -> Iterator[Setting]:
    hints = get_type_hints(cls, include_extras=True)
    descriptions = _descriptions(cls)
    for field in dataclasses.fields(cls):
        if not field.init or field.name in _PROVIDED_FIELDS or field.name.startswith("_"):
            continue
        default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
        yield _setting(field.name, hints[field.name], default, dataclasses.MISSING, descriptions.get(field.name, ""))


def _fit_settings(cls: type) -> Iterator[Setting]:
    fit = cls.fit  # type: ignore[attr-defined]  # a model by contract
    hints = get_type_hints(fit, include_extras=True)
    descriptions = dict(_entries(_sections(inspect.getdoc(fit) or "")[1].get("Args", ())))
    for name, parameter in inspect.signature(fit).parameters.items():
        if name not in _PROVIDED_ARGUMENTS and parameter.kind is parameter.KEYWORD_ONLY:
            yield _setting(name, hints[name], parameter.default, parameter.empty, descriptions.get(name, ""))


def _setting(name: str, hint: Any, default: object, missing: object, description: str) -> Setting:  # noqa: ANN401  # any annotation
    schema = TypeAdapter(hint).json_schema()
    return Setting(name, type_name(schema), None if default is missing else _yaml(default), description, schema)


def _yaml(value: object) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "total_seconds"):
        return write_duration(value)  # type: ignore[arg-type]  # a timedelta
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value) or '""'


def type_name(schema: Mapping[str, Any]) -> str:
    """Name the type of a JSON Schema in words."""
    if "enum" in schema or "const" in schema:
        return " \\| ".join(map(str, schema.get("enum", [schema.get("const")])))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_name(choice) for choice in schema["anyOf"] if choice.get("type") != "null"))
    if schema.get("title") == "Duration":
        return "duration"
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"list of {type_name(items)}s" if isinstance(items, Mapping) and items else "list"
    return {"object": "mapping"}.get(str(schema.get("type")), str(schema.get("type", "any")))


def _parse(cls: type) -> tuple[str, str, Mapping[str, Sequence[str]]]:
    text, sections = _sections(inspect.getdoc(cls) or "")
    summary, _, details = text.partition("\n\n")
    return " ".join(summary.split()), details.strip(), sections


def _sections(doc: str) -> tuple[str, Mapping[str, Sequence[str]]]:
    """Split a Google-style docstring into its prose and its sections' lines."""
    prose: list[str] = []
    sections: dict[str, list[str]] = {}
    lines = prose
    for line in doc.splitlines():
        if match := _SECTION.match(line):
            lines = sections.setdefault(match[1].removesuffix("s") if match[1] == "Examples" else match[1], [])
        else:
            lines.append(line.removeprefix("    ") if lines is not prose else line)
    return "\n".join(prose).strip(), {name: _trimmed(body) for name, body in sections.items()}


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    return "\n".join(lines).strip("\n").splitlines()


def _entries(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Read `name: text` entries, whose text may go on in deeper lines."""
    name, text = "", ""
    for line in lines:
        if match := _ENTRY.match(line):
            if name:
                yield name, text
            name, text = match[1], match[2]
        else:
            text += f" {line.strip()}" if line.strip() else ""
    if name:
        yield name, text


def _descriptions(cls: type) -> Mapping[str, str]:
    """Collect the descriptions of a class's attributes, those of its bases among them."""
    descriptions: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__doc__:
            descriptions |= _entries(_sections(inspect.cleandoc(base.__doc__))[1].get("Attributes", ()))
    return descriptions
