"""Declare what the tables share: how constraints are named, and the columns that most of them have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, String
from sqlalchemy.types import TypeEngine

# Constraints are named, so that a migration can drop them again
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
NAME, CODE, DIGEST = String(255), String(16), String(64)


def key(name: str, kind: TypeEngine[Any] = NAME) -> Column[Any]:
    """Declare a column of the primary key."""
    return Column(name, kind, primary_key=True)


def required(name: str, kind: TypeEngine[Any] = NAME, *references: ForeignKey, **options: Any) -> Column[Any]:  # noqa: ANN401  # of Column
    """Declare a column that is never null."""
    return Column(name, kind, *references, nullable=False, **options)
