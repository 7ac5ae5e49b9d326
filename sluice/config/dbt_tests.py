"""Read the tests of a dbt project, from its `manifest.json` or from a `schema.yml`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sluice.errors import UsageError
from sluice.messages import make_error

_REFERENCE = re.compile(r"(?:ref|source)\s*\(([^)]*)\)")
_SETTINGS = ("severity", "where", "warn_if", "error_if", "fail_calc", "enabled", "limit")
_OTHERWISE = frozenset({"name", "description", "config", "arguments", "tags", "meta", *_SETTINGS})
_GROUPS = ("models", "seeds", "snapshots")


@dataclass(frozen=True, slots=True)
class DbtTest:
    """Hold one test of a dbt project.

    Attributes:
        id: Its `unique_id`; a readable name where a `schema.yml` is read, which has none.
        model: Name of the model, seed, snapshot or source table that it is about.
        name: Its kind, such as not_null or dbt_utils.accepted_range; empty for a query of its own.
        column: Its column; empty where it is about several or none.
        arguments: What it takes, without column and model.
        settings: Its configuration: severity, where and so on.
    """

    id: str
    model: str
    name: str
    column: str
    arguments: Mapping[str, object]
    settings: Mapping[str, object]


def read_dbt_tests(path: Path) -> list[DbtTest]:
    """Return the tests of a dbt project that are not disabled.

    Args:
        path: Its `manifest.json`, or a `schema.yml`.

    Raises:
        UsageError: The file cannot be read, or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        tree = json.loads(text) if path.suffix.lower() == ".json" else YAML(typ="safe").load(text)
        tests = [*(_of_manifest(tree) if "nodes" in tree else _of_schema(tree))]
    except OSError as error:
        raise make_error(UsageError, "dbt_file_unreadable", path=str(path), error=error.strerror or type(error).__name__) from None
    except (ValueError, YAMLError, TypeError, AttributeError, KeyError, RecursionError):
        raise make_error(UsageError, "dbt_file_unknown", path=str(path)) from None
    return [test for test in tests if test.settings.get("enabled", True)]


def referred_model(text: object) -> str:
    """Return the model that `ref('customers')` or `source('shop', 'customers')` names; the text itself where it is neither.

    Example:
        >>> referred_model("ref('shop', 'customers')"), referred_model("{{ source('raw', 'orders') }}"), referred_model("orders")
        ('customers', 'orders', 'orders')
    """
    match = _REFERENCE.search(str(text))
    return match[1].split(",")[-1].strip().strip("'\"") if match else str(text)


def _of_manifest(tree: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Iterator[DbtTest]:
    for node in tree["nodes"].values():
        if node.get("resource_type") == "test":
            kind = _mapping(node.get("test_metadata"))
            arguments = {key: value for key, value in _mapping(kind.get("kwargs")).items() if key not in ("model", "column_name")}
            column = node.get("column_name") or _mapping(kind.get("kwargs")).get("column_name") or ""
            name = ".".join(str(part) for part in (kind.get("namespace"), kind.get("name")) if part)
            yield DbtTest(str(node["unique_id"]), _model_of(node, kind), name, str(column), arguments, _mapping(node.get("config")))


def _model_of(node: Mapping[str, object], kind: Mapping[str, object]) -> str:
    model = _mapping(kind.get("kwargs")).get("model")
    if model and _REFERENCE.search(str(model)):
        return referred_model(model)
    depends = _mapping(node.get("depends_on")).get("nodes")
    named = node.get("attached_node") or next(iter(depends if isinstance(depends, list) else ()), "")
    return str(named).rpartition(".")[2]


def _of_schema(tree: Mapping[str, object]) -> Iterator[DbtTest]:
    if not any(group in tree for group in (*_GROUPS, "sources")):
        raise ValueError(tree)
    tables = [table for group in _GROUPS for table in _list(tree.get(group))]
    tables += [table for source in _list(tree.get("sources")) for table in _list(_mapping(source).get("tables"))]
    for table in map(_mapping, tables):
        yield from _written(str(table["name"]), "", table)
        for column in map(_mapping, _list(table.get("columns"))):
            yield from _written(str(table["name"]), str(column["name"]), column)


def _written(model: str, column: str, place: Mapping[str, object]) -> Iterator[DbtTest]:
    for test in (*_list(place.get("data_tests")), *_list(place.get("tests"))):
        written = {test: {}} if isinstance(test, str) else _mapping(test)
        if not written:
            raise ValueError(test)
        name = str(written.get("test_name") or next(iter(written)))
        body = {key: value for key, value in written.items() if key != "test_name"} if "test_name" in written else _mapping(written[name])
        settings = {**{key: body[key] for key in _SETTINGS if key in body}, **_mapping(body.get("config"))}
        arguments = {**{key: value for key, value in body.items() if key not in _OTHERWISE}, **_mapping(body.get("arguments"))}
        label = ".".join(part for part in (model, column, name) if part)
        yield DbtTest(label, model, name, column or str(arguments.pop("column_name", "")), arguments, settings)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
