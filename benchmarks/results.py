"""What was measured, and is kept beside the code."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure

HERE = Path(__file__).parent


def file_of(name: str) -> Path:
    """Where a benchmark's figures are kept."""
    return HERE / "results" / f"{name}.json"


def figures_of(name: str) -> Sequence[Figure]:
    """The figures that a benchmark's last full run measured.

    Raises:
        TypeError: A figure lacks a field, or has one too many.
    """
    return [Figure(**each) for each in json.loads(file_of(name).read_text(encoding="utf-8"))]


def about(name: str) -> Sequence[str]:
    """What a benchmark measures, and how: the paragraphs of its docstring, read without importing what it needs."""
    doc = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or ""
    return [" ".join(paragraph.split()) for paragraph in doc.split("\n\n")]
