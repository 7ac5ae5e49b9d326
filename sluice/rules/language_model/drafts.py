"""Ask for the rules that a sentence means, and decide which of the answers can be tried."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from sluice.domain import Question
from sluice.rules.language_model.answers import Form, schema_of_form

TASK, VERSION = "draft_rules", 1
INSTRUCTIONS = (
    "You write rules for the data quality gate of a shop. `prose` says what a person wants of the table `dataset`; `columns` are its columns, `expectations` "
    "the rules that there are, each with its settings (a star marks those that it needs), `shared` further settings of each. Write the rules that the prose "
    "means, as few as possible, each with `expectation`, its `settings` as the text of one JSON object, and in `why` the words of the prose that it follows "
    'from. `row_condition` limits a rule to rows, such as `category == "socks" and price > 0`. `mostly` is the share of rows that must pass: set it only where '
    "the prose allows exceptions. What no rule can say, or is unclear, goes into `unclear` as it stands; never guess a number or a word that is not there."
)
_FILLED = "${"  # begins what sluice.yaml fills from the environment
_Text = Annotated[str, Field(max_length=4000)]


class DraftedRule(Form):
    """Give one rule: name of the expectation, settings as JSON text, and the words that it follows from."""

    expectation: _Text
    settings: _Text
    why: _Text


class DraftedRules(Form):
    """Hold rules, and what none of them says."""

    rules: tuple[DraftedRule, ...] = Field(max_length=50)
    unclear: tuple[_Text, ...] = Field(max_length=50)


def question_about_prose(
    dataset: str, columns: Mapping[str, object], expectations: Mapping[str, Collection[str]], shared: Collection[str], prose: str
) -> Question:
    """Return the question about a sentence.

    Args:
        dataset: Name of the dataset.
        columns: Type and unit by column; no cells.
        expectations: Settings by expectation.
        shared: Settings of every expectation.
        prose: What a person wants.
    """
    settings_of = {name: list(settings) for name, settings in expectations.items()}
    data = {"dataset": dataset, "columns": columns, "expectations": settings_of, "shared": list(shared), "prose": prose}
    return Question(TASK, VERSION, INSTRUCTIONS, data, schema_of_form(DraftedRules))


def drafted_steps(answer: DraftedRules, expectations: Collection[str]) -> Iterator[tuple[str, Mapping[str, object], str]]:
    """Yield name, settings and reason of each rule that names an expectation that was offered, with settings that are an object.

    Args:
        answer: What the model answered.
        expectations: Names of those that were offered.

    Example:
        >>> rule = DraftedRule(expectation="expect_column_values_to_not_be_null", settings='{"column": "price"}', why="always a price")
        >>> list(drafted_steps(DraftedRules(rules=(rule,), unclear=()), ["expect_column_values_to_not_be_null"]))
        [('expect_column_values_to_not_be_null', {'column': 'price'}, 'always a price')]
    """
    for rule in answer.rules:
        try:
            settings = json.loads(rule.settings)
        except ValueError:
            continue
        if rule.expectation in expectations and isinstance(settings, dict) and _FILLED not in json.dumps(settings):
            yield rule.expectation, settings, " ".join(rule.why.split())
