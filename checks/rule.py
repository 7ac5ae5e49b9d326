"""A rule: an expectation with what the shop says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sluice.domain import Dimension, OnFail, Severity


@dataclass(frozen=True, eq=False)
class Rule:
    """One line of a suite, ready to be evaluated.

    Attributes:
        id: Names it within its dataset for ever: `name:column,column`, with `#2` and so on where it stands there again.
        expectation: An object of Great Expectations, or one of ours (`checks.expectations.base.Expectation`).
        own: It is one of ours.
        whole: It is about the batch as a whole.
        message: What is expected, in words.
        mostly: The share of rows that must meet it; ours only, Great Expectations' keep their own.
        filter: The row condition, as written.
        condition: The same, as ours take it.
        fingerprint: Hash of the definition.
    """

    id: str
    expectation: Any
    own: bool
    columns: tuple[str, ...]
    whole: bool
    dimension: Dimension
    severity: Severity
    on_fail: OnFail
    message: str
    mostly: float = 1.0
    filter: str = ""
    condition: object = None
    fingerprint: str = ""
