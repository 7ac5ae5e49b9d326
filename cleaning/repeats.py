"""Verdicts on rows that repeat another one."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

import polars as pl

from sluice.domain import EVIDENCE, ROW, OnFail, Verdict

KEPT = "_kept"


def repeats(rows: pl.DataFrame, found: pl.DataFrame, *, rule: str, columns: Sequence[str], message: str, fingerprint: str, on_fail: OnFail) -> Verdict:
    """Say which rows repeat another one.

    Args:
        rows: The batch's rows, which the mask is aligned with.
        found: One row a repeat: `_row_id`, and in `_kept` the id of the row that it repeats.
        rule: The rule's name.
        columns: The columns that make two rows the same.
        message: What is expected.
        fingerprint: Hash of the rule's definition.
        on_fail: What happens to the repeats.
    """
    failing = rows[ROW].is_in(found[ROW].implode()).fill_null(value=False)
    failed = int(failing.sum())
    evidence = found.select(
        ROW,
        pl.lit(list(columns), dtype=pl.List(pl.String)).alias("columns"),
        pl.lit(None, dtype=pl.Float64).alias("score"),
        pl.concat_str(pl.lit(f"{message}: see row "), KEPT).alias("message"),
        pl.col(KEPT).alias("expected"),
    )
    return Verdict(
        rule,
        "cleaner",
        "uniqueness",
        "warning",
        on_fail,
        "failed" if failed else "passed",
        failing,
        rows.height,
        failed,
        tuple(columns),
        message,
        f"{failed} of {rows.height} rows",
        fingerprint=fingerprint,
        evidence=evidence.cast(dict(EVIDENCE)),  # type: ignore[arg-type]  # a Schema is a mapping of names to types
    )


def not_evaluated(rule: str, columns: Sequence[str], why: str, on_fail: OnFail) -> Verdict:
    """Say that the rule could not run."""
    return Verdict(rule, "cleaner", "uniqueness", "warning", on_fail, "not_evaluated", columns=tuple(columns), message=why)


def fingerprint(cleaner: Any) -> str:  # noqa: ANN401 -- any dataclass
    """Hash of a cleaner's settings, its schema aside."""
    settings = [(field.name, getattr(cleaner, field.name)) for field in dataclasses.fields(cleaner) if field.name != "schema"]
    return hashlib.sha256(repr((type(cleaner).__name__, settings)).encode()).hexdigest()[:12]
