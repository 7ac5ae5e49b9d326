"""The parent's methods and the worker's tasks agree, and the parent imports none of them."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.worker.client import Worker
from sluice.worker.process import resolve_function

SOURCE = Path(inspect.getfile(Worker)).read_text(encoding="utf-8")
TASKS = re.findall(r'def (\w+)\((?:[^"]|"(?!""))*?"""[^"]*?"""\n(?:\s+self\.watch\.[^\n]+\n)?\s+return self\.(?:_run|_evaluate|process)\("([\w.:]+)"', SOURCE)


@pytest.mark.parametrize(("method", "task"), TASKS)
def test_each_method_calls_a_task_with_the_same_parameters(method: str, task: str) -> None:
    function = resolve_function(task if task.startswith("sluice.") else f"sluice.worker.{task}")
    expected = [name for name in inspect.signature(function).parameters if name != "path"]
    assert [name for name in inspect.signature(getattr(Worker, method)).parameters if name not in {"self", "progress"}] == expected


def test_all_tasks_are_found() -> None:
    assert {"evaluate_arrival", "learn", "refit", "train", "compare", "explain_row", "draw_curve"} <= {method for method, _ in TASKS}


def test_the_parent_imports_no_task() -> None:
    code = "import sys, sluice.worker.client; print([name for name in sys.modules if name.startswith('sluice.worker.')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(ast.literal_eval(loaded)) == {"sluice.worker.client", "sluice.worker.process", "sluice.worker.progress"}
