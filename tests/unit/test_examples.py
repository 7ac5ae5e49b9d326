"""The examples in docstrings run and print what they say; every plug-in point has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import sluice
from docs.components import TABLES, components

ROOT = Path(__file__).parents[2]
PACKAGES = ("sluice", "checks", "cleaning", "detectors", "recommender", "dashboard", "benchmarks", "docs")
WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_print_what_they_say(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    examples = [test for test in doctest.DocTestFinder().find(module, name) if test.examples]
    assert examples
    for number, test in enumerate(examples):
        folder = tmp_path / str(number)  # an example may write files
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert not doctest.DocTestRunner(optionflags=OPTIONS).run(test).failed


@pytest.mark.parametrize("kind", TABLES)
def test_every_component_has_an_example(kind: str) -> None:
    assert not [component.name for component in components(kind) if ">>> " not in component.example]


def test_every_function_of_the_python_api_has_an_example() -> None:
    functions = [name for name in sluice.__all__ if inspect.isfunction(getattr(sluice, name))]
    assert not [name for name in functions if ">>> " not in (inspect.getdoc(getattr(sluice, name)) or "")]


@pytest.mark.parametrize("kind", TABLES)
def test_every_setting_is_described(kind: str) -> None:
    assert not [f"{component.name}.{setting.name}" for component in components(kind) for setting in component.settings if not setting.description]
