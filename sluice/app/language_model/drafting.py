"""Draft rules from prose, as a difference of sluice.yaml; what does not fit is left out with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sluice.app.app import App
from sluice.config import Step, edit
from sluice.config.rule_form import SHARED, expectations_for, fields_of
from sluice.config.text import difference, read_text
from sluice.config.write import step_line
from sluice.domain import Message, Schema
from sluice.errors import ConfigError, UsageError
from sluice.language_model import NotAnswered
from sluice.messages import error_message, make_error
from sluice.rules.language_model.drafts import DraftedRules, drafted_steps, question_about_prose
from sluice.rules.language_model.sendable import describe_columns
from sluice.wiring.language_model import language_model_of


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold drafted rules.

    Attributes:
        text: Text of sluice.yaml with them; the present one where there is none.
        difference: What changes, as a unified difference; empty where there is none.
        rules: Number of rules in it.
        refused: What was drafted and does not fit, and why.
        unclear: What of the prose no rule says.
    """

    text: str
    difference: str
    rules: int
    refused: Sequence[Message]
    unclear: Sequence[str]


def draft_rules(app: App, dataset: str, prose: str) -> Draft:
    """Draft the rules that a sentence means; names and types of columns are sent, and no cell.

    Args:
        app: The application.
        dataset: Name of a configured dataset.
        prose: What a person wants.

    Raises:
        UsageError: No language model is configured or answers, or the suite cannot be edited.
    """
    schema = app.config.datasets[app.require_dataset(dataset)].schema_of(dataset)
    offered = dict(_offered(schema))
    question = question_about_prose(dataset, describe_columns(schema, schema.names), offered, [field.name for field in SHARED], prose)
    try:
        answer = language_model_of(app.config, app.store).ask(question, DraftedRules)
    except NotAnswered as reason:
        raise make_error(UsageError, reason.reason.code, **reason.reason.params) from None
    return _draft(app, dataset, answer.form, offered)


def _offered(schema: Schema) -> Iterator[tuple[str, list[str]]]:
    """Yield the expectations that fit one of the columns, or the table, with their settings; a star marks those that are needed."""
    types = dict.fromkeys(column.type for column in schema.columns)
    for name in dict.fromkeys(name for kind in (*types, None) for name in expectations_for(kind)):
        yield name, [f"{field.name}*" if field.required else field.name for field in fields_of(name)]


def _draft(app: App, dataset: str, answer: DraftedRules, offered: Mapping[str, object]) -> Draft:
    present = text = read_text(app.path)
    refused: list[Message] = []
    rules = 0
    for name, settings, why in drafted_steps(answer, offered.keys()):
        added = edit.add_steps(text, dataset, [step_line(Step(name=name, settings=settings), why)])
        try:
            difference(app.path, present, added)
        except ConfigError as error:
            refused.append(Message.of("draft_unfit", rule=name, problem=error_message(error)))
            continue
        text, rules = added, rules + 1
    if unread := len(answer.rules) - rules - len(refused):
        refused.append(Message.of("drafts_unread", rules=unread))
    return Draft(text, difference(app.path, present, text) if rules else "", rules, refused, [one.strip() for one in answer.unclear if one.strip()])
