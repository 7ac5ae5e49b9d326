"""The reference pages and the JSON Schema are those of the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from docs import reference
from docs.json_schema import config_schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_pages_state_what_the_code_does(name: str) -> None:
    assert (reference.ROOT / name).read_text(encoding="utf-8") == reference.PAGES[name](), "run `python -m docs.reference`"


@pytest.mark.parametrize("path", ["sluice/demo/shop.yaml", "examples/films.yaml"])
def test_the_schema_accepts_the_examples(path: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    configuration = json.loads(json.dumps(YAML(typ="safe").load((ROOT / path).read_text(encoding="utf-8")), default=str))  # times as text, as editors see them
    assert [error.message for error in jsonschema.Draft202012Validator(config_schema()).iter_errors(configuration)] == []


def test_the_schema_refuses_an_unknown_setting_of_a_cleaner() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    dataset = {"source": {"files": "*.csv"}, "columns": {"a": {}}, "clean": [{"parse": {"treshold": 1}}]}
    errors = list(jsonschema.Draft202012Validator(config_schema()).iter_errors({"datasets": {"events": dataset}}))
    assert [list(error.path) for error in errors] == [["datasets", "events", "clean", 0]]
