"""Ask which cells of a row do not go together, and decide which of the answers count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from sluice.domain import Question
from sluice.rules.language_model.answers import Form, schema_of_form

TASK, VERSION = "find_contradictions", 1
PRODUCT = "product"  # the key of a product's cells beside those of its review
INSTRUCTIONS = (
    "You help a data steward of a shop. `rows` are published rows of one table. Name each row in which two cells contradict each other beyond doubt: a title "
    "that is of another category or brand than its row says, a description of another product, a review about something else than its product (`product`, "
    "where it is given). `columns` names the columns that do not go together, at least two, `why` says in one short sentence what each of them says. An "
    "unusual, incomplete or badly written row is no contradiction: most rows have none."
)
_Text = Annotated[str, Field(max_length=2000)]


class Contradiction(Form):
    """Name cells of one row that do not go together, and why."""

    row: int
    columns: tuple[_Text, ...] = Field(max_length=50)
    why: _Text


class Contradictions(Form):
    """Hold contradictions."""

    contradictions: tuple[Contradiction, ...] = Field(max_length=1000)


def question_about_rows(dataset: str, rows: Sequence[Mapping[str, object]]) -> Question:
    """Return the question about some rows, each with its cells."""
    sent = [{"row": number, **row} for number, row in enumerate(rows, 1)]
    return Question(TASK, VERSION, INSTRUCTIONS, {"dataset": dataset, "rows": sent}, schema_of_form(Contradictions))


def contradictions_in(answer: Contradictions, rows: Sequence[Mapping[str, Mapping[str, str | None]]]) -> Iterator[Contradiction]:
    """Yield those of a row that was asked about, in at least two filled cells of it, one for each row.

    Args:
        answer: What the model answered.
        rows: What was sent of each row: `cells`, and those of its `product`, whose columns are named with a point.

    Example:
        >>> rows = [{"cells": {"title": "Sofa", "category": "Lamps", "brand": None}}]
        >>> named = [Contradiction(row=1, columns=names, why="") for names in (("title", "brand"), ("title", "category"), ("title", "mail"))]
        >>> [one.columns for one in contradictions_in(Contradictions(contradictions=tuple(named)), rows)]
        [('title', 'category')]
    """
    named_rows: set[int] = set()
    for one in answer.contradictions:
        if one.row in named_rows or not 1 <= one.row <= len(rows):
            continue
        row = rows[one.row - 1]
        filled = {name for name, text in row.get("cells", {}).items() if text} | {f"{PRODUCT}.{name}" for name, text in row.get(PRODUCT, {}).items() if text}
        if len(set(one.columns)) > 1 and set(one.columns) <= filled:
            named_rows.add(one.row)
            yield one
