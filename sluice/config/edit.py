"""Edit datasets in the text of sluice.yaml: everything else, comments and layout included, stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.tokens import FlowMappingEndToken, FlowMappingStartToken

from sluice.errors import UsageError
from sluice.messages import make_error

StepKey: TypeAlias = Literal["suite", "clean"]


def add_steps(text: str, dataset: str, lines: Sequence[str], key: StepKey = "suite") -> str:
    r"""Add steps at the end of the suite, or of the cleaners, of a dataset.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        lines: Steps as `sluice.config.write.step_line` writes them.
        key: Which steps of the dataset.

    Raises:
        UsageError: The steps are written within brackets, or are a file.

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
    settings, steps = _steps(text, dataset, key)
    if steps:
        start, column = steps.lc.item(len(steps) - 1)
        column = _dash(content[start], column)
        return _insert(content, _end(content, start, column), [" " * column + line for line in lines])
    column = settings.lc.key(next(iter(settings)))[1]
    new = [" " * column + f"{key}:", *(" " * (column + 2) + line for line in lines)]
    if key in settings:  # an empty one
        start = settings.lc.key(key)[0]
        return _insert([*content[:start], *content[start + 1 :]], start, new)
    return _insert(content, _end(content, settings.lc.key(list(settings)[-1])[0], column), new)


def replace_step(text: str, dataset: str, position: int, line: str, key: StepKey = "suite") -> str:
    r"""Replace a rule of the suite, or a cleaner, of a dataset.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        position: Position of the step.
        line: The step as `sluice.config.write.step_line` writes it.
        key: Which steps of the dataset.

    Raises:
        UsageError: The steps are written within brackets, or are a file.

    Example:
        >>> text = "datasets:\n  items:\n    suite:\n      - a:\n          column: b\n      - c\n"
        >>> replace_step(text, "items", 0, "- a: {column: b, mostly: 0.9}").splitlines()[-2:]
        ['      - a: {column: b, mostly: 0.9}', '      - c']
    """
    content = text.splitlines(keepends=True)
    _, steps = _steps(text, dataset, key)
    start, column = steps.lc.item(position)
    dash = _dash(content[start], column)
    end = _end(content, start, dash)
    return _insert([*content[:start], *content[end:]], start, [" " * dash + line])


def remove_step(text: str, dataset: str, position: int, key: StepKey = "suite") -> str:
    r"""Remove a rule of the suite, or a cleaner, of a dataset; with the last one goes the key itself.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        position: Position of the step.
        key: Which steps of the dataset.

    Raises:
        UsageError: The steps are written within brackets, or are a file.

    Example:
        >>> text = "datasets:\n  items:\n    suite:\n      - a:\n          column: b\n      - c\n"
        >>> text = remove_step(text, "items", 0)
        >>> text.splitlines()[-2:], remove_step(text + "    key: [sku]\n", "items", 0).splitlines()[-2:]
        (['    suite:', '      - c'], ['  items:', '    key: [sku]'])
    """
    content = text.splitlines(keepends=True)
    settings, steps = _steps(text, dataset, key)
    start, column = steps.lc.item(position)
    end = _end(content, start, _dash(content[start], column))
    if len(steps) == 1 and len(settings) > 1:
        start = settings.lc.key(key)[0]
    return "".join([*content[:start], *content[end:]])


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
    _, suite = _steps(text, dataset, "suite")
    start, column = suite.lc.item(position)
    end = _end(content, start, _dash(content[start], column))
    block = "".join(content[start:end])
    block, changed = re.subn(r"\bon_fail:\s*flag\b", "on_fail: quarantine", block, count=1)
    if not changed:
        raise make_error(UsageError, "edit_no_flag", line=start + 1)
    block = re.sub(r"\bseverity:\s*(info|warning)\b", "severity: critical", block, count=1)
    block = re.sub(r"^\s*mostly:\s*[\d.]+[ \t]*(#.*)?\r?\n|\bmostly:\s*[\d.]+\s*,\s*|,\s*mostly:\s*[\d.]+", "", block, count=1, flags=re.MULTILINE)
    return "".join([*content[:start], block, *content[end:]])


def add_columns(text: str, dataset: str, lines: Sequence[str]) -> str:
    r"""Add columns at the end of those of a dataset.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        lines: Columns as `sluice.config.write.column_line` writes them.

    Raises:
        UsageError: The dataset or its columns are written within braces.

    Example:
        >>> print(add_columns("datasets:\n  items:\n    columns:\n      sku: {}  # mine\n    key: [sku]\n", "items", ["price: {}"]))
        datasets:
          items:
            columns:
              sku: {}  # mine
              price: {}
            key: [sku]
        <BLANKLINE>
    """
    columns = _settings(text, dataset)["columns"]
    if columns.fa.flow_style():
        raise make_error(UsageError, "edit_columns_in_braces", dataset=dataset)
    start, column = columns.lc.key(list(columns)[-1])
    content = text.splitlines(keepends=True)
    return _insert(content, _end(content, start, column), [" " * column + line for line in lines])


def add_setting(text: str, dataset: str, column: str, line: str) -> str:
    r"""Add a setting to a column of a dataset.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        column: Name of one of its columns.
        line: The setting, such as `format: whole_number`; the column has none of its name.

    Example:
        >>> text = "datasets:\n  items:\n    columns:\n      sku: {type: string}  # mine\n      id: {}\n"
        >>> for column in ("sku", "id"):
        ...     text = add_setting(text, "items", column, "format: whole_number")
        >>> text.splitlines()[-2:]
        ['      sku: {type: string, format: whole_number}  # mine', '      id: {format: whole_number}']
    """
    columns = YAML(typ="rt").load(text)["datasets"][dataset]["columns"]
    content, settings = text.splitlines(keepends=True), columns[column]
    row, place = columns.lc.value(column)
    if settings and not settings.fa.flow_style():
        start, indent = settings.lc.key(list(settings)[-1])
        return _insert(content, _end(content, start, indent), [" " * indent + line])
    end_row, end = _closing_brace(text, row, place)
    added = f", {line}" if settings else line
    return "".join([*content[:end_row], content[end_row][:end] + added + content[end_row][end:], *content[end_row + 1 :]])


def _closing_brace(text: str, row: int, place: int) -> tuple[int, int]:
    """Return the line and the column of the brace that closes the one at a place."""
    depth = 0
    for token in YAML(typ="rt").scan(text):
        if (token.start_mark.line, token.start_mark.column) < (row, place):
            continue
        depth += isinstance(token, FlowMappingStartToken) - isinstance(token, FlowMappingEndToken)
        if depth == 0:
            return token.start_mark.line, token.start_mark.column
    raise AssertionError("a mapping that can be read is closed")


def add_comments(text: str, dataset: str, lines: Sequence[str]) -> str:
    """Add comments below the name of a dataset.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        lines: Comments, each with its `#`.

    Raises:
        UsageError: The dataset is written within braces.
    """
    settings = _settings(text, dataset)
    column = settings.lc.key(next(iter(settings)))[1]
    content = text.splitlines(keepends=True)
    start = YAML(typ="rt").load(text)["datasets"].lc.key(dataset)[0]
    return _insert(content, start + 1, [" " * column + line for line in lines])


def add_dataset(text: str, lines: Sequence[str]) -> str:
    """Add a dataset after the last one.

    Args:
        text: Text of sluice.yaml, which can be read.
        lines: The dataset as `sluice.config.write.write_dataset` writes it.

    Raises:
        UsageError: The datasets are written within braces.
    """
    datasets = YAML(typ="rt").load(text)["datasets"]
    if datasets.fa.flow_style():
        raise make_error(UsageError, "edit_datasets_in_braces")
    start, column = datasets.lc.key(list(datasets)[-1])
    content = text.splitlines(keepends=True)
    return _insert(content, _end(content, start, column), ["", *(" " * column + line for line in lines)])


def _insert(content: Sequence[str], position: int, lines: Sequence[str]) -> str:
    """Return the text with lines inserted, which end as the others do."""
    newline = "\r\n" if content and content[0].endswith("\r\n") else "\n"
    before = [line if line.endswith("\n") else line + newline for line in content[:position]]
    return "".join([*before, *(line.rstrip() + newline for line in lines), *content[position:]])


def _settings(text: str, dataset: str) -> CommentedMap:
    settings: CommentedMap = YAML(typ="rt").load(text)["datasets"][dataset]
    if settings.fa.flow_style():
        raise make_error(UsageError, "edit_dataset_in_braces", dataset=dataset)
    return settings


def _steps(text: str, dataset: str, key: StepKey) -> tuple[CommentedMap, CommentedSeq]:
    settings = _settings(text, dataset)
    steps = settings.get(key)
    if isinstance(steps, str):
        raise make_error(UsageError, "edit_suite_in_file", dataset=dataset, file=steps)
    if steps and steps.fa.flow_style():
        raise make_error(UsageError, "edit_suite_in_brackets" if key == "suite" else "edit_cleaners_in_brackets", dataset=dataset)
    return settings, steps or CommentedSeq()


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
