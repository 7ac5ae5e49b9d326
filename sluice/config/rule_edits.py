"""Write a rule into the text of sluice.yaml: a new one, or other settings of one that is there; or a mapping of values."""

from __future__ import annotations

from sluice.config.edit import add_steps
from sluice.config.edit_step import change_step
from sluice.config.mappings import STEP, add_mapping, values_of
from sluice.config.model import Step
from sluice.config.write import step_line
from sluice.domain import RuleEdit


def apply_rule(text: str, edit: RuleEdit) -> str:
    r"""Return the text with the rule.

    Args:
        text: Text of sluice.yaml, which can be read.
        edit: The rule.

    Raises:
        UsageError: The suite is a file or written within brackets, or has no such rule.

    Example:
        >>> text = "datasets:\n  items:\n    suite:\n      - a: {column: b}\n"
        >>> apply_rule(text, RuleEdit("items", "a", {"column": "c"}, why="new")).splitlines()[-1]
        '      - a: {column: c}  # new'
    """
    if edit.name == STEP:
        return add_mapping(text, edit.dataset, str(edit.settings["column"]), values_of(edit))
    if edit.position is None:
        return add_steps(text, edit.dataset, [step_line(Step(name=edit.name, settings=edit.settings), edit.why)])
    return change_step(text, edit.dataset, edit.position, edit.settings)
