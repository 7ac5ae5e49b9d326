"""Represent an expectation with the settings that a shop gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sluice.domain import Dimension, Message, OnFail, Severity


@dataclass(frozen=True, eq=False)
class Rule:
    """Represent one entry of a suite, ready to be evaluated.

    Attributes:
        id: Identifies it within its dataset: `name:column,column`, with `#2` and so on where the same name and columns occur again.
        expectation: Plan of an expectation of Great Expectations, or one of ours (`checks.expectations.base.Expectation`).
        own: True for one of ours.
        columns: Columns that it is about.
        table_level: True where it is about the batch as a whole.
        dimension: Quality dimension that it scores in.
        severity: Severity of a failure.
        on_fail: Action on failing rows.
        message: Describes a failing row, or what is expected of a whole batch.
        mostly: Share of rows that must pass (0 to 1); for ours only, Great Expectations' keep their own.
        filter: Row condition, as written.
        condition: Row condition as an object, for ours.
        fingerprint: Hash of the definition.
    """

    id: str
    expectation: Any
    own: bool
    columns: tuple[str, ...]
    table_level: bool
    dimension: Dimension
    severity: Severity
    on_fail: OnFail
    message: Message
    mostly: float = 1.0
    filter: str = ""
    condition: object = None
    fingerprint: str = ""
