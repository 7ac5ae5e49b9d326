"""The code speaks the field's language: named values, docstrings that begin with a verb, files worth opening."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("sluice", "checks", "cleaning", "detectors", "recommender", "dashboard", "migrations", "benchmarks", "docs", "examples")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

BANNED = frozenset(
    {
        "told",
        "found",
        "each",
        "kept",
        "known",
        "wanted",
        "asked",
        "meant",
        "said",
        "shown",
        "seen",
        "far",
        "much",
        "few",
        "usual",
        "made",
        "given",
        "likened",
        "shelf",
        "loud",
        "loudest",
        "pupils",
        "lesson",
    }
)
"""Names that say nothing of what they hold, or that say it in a language of our own."""

NO_VERB = re.compile(r"(?:The|A|An|What|How|Whether|Which|Who|Whose|Where|When|Why|One|As|All|Every|Each|So|It|Its|This|That|These|Those|If|Of|In|On|For|No)\b")


def trees(files: list[Path]) -> Iterator[tuple[Path, ast.Module]]:
    for path in files:
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def bound_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find every name that the code binds: variables, parameters, functions, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text


@pytest.mark.parametrize("files", [FILES, TESTS], ids=["product", "tests"])
def test_no_name_is_one_of_those_that_say_nothing(files: list[Path]) -> None:
    places = [f"{path}:{line} {name}" for path, tree in trees(files) for line, name in bound_names(tree) if name.strip("_").lower() in BANNED]
    assert not places, f"{len(places)} names say nothing:\n" + "\n".join(places)


def test_docstrings_begin_with_a_verb() -> None:
    places = [f"{path}:{line} {text.splitlines()[0][:60]}" for path, tree in trees(FILES) for line, text in docstrings(tree) if NO_VERB.match(text)]
    assert not places, f"{len(places)} docstrings begin with no verb:\n" + "\n".join(places)


def forwards(node: ast.stmt) -> bool:
    """Return True for an import, a docstring, `__all__`, or a second name for something."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return isinstance(node.value, ast.Name | ast.Attribute) or any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)
    return isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def test_no_file_only_forwards() -> None:
    small = [path for path in FILES if path.name != "__init__.py" and len(path.read_text(encoding="utf-8").splitlines()) < 20]
    places = [str(path) for path, tree in trees(small) if all(map(forwards, tree.body))]
    assert not places, f"files that only forward: {places}"


def test_people_are_they() -> None:
    lines = [(path, number, line) for path in FILES for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)]
    places = [f"{path.relative_to(ROOT)}:{number}" for path, number, line in lines if re.search(r"\b(?:he|him|his|she|her)\b", line)]
    assert not places, f"a person is `they`: {places}"
