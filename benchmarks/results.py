"""Read the figures that are recorded beside the code."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure

HERE = Path(__file__).parent
ROOT = HERE.parent


def results_file(name: str) -> Path:
    """Return the file that records a benchmark's figures."""
    return HERE / "results" / f"{name}.json"


def read_figures(name: str) -> Sequence[Figure]:
    """Read the figures of a benchmark's last full run.

    Raises:
        TypeError: A figure lacks a field, or has an unknown one.
    """
    return [Figure(**fields) for fields in json.loads(results_file(name).read_text(encoding="utf-8"))]


def describe(name: str) -> Sequence[str]:
    """Return the paragraphs of a benchmark's docstring, read without importing the module."""
    module, package = HERE / f"{name}.py", HERE / name / "__main__.py"
    doc = ast.get_docstring(ast.parse((module if module.exists() else package).read_text(encoding="utf-8"))) or ""
    return [" ".join(paragraph.split()) for paragraph in doc.split("\n\n")]
