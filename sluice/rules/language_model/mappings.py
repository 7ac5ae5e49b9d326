"""Ask which values of a column mean the same as another one, and decide which of the answers are candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from sluice.domain import Question, Spelling
from sluice.rules.language_model.answers import Form, schema_of_form

TASK, VERSION = "map_values", 1
MOST_VALUES = 300  # of a column that are sent, the most frequent
INSTRUCTIONS = (
    "You help a data steward of a shop. `values` are the values of one column of a table with the number of rows that hold each. Name values that mean "
    "exactly the same as another value of the list: another spelling, language, abbreviation or number of the same category, brand or word. `wrong` is the "
    "value to replace and `right` the one to keep, both as they stand in the list; keep the one that most rows hold. A narrower or related value is not "
    "the same: leave it. Give one short reason each."
)
_Text = Annotated[str, Field(max_length=2000)]


class ValueMapping(Form):
    """Give the value that another one means, and why."""

    wrong: _Text
    right: _Text
    why: _Text


class ValueMappings(Form):
    """Hold values that mean others."""

    mappings: tuple[ValueMapping, ...] = Field(max_length=1000)


def question_about_values(dataset: str, column: str, values: Sequence[Spelling]) -> Question:
    """Return the question about the most frequent values of a column."""
    sent = [{"value": one.value, "rows": one.rows} for one in values[:MOST_VALUES]]
    return Question(TASK, VERSION, INSTRUCTIONS, {"dataset": dataset, "column": column, "values": sent}, schema_of_form(ValueMappings))


def mapped_values(answer: ValueMappings, values: Sequence[Spelling]) -> Iterator[ValueMapping]:
    """Yield the mappings that may be checked: of a value that was sent to another one that was sent, has at least as many rows, and stays itself.

    Args:
        answer: What the model answered.
        values: The values that were asked about.

    Example:
        >>> one, other = ValueMapping(wrong="sofas", right="Sofa", why="plural"), ValueMapping(wrong="Sofa", right="sofas", why="")
        >>> [mapping.wrong for mapping in mapped_values(ValueMappings(mappings=(one, other)), [Spelling("Sofa", 9), Spelling("sofas", 2)])]
        ['sofas']
    """
    rows = {one.value: one.rows for one in values[:MOST_VALUES]}
    fitting = [one for one in answer.mappings if one.wrong != one.right and one.wrong in rows and rows.get(one.right, -1) >= rows[one.wrong]]
    replaced: set[str] = set()
    targets: set[str] = set()
    for mapping in sorted(fitting, key=lambda one: -rows[one.right]):
        if mapping.wrong not in replaced | targets and mapping.right not in replaced:
            replaced.add(mapping.wrong)
            targets.add(mapping.right)
            yield mapping
