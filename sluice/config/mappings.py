"""Write which spellings of a column mean one thing into the text of sluice.yaml, as a cleaner `map_values`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ruamel.yaml import YAML

from sluice.config.edit import add_steps, remove_step, replace_step
from sluice.config.model import Step
from sluice.config.write import step_line
from sluice.domain import RuleEdit

STEP = "map_values"


def add_mapping(text: str, dataset: str, column: str, values: Mapping[str, str]) -> str:
    r"""Return the text with a mapping of values: in the step of the column where there is one, else as a new last cleaner.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        column: Name of the column.
        values: The right value by each wrong one.

    Raises:
        UsageError: The dataset or its cleaners are written within brackets.

    Example:
        >>> text = "datasets:\n  items:\n    clean:\n      - parse\n    key: [sku]\n"
        >>> text = add_mapping(text, "items", "brand", {"Nkie": "Nike"})
        >>> print(add_mapping(text, "items", "brand", {"NIKE": "Nike"}).splitlines()[4])
              - map_values: {column: brand, values: {"Nkie": "Nike", "NIKE": "Nike"}}
    """
    if mapped := _step_of(text, dataset, column):
        position, present = mapped
        return replace_step(text, dataset, position, _line(column, merge_mappings(present, values)), "clean")
    return add_steps(text, dataset, [_line(column, values)], "clean")


def merge_mappings(present: Mapping[str, str], values: Mapping[str, str]) -> Mapping[str, str]:
    """Return one mapping of both, in which the later decision counts, and no right value is a wrong one too.

    Args:
        present: The mapping so far.
        values: What was decided now.

    Example:
        >>> merge_mappings({"Nkie": "Nike"}, {"Nike": "NIKE"})
        {'Nkie': 'NIKE', 'Nike': 'NIKE'}
    """
    merged = {wrong: values.get(right, right) for wrong, right in present.items()} | dict(values)
    right_values = set(values.values())
    return {wrong: right for wrong, right in merged.items() if wrong != right and wrong not in right_values}


def drop_mapping(text: str, edit: RuleEdit) -> str:
    """Return the text without the values that an edit mapped, where they are still mapped so, or to what their right value is mapped to since.

    A step that maps nothing after that goes as well.

    Args:
        text: Text of sluice.yaml, which can be read.
        edit: The mapping.

    Raises:
        UsageError: The dataset or its cleaners are written within brackets.
    """
    column, values = str(edit.settings["column"]), values_of(edit)
    mapped = _step_of(text, edit.dataset, column)
    if mapped is None:
        return text
    since = {wrong: {right, mapped[1].get(right, right)} for wrong, right in values.items()}
    left = {wrong: right for wrong, right in mapped[1].items() if right not in since.get(wrong, ())}
    if left == mapped[1]:
        return text
    return replace_step(text, edit.dataset, mapped[0], _line(column, left), "clean") if left else remove_step(text, edit.dataset, mapped[0], "clean")


def mapped_values(steps: Iterable[Step], column: str) -> Mapping[str, str]:
    """Return the right value by each wrong one that the cleaners of a dataset map in a column."""
    steps_of_column = [step.settings for step in steps if step.name == STEP and step.settings.get("column") == column]
    mappings = [values for settings in steps_of_column if isinstance(values := settings.get("values"), Mapping)]
    return {str(wrong): str(right) for values in mappings for wrong, right in values.items()}


def values_of(edit: RuleEdit) -> Mapping[str, str]:
    """Return the right value by each wrong one of an edit that maps values."""
    values = edit.settings["values"]
    return {str(wrong): str(right) for wrong, right in values.items()} if isinstance(values, Mapping) else {}


def _step_of(text: str, dataset: str, column: str) -> tuple[int, Mapping[str, str]] | None:
    """Return the position of the step that maps values of a column, and its values; None where there is none."""
    for position, step in enumerate(YAML(typ="rt").load(text)["datasets"][dataset].get("clean") or []):
        settings = step.get(STEP) if isinstance(step, Mapping) else None
        if isinstance(settings, Mapping) and settings.get("column") == column:
            return position, {str(wrong): str(right) for wrong, right in (settings.get("values") or {}).items()}
    return None


def _line(column: str, values: Mapping[str, str]) -> str:
    return step_line(Step(name=STEP, settings={"column": column, "values": dict(values)}), "")
