"""Propose which values of a column are another one: categories, brands and words in other spellings or languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from sluice.app.app import App
from sluice.app.language_model.results import Answers, Result, proposal_id
from sluice.domain import Message, ModelProposal, Spelling
from sluice.language_model import Answered, Asking
from sluice.rules.language_model.mappings import ValueMappings, mapped_values, question_about_values
from sluice.rules.language_model.sendable import sendable_columns
from sluice.rules.spellings import may_have_spellings
from sluice.store.spellings import spellings_of


def propose_values(app: App, asking: Asking, dataset: str, rows: int) -> Result:
    """Propose mappings of values, one question for each column of words that is not personal.

    Args:
        app: The application.
        asking: Asks the language model.
        dataset: Name of the dataset.
        rows: Columns have no rows; not used.
    """
    _ = rows
    columns = dict(_columns_of_words(app, dataset))
    answers = Answers(asking)
    proposals: list[ModelProposal] = []
    questions = [(question_about_values(dataset, column, values), ValueMappings) for column, values in columns.items()]
    for (column, values), answer in zip(columns.items(), answers.to(questions), strict=False):
        proposals += _proposals(app, dataset, column, values, answer) if answer else []
    return Result(proposals, answers.count, answers.ended)


def _columns_of_words(app: App, dataset: str) -> Iterator[tuple[str, Sequence[Spelling]]]:
    schema = app.config.datasets[dataset].schema_of(dataset)
    for column in sendable_columns(schema):
        if schema.dtypes[column] == pl.String and column not in schema.key:
            values = spellings_of(app.store, dataset, column)
            if values is not None and len(values) > 1 and may_have_spellings(schema, column, values):
                yield column, values


def _proposals(app: App, dataset: str, column: str, values: Sequence[Spelling], answer: Answered[ValueMappings]) -> Iterator[ModelProposal]:
    rows = {one.value: one for one in values}
    for mapping in mapped_values(answer.form, values):
        note = Message.of("proposal_changes_values", published=rows[mapping.wrong].published, held=rows[mapping.wrong].held)
        subject = column, mapping.wrong, mapping.right
        name, origin = proposal_id("value", dataset, *subject), (answer.model, answer.version, app.now())
        yield ModelProposal(name, dataset, "value", "", *subject, mapping.why.strip(), "fits", note, *origin)
