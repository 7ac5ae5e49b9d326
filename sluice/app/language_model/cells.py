"""Propose right values of cells of held rows: each is judged by the rules and cleaners of its dataset before a person sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sluice import jobs
from sluice.app.app import App
from sluice.app.language_model.results import Answers, Result, proposal_id
from sluice.domain import RAW, REASONS, ROW, CheckState, CorrectedCell, Message, ModelProposal, Rejudge, Request, Schema
from sluice.language_model import Answered, Asking
from sluice.rules.language_model.repairs import CellRepairs, candidates, question_about
from sluice.rules.language_model.sendable import blamed_columns, describe_columns, sendable_columns, sendable_reasons, sendable_rows

EXAMPLES = 5  # published rows that a question shows


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Hold a row that is asked about: its id, its cells that may be sent, the columns to blame, and why it is held."""

    id: str
    cells: Mapping[str, str | None]
    blamed: Sequence[str]
    reasons: Sequence[Mapping[str, object]]


def propose_cells(app: App, asking: Asking, dataset: str, rows: int) -> Result:
    """Propose right values of cells that rules blame, in rows that nobody has been told of yet.

    Args:
        app: The application.
        asking: Asks the language model.
        dataset: Name of the dataset.
        rows: Rows that are asked about at most.
    """
    settings = app.config.language_model
    assert settings is not None  # noqa: S101  # it is asked
    schema = app.config.datasets[dataset].schema_of(dataset)
    held = held_rows(app, dataset, schema, rows, settings.cell)
    columns, examples = describe_columns(schema, sendable_columns(schema)), _examples(app, dataset, schema, settings.cell)
    parts = [held[start : start + settings.rows] for start in range(0, len(held), settings.rows)]
    answers = Answers(asking)
    proposals: list[ModelProposal] = []
    questions = [(question_about(dataset, columns, [_sent(number, row) for number, row in enumerate(part, 1)], examples), CellRepairs) for part in parts]
    for part, answer in zip(parts, answers.to(questions), strict=False):
        proposals += _checked(app, dataset, part, answer) if answer else []
    return Result(proposals, answers.count, answers.ended)


def held_rows(app: App, dataset: str, schema: Schema, count: int, longest: int) -> list[HeldRow]:
    """Return held rows with a cell to blame that may be sent, without those that a proposal is about already; cells hold the texts that may be sent."""
    proposed_rows = {one.row for one in app.store.model_proposals.of(dataset) if one.kind == "cell"}
    held = app.store.quarantine.held(dataset)
    fresh = held.filter(~pl.col(ROW).is_in(sorted(proposed_rows))).sort(ROW) if proposed_rows else held.sort(ROW)
    blamed = [blamed_columns(row, schema) for row in fresh.select(REASONS).to_dicts()]
    chosen = [place for place, columns in enumerate(blamed) if columns][:count]
    part = fresh[chosen]
    cells = sendable_rows(part, schema, longest)
    reasons = [sendable_reasons(row, schema) for row in part[REASONS].to_list()]
    return [HeldRow(*facts) for facts in zip(part[ROW], cells, [blamed[place] for place in chosen], reasons, strict=True)]


def _examples(app: App, dataset: str, schema: Schema, longest: int) -> list[dict[str, str | None]]:
    published = app.store.snapshot().published(dataset)
    names = [name for name in schema.names if name in published.collect_schema()]
    return sendable_rows(published.select([*names, *([RAW] if RAW in published.collect_schema() else [])]).head(EXAMPLES).collect(), schema, longest)


def _sent(number: int, row: HeldRow) -> Mapping[str, object]:
    return {"row": number, "cells": row.cells, "blamed": row.blamed, "reasons": row.reasons}


def _checked(app: App, dataset: str, rows: Sequence[HeldRow], answer: Answered[CellRepairs]) -> list[ModelProposal]:
    """Return the candidates of an answer, with what rules and cleaners say of them."""
    fields = [row.id for row in rows], [row.blamed for row in rows], [row.cells for row in rows]
    chosen = list(candidates(answer.form, *fields))
    states = check_cells(app, dataset, [cell for cell, _ in chosen])
    present = {row.id: row.cells for row in rows}
    return [_proposal(app, dataset, cell, present[cell.row].get(cell.column), why, states[cell], answer) for cell, why in chosen]


def check_cells(app: App, dataset: str, cells: Sequence[CorrectedCell]) -> Mapping[CorrectedCell, tuple[CheckState, Message]]:
    """Judge rows with proposed values as a correction would, and ask what cleaners would make of them; publish nothing.

    Raises:
        LeaseHeld: Another worker holds the lease of the dataset.
    """
    if not cells:
        return {}
    rows = tuple(dict.fromkeys(cell.row for cell in cells))
    request = Request("proposal", "correct", dataset, "", "", app.now(), rows)
    _, _, left = jobs.preview_correction(request, cells, app.store, app.worker, now=app.now())
    failing = {row: group.reason for group in left for row in group.rows}
    doubts = dict(_doubts(app, dataset, [cell for cell in cells if cell.row not in failing]))
    return {cell: _state(failing.get(cell.row), doubts.get((cell.row, cell.column))) for cell in cells}


def _doubts(app: App, dataset: str, cells: Sequence[CorrectedCell]) -> Iterator[tuple[tuple[str, str], Message]]:
    by_batch: dict[str, list[CorrectedCell]] = {}
    for cell in cells:
        by_batch.setdefault(cell.row.rpartition(".")[0], []).append(cell)
    for batch, part in by_batch.items():
        order = Rejudge("release", dataset, f"proposal-{batch}", tuple(dict.fromkeys(cell.row for cell in part)), app.now(), cells=tuple(part))
        for cell, cleaner in app.worker.doubts(order, app.store.snapshot().id):
            yield (cell.row, cell.column), Message.of("proposal_doubted", cleaner=cleaner, text=cell.text)


def _state(failing: Message | None, doubt: Message | None) -> tuple[CheckState, Message]:
    if failing is not None:
        return "fails", failing
    return ("doubted", doubt) if doubt is not None else ("fits", Message.of("proposal_fits"))


def _proposal(
    app: App, dataset: str, cell: CorrectedCell, value: str | None, why: str, state: tuple[CheckState, Message], answer: Answered[Any]
) -> ModelProposal:
    name = proposal_id("cell", dataset, cell.row, cell.column, cell.text)
    return ModelProposal(name, dataset, "cell", cell.row, cell.column, value, cell.text, why, *state, answer.model, answer.version, app.now())
