"""Build verdicts on rows that repeat another row."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import polars as pl

from sluice.config.renamed import original as first_names
from sluice.domain import EVIDENCE, ROW, Batch, Message, OnFail, Verdict
from sluice.domain import original as first_name
from sluice.rules.evidence import count_message

ORIGINAL = "_original"


def duplicate_verdict(
    batch: Batch,
    duplicates: pl.DataFrame,
    *,
    rule: str,
    columns: Sequence[str],
    message: Message,
    row_message: pl.Expr,
    fingerprint: str,
    on_fail: OnFail,
) -> Verdict:
    """Build the verdict on the rows that repeat another row.

    Args:
        batch: The batch, which the mask is aligned with.
        duplicates: One row per duplicate: `_row_id`, and in `_original` the id of the row that it repeats.
        rule: Id of the rule.
        columns: Columns by which two rows are compared.
        message: Describes a duplicate.
        row_message: Column `message` of one message per duplicate.
        fingerprint: Hash of the definition of the rule.
        on_fail: Action on the duplicates.
    """
    none = pl.Series([False]).new_from_index(0, batch.rows.height)
    failing = batch.rows[ROW].is_in(duplicates[ROW].implode()).fill_null(value=False) if duplicates.height else none
    rows, failed = batch.part.total(f"{rule} counts", (batch.rows.height, int(failing.sum())))
    evidence = duplicates.select(
        ROW,
        pl.lit(list(columns), dtype=pl.List(pl.String)).alias("columns"),
        pl.lit(None, dtype=pl.Float64).alias("score"),
        row_message.alias("message"),
        pl.col(ORIGINAL).alias("expected"),
    )
    return Verdict(
        rule,
        "cleaner",
        "uniqueness",
        "warning",
        on_fail,
        "failed" if failed else "passed",
        failing,
        rows,
        failed,
        tuple(columns),
        message,
        count_message(failed, rows),
        fingerprint=fingerprint,
        evidence=evidence.cast(dict(EVIDENCE)),  # type: ignore[arg-type]  # a Schema is a mapping of names to types
    )


def not_evaluated_verdict(rule: str, columns: Sequence[str], reason: Message, on_fail: OnFail) -> Verdict:
    """Build the verdict of a rule that could not be evaluated."""
    return Verdict(rule, "cleaner", "uniqueness", "warning", on_fail, "not_evaluated", columns=tuple(columns), message=reason)


def fingerprint_of(cleaner: Any, name: str) -> str:  # noqa: ANN401 -- any dataclass
    """Hash the settings of a cleaner over its first names, so that a rename does not change the hash.

    Args:
        cleaner: Cleaner.
        name: Its name in sluice.yaml.
    """
    values = {field.name: getattr(cleaner, field.name) for field in dataclasses.fields(cleaner) if field.name != "schema"}
    keys = dict(zip(values, cast("Mapping[str, object]", first_names(dict.fromkeys(values), ("datasets", "*", "clean", name))), strict=True))
    settings = [(keys[key], value) for key, value in values.items()]
    return hashlib.sha256(repr((first_name(name).title().replace("_", ""), settings)).encode()).hexdigest()[:12]
