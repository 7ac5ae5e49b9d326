"""Record the calls of a language model, and find former answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from sluice.domain import AnswerRecord, Usage
from sluice.store.database import Database
from sluice.store.tables import MODEL_ANSWERS

_COLUMNS = MODEL_ANSWERS.c


class ModelAnswers:
    """Add, find and count them."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def record(self, answer: AnswerRecord) -> None:
        """Record a call."""
        values = {
            "at": answer.at,
            "task": answer.task,
            "version": answer.version,
            "model": answer.model,
            "question": answer.question,
            "state": answer.state,
            "question_tokens": answer.question_tokens,
            "answer_tokens": answer.answer_tokens,
            "answer": storable(answer.answer),
        }
        with self._database.write() as connection:
            connection.execute(insert(MODEL_ANSWERS).values(values))

    def find(self, question: str) -> AnswerRecord | None:
        """Return the newest answer to a question of this digest that fitted; None where there is none."""
        query = select(MODEL_ANSWERS).where(_COLUMNS.question == question, _COLUMNS.state == "answered").order_by(_COLUMNS.number.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _to_record(row)

    def used_since(self, moment: datetime) -> Usage:
        """Count the calls from a moment on."""
        tokens = func.coalesce(func.sum(_COLUMNS.question_tokens + _COLUMNS.answer_tokens), 0)
        with self._database.read() as connection:
            calls, used = connection.execute(select(func.count(), tokens).where(_COLUMNS.at >= moment)).one()
        return Usage(int(calls), int(used))

    def newest(self, count: int) -> Sequence[AnswerRecord]:
        """Return the newest calls, the newest first."""
        with self._database.read() as connection:
            return [_to_record(row) for row in connection.execute(select(MODEL_ANSWERS).order_by(_COLUMNS.number.desc()).limit(count))]


def storable(text: str) -> str:
    """Return a text as every database stores it: without lone surrogates, and with blanks in the place of zero bytes."""
    return text.encode("utf-8", "replace").decode().replace("\x00", " ")


def _to_record(row: Row[Any]) -> AnswerRecord:
    return AnswerRecord(row.at, row.task, row.version, row.model, row.question, row.state, row.question_tokens, row.answer_tokens, row.answer)
