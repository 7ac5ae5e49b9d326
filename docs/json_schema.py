"""Build the JSON Schema of sluice.yaml, which editors use to complete keys and to mark mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docs.components import Component, components
from sluice.config import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Build the schema: every key of the configuration, and every setting of each component.

    Example:
        >>> config_schema()["title"]
        'sluice.yaml'
    """
    schema = Config.model_json_schema()
    definitions = schema["$defs"]
    dataset, recommender = definitions["Dataset"]["properties"], definitions["Recommender"]["properties"]
    dataset["suite"] = {**_without(dataset["suite"], "anyOf"), "anyOf": [_steps("expectations", other="^expect_"), {"type": "string"}]}
    for kind, properties, key in (("cleaners", dataset, "clean"), ("detectors", dataset, "detect"), ("models", recommender, "models")):
        properties[key] = {**_without(properties[key], "items"), **_steps(kind)}
    definitions.pop("Step", None)
    return {"$schema": DIALECT, **schema, "title": "sluice.yaml"}


def _without(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}


def _steps(kind: str, *, other: str = "") -> dict[str, Any]:
    """Build the schema of a list of steps, each written `name` or `name: {setting: value}`.

    Args:
        kind: Kind of component.
        other: Pattern of further names whose settings are not known here.
    """
    table = components(kind)
    names: list[dict[str, Any]] = [{"enum": [component.name for component in table]}]
    mapping: dict[str, Any] = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False}
    mapping["properties"] = {component.name: _settings(component) for component in table}
    if other:
        names.append({"type": "string", "pattern": other})
        mapping["patternProperties"] = {
            f"{other}(?!({'|'.join(component.name.removeprefix('expect_') for component in table)})$)": {"type": ["object", "null"]}
        }
    return {"type": "array", "items": {"anyOf": [*names, mapping]}}


def _settings(component: Component) -> dict[str, Any]:
    required = [setting.name for setting in component.settings if setting.default is None]
    properties = {setting.name: {**setting.schema, "description": setting.description} for setting in component.settings}
    if component.name.startswith("expect_"):
        properties |= {name: {} for name in ("severity", "on_fail", "dimension", "description", "mostly", "row_condition")}
    return {
        "type": "object" if required else ["object", "null"],
        "description": component.summary,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
