"""Edit the suite of a dataset in the text of sluice.yaml: everything else, comments and layout included, stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from sluice.errors import UsageError


def add_steps(text: str, dataset: str, lines: Sequence[str]) -> str:
    r"""Add steps at the end of the suite of a dataset.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        lines: Steps as `sluice.config.write.step_line` writes them.

    Raises:
        UsageError: The suite is written within brackets, or is a file.

    Example:
        >>> print(add_steps("datasets:\n  items:\n    suite:\n      - a  # first\n    key: [sku]\n", "items", ["- b"]))
        datasets:
          items:
            suite:
              - a  # first
              - b
            key: [sku]
        <BLANKLINE>
    """
    content = text.splitlines(keepends=True)
    settings, suite = _suite(text, dataset)
    newline = "\r\n" if content and content[0].endswith("\r\n") else "\n"
    if suite:
        start, column = suite.lc.item(len(suite) - 1)
        column = _dash(content[start], column)
        end = _end(content, start, column)
        new = [" " * column + line + newline for line in lines]
    else:
        column = settings.lc.key(next(iter(settings)))[1]
        start = settings.lc.key("suite")[0] if "suite" in settings else settings.lc.key(list(settings)[-1])[0]
        end = start + 1 if "suite" in settings else _end(content, start, column)
        new = [" " * column + "suite:" + newline, *(" " * (column + 2) + line + newline for line in lines)]
    before = content[:start] if not suite and "suite" in settings else content[:end]
    if before and not before[-1].endswith("\n"):
        before = [*before[:-1], before[-1] + newline]
    return "".join([*before, *new, *content[end:]])


def let_hold(text: str, dataset: str, position: int) -> str:
    r"""Let a rule of the suite hold rows: `on_fail: quarantine`, `severity: critical`, without `mostly`.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        position: Position of the rule in the suite.

    Raises:
        UsageError: The suite is written within brackets, or is a file, or the rule does not say `on_fail: flag`.

    Example:
        >>> text = "datasets: \n  items:\n    suite:\n      - a: {column: b, mostly: 0.9, severity: info, on_fail: flag}  # why\n"
        >>> let_hold(text, "items", 0).splitlines()[-1]
        '      - a: {column: b, severity: critical, on_fail: quarantine}  # why'
    """
    content = text.splitlines(keepends=True)
    _, suite = _suite(text, dataset)
    start, column = suite.lc.item(position)
    end = _end(content, start, _dash(content[start], column))
    block = "".join(content[start:end])
    block, changed = re.subn(r"\bon_fail:\s*flag\b", "on_fail: quarantine", block, count=1)
    if not changed:
        raise UsageError(f"line {start + 1} of the configuration does not say `on_fail: flag`; write `on_fail: quarantine` there by hand")
    block = re.sub(r"\bseverity:\s*(info|warning)\b", "severity: critical", block, count=1)
    block = re.sub(r"^\s*mostly:\s*[\d.]+[ \t]*(#.*)?\r?\n|\bmostly:\s*[\d.]+\s*,\s*|,\s*mostly:\s*[\d.]+", "", block, count=1, flags=re.MULTILINE)
    return "".join([*content[:start], block, *content[end:]])


def _suite(text: str, dataset: str) -> tuple[CommentedMap, CommentedSeq]:
    settings = YAML(typ="rt").load(text)["datasets"][dataset]
    if settings.fa.flow_style():
        raise UsageError(f"the dataset {dataset} is written within braces; write one setting a line, then try again")
    suite = settings.get("suite")
    if isinstance(suite, str):
        raise UsageError(f"the suite of {dataset} is the file {suite}; change it there")
    if suite and suite.fa.flow_style():
        raise UsageError(f"the suite of {dataset} is written within brackets; write one rule a line, then try again")
    return settings, suite or CommentedSeq()


def _dash(line: str, column: int) -> int:
    """Return the column of the dash of an item whose content begins at `column`."""
    return line.rindex("-", 0, column)


def _end(content: Sequence[str], start: int, column: int) -> int:
    """Return the line after the last one of a node that begins at `start`: those that are indented more than `column` belong to it."""
    end = start + 1
    for line in range(start + 1, len(content)):
        stripped = content[line].strip()
        if stripped and len(content[line]) - len(content[line].lstrip()) <= column:
            break
        if stripped:
            end = line + 1
    return end
