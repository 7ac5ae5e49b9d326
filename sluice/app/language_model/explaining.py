"""Explain an incident by a language model: from what was recorded of it, with the facts that each sentence rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sluice.app.app import App
from sluice.app.incident_answers import IncidentAnswer, answer_incident
from sluice.config.write import step_line
from sluice.domain import Incident
from sluice.errors import UsageError
from sluice.language_model import NotAnswered
from sluice.messages import make_error, render
from sluice.rules.language_model.explanations import Explanation, Statement, question_about_incident, supported
from sluice.wiring.language_model import language_model_of

RUNS = 10  # newest runs that are told


@dataclass(frozen=True, slots=True)
class Explained:
    """Hold the explanation of an incident.

    Attributes:
        incident: The incident.
        facts: What was recorded of it, in the order of their numbers.
        summary: What happened, in the words of the model.
        causes: What probably caused it; each names its facts.
        steps: What to do next; each names its facts.
        model: Name of the model.
    """

    incident: Incident
    facts: Sequence[str]
    summary: str
    causes: Sequence[Statement]
    steps: Sequence[Statement]
    model: str


def explain_incident(app: App, number: int, language: str = "en") -> Explained:
    """Explain an incident; what people wrote about it is not sent, nor is a cell of a personal column.

    Args:
        app: The application.
        number: Number of the incident.
        language: Language of facts and explanation.

    Raises:
        UsageError: There is no such incident, or no language model is configured or answers.
    """
    answer = answer_incident(app, number)
    facts = list(_facts(app, answer, language))
    try:
        answered = language_model_of(app.config, app.store).ask(question_about_incident(answer.incident.dataset, facts, language), Explanation)
    except NotAnswered as reason:
        raise make_error(UsageError, reason.reason.code, **reason.reason.params) from None
    form = answered.form
    causes, steps = ([*supported(statements, len(facts))] for statements in (form.causes, form.steps))
    return Explained(answer.incident, facts, form.summary.strip(), causes, steps, answered.model)


def _facts(app: App, answer: IncidentAnswer, language: str) -> Iterator[str]:
    """Yield what was recorded, as Sluice says it to people: messages name no cell of a personal column."""
    incident = answer.incident
    times = " - ".join(f"{time:%Y-%m-%d %H:%M}" for time in (incident.first_seen, incident.last_seen))
    yield f"{incident.dataset}: {incident.rule}, {incident.severity}, {incident.state}, {times}"
    yield render(incident.message, language)
    yield f"rows held for it now: {answer.held}"
    yield from _rules(app, incident)
    for message in (*filter(None, (answer.cause, answer.habit)), *answer.advice):
        yield render(message, language)
    for run in answer.occurrences[:RUNS]:
        yield f"{run.at:%Y-%m-%d %H:%M} run {run.run}: {run.status}, {run.failed} of {run.rows} rows: {render(run.message, language)}"


def _rules(app: App, incident: Incident) -> Iterator[str]:
    """Yield the rules of the suite that have the name of the incident's, with their settings."""
    dataset = app.config.datasets.get(incident.dataset)
    suite = dataset.suite if dataset is not None and not isinstance(dataset.suite, str) else ()
    name, _, columns = incident.rule.partition(":")
    for step in suite:
        if step.name == name and set(columns.split(",")) & {str(value) for value in step.settings.values()}:
            yield f"rule in sluice.yaml: {step_line(step, '')}"
