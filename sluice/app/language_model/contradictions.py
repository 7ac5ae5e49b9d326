"""Find published rows whose cells contradict each other: findings that hold nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from sluice.app.app import App
from sluice.app.language_model.results import Answers, Result, proposal_id
from sluice.domain import RAW, ROW, RUN, Message, ModelProposal, Question
from sluice.language_model import Answered, Asking
from sluice.rules.language_model.contradictions import PRODUCT, Contradictions, contradictions_in, question_about_rows
from sluice.rules.language_model.sendable import sendable_columns, sendable_rows

Sent = Mapping[str, Mapping[str, str | None]]


def find_contradictions(app: App, asking: Asking, dataset: str, rows: int) -> Result:
    """Find contradictions in the newest published rows that were not asked about yet; of a review, with its product.

    Args:
        app: The application.
        asking: Asks the language model.
        dataset: Name of the dataset.
        rows: Rows that are asked about at most.
    """
    settings = app.config.language_model
    assert settings is not None  # noqa: S101  # it is asked
    blocks: list[tuple[Sequence[str], Sequence[Sent], Question]] = []
    for ids, sent in _blocks(app, dataset, settings.rows, settings.cell):
        question = question_about_rows(dataset, sent)
        if sum(len(block[0]) for block in blocks) >= rows:
            break
        if not asking.has_answered(question):
            blocks.append((ids, sent, question))
    answers = Answers(asking)
    findings: list[ModelProposal] = []
    for (ids, sent, _), answer in zip(blocks, answers.to((question, Contradictions) for _, _, question in blocks), strict=False):
        findings += _findings(app, dataset, ids, sent, answer) if answer else []
    return Result(findings, answers.count, answers.ended)


def _blocks(app: App, dataset: str, size: int, longest: int) -> Iterator[tuple[Sequence[str], Sequence[Sent]]]:
    """Yield the published rows in blocks that stay the same while their rows do, those of the newest run first: their ids, and what is sent of each."""
    schema, published = app.config.datasets[dataset].schema_of(dataset), app.store.snapshot().published(dataset)
    stored = published.collect_schema().names()
    if ROW not in stored or not sendable_columns(schema):
        return
    for run in reversed(app.store.snapshot().runs(dataset)):
        ids = published.filter(pl.col(RUN) == run.id).select(pl.col(ROW).sort()).collect()[ROW].to_list()
        for start in range(0, len(ids), size):
            part = ids[start : start + size]
            names = [name for name in (ROW, RAW, *schema.names) if name in stored]
            cells = published.filter(pl.col(ROW).is_in(part)).select(names).sort(ROW).collect()
            products = _products(app, dataset, cells, longest)
            rows = sendable_rows(cells, schema, longest)
            yield part, [{"cells": row, **({PRODUCT: product} if product else {})} for row, product in zip(rows, products, strict=True)]


def _products(app: App, dataset: str, reviews: pl.DataFrame, longest: int) -> list[Mapping[str, str | None]]:
    """Return what is sent of the product of each review: title, text and attributes; nothing where the dataset holds no reviews."""
    settings = app.config.recommender
    if settings is None or settings.reviews is None or settings.reviews.dataset != dataset or settings.items == dataset:
        return [{}] * reviews.height
    schema, key = app.config.datasets[settings.items].schema_of(settings.items), settings.catalog_item
    named = [name for name in (settings.title_column, *settings.text_columns, *settings.attributes) if name]
    chosen = [name for name in sendable_columns(schema) if name in named]
    ids = reviews[settings.reviews.item].cast(pl.String)
    items = app.store.snapshot().published(settings.items)
    if not {key, *chosen} <= set(items.collect_schema().names()):
        return [{}] * reviews.height
    products = items.filter(pl.col(key).cast(pl.String).is_in(ids.unique().drop_nulls().implode())).unique(key, keep="last", maintain_order=True).collect()
    texts = [{name: row[name] for name in chosen} for row in sendable_rows(products, schema, longest)]
    by_id = dict(zip(products[key].cast(pl.String), texts, strict=True))
    return [by_id.get(item, {}) for item in ids]


def _findings(app: App, dataset: str, ids: Sequence[str], rows: Sequence[Sent], answer: Answered[Contradictions]) -> Iterator[ModelProposal]:
    for one in contradictions_in(answer.form, rows):
        row, columns = ids[one.row - 1], ", ".join(dict.fromkeys(one.columns))
        note, origin = Message.of("contradiction_holds_nothing"), (answer.model, answer.version, app.now())
        yield ModelProposal(
            proposal_id("contradiction", dataset, row, columns), dataset, "contradiction", row, columns, None, None, one.why.strip(), "fits", note, *origin
        )
