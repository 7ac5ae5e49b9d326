"""Declare the tables of a language model's answers and proposals."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from sluice.store.tables.columns import CODE, DIGEST, METADATA, NAME, key, required
from sluice.store.utc import Utc

MODEL_ANSWERS = Table(
    "model_answers",
    METADATA,
    key("number", BigInteger().with_variant(Integer(), "sqlite")),
    required("at", Utc(), index=True),
    required("task"),
    required("version", Integer()),
    required("model"),
    required("question", DIGEST, index=True),
    required("state", CODE),
    required("question_tokens", Integer()),
    required("answer_tokens", Integer()),
    required("answer", Text()),
)
"""Record a call of a language model; `question` is the digest of the model's name and all that was asked."""

MODEL_PROPOSALS = Table(
    "model_proposals",
    METADATA,
    key("id"),
    required("number", Integer()),
    required("dataset", NAME, index=True),
    required("kind", CODE),
    required("row_id"),
    required("column", Text()),
    Column("value", Text()),
    Column("text", Text()),
    required("why", Text()),
    required("check", CODE),
    required("note", Text()),
    required("model"),
    required("version", Integer()),
    required("at", Utc()),
    required("refused_by"),
    required("request"),
)
"""Record what a language model proposes: cells, or values of a column, that would change; and what people decided on it."""
