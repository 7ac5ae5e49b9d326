"""Ask what an incident means, and keep what rests on the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from sluice.domain import Question
from sluice.rules.language_model.answers import Form, schema_of_form

TASK, VERSION = "explain_incident", 1
LANGUAGES = {"en": "English", "zh": "Simplified Chinese"}
INSTRUCTIONS = (
    "You help a data steward of a shop. `facts` are what a data quality gate recorded of one incident, numbered. In `language`, say in `summary` in at most "
    "three sentences what happened, in `causes` what probably caused it, the likeliest first, and in `steps` what to look at or do next. Each cause and step "
    "names in `facts` the numbers of the facts that it rests on. Say nothing that no fact supports: no cause is better than a guess."
)
_Text = Annotated[str, Field(max_length=2000)]
_Facts = Annotated[tuple[int, ...], Field(max_length=100)]


class Statement(Form):
    """Hold a sentence, and the numbers of the facts that it rests on."""

    text: _Text
    facts: _Facts


class Explanation(Form):
    """Explain an incident."""

    summary: _Text
    causes: tuple[Statement, ...] = Field(max_length=20)
    steps: tuple[Statement, ...] = Field(max_length=20)


def question_about_incident(dataset: str, facts: Sequence[str], language: str) -> Question:
    """Return the question about what was recorded of an incident.

    Args:
        dataset: Name of the dataset.
        facts: What was recorded, without cells of personal columns.
        language: Language of the answer, such as `zh`.
    """
    numbered = [{"number": number, "fact": fact} for number, fact in enumerate(facts, 1)]
    return Question(TASK, VERSION, INSTRUCTIONS, {"dataset": dataset, "language": LANGUAGES[language], "facts": numbered}, schema_of_form(Explanation))


def supported(statements: Sequence[Statement], facts: int) -> Iterator[Statement]:
    """Yield the statements that name facts, all of which there are.

    Args:
        statements: Of an answer.
        facts: Number of facts.

    Example:
        >>> [one.text for one in supported([Statement(text="a", facts=(1,)), Statement(text="b", facts=()), Statement(text="c", facts=(1, 9))], 3)]
        ['a']
    """
    for one in statements:
        if one.facts and all(1 <= number <= facts for number in one.facts) and one.text.strip():
            yield one
