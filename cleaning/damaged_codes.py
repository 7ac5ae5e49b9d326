"""Flag codes that a spreadsheet wrote as a number and cut: `4.01E+12` has lost digits that nothing brings back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from cleaning.value_counts import count_values, kind_of
from sluice.domain import EVIDENCE, ROW, Message, Verdict, message_column
from sluice.rules.evidence import count_message

_RULE = "normalize_text:damaged_code"
_SCIENTIFIC = r"^\s*\d(?:[.,]\d+)?[eE]\+\d{1,2}\s*$"


def damaged_codes_verdict(rows: pl.DataFrame, columns: Sequence[str]) -> Verdict | None:
    """Return a verdict that flags the rows with a code in scientific notation; None where there is none.

    Args:
        rows: Rows of the batch.
        columns: Text columns.
    """
    names = [name for name in columns if rows[name].str.contains(_SCIENTIFIC).any() and kind_of(name, _without_damaged(rows[name])) in ("code", "empty")]
    if not names:
        return None
    damaged = {name: pl.col(name).str.contains(_SCIENTIFIC).fill_null(value=False) for name in names}
    failing = rows.select(pl.any_horizontal(*damaged.values())).to_series()
    blamed = pl.concat_list([pl.when(expr).then(pl.lit(name)) for name, expr in damaged.items()]).list.drop_nulls()
    evidence = rows.filter(failing).select(
        ROW,
        blamed.alias("columns"),
        pl.lit(None, dtype=pl.Float64).alias("score"),
        message_column("code_lost_digits"),
        pl.lit(None, dtype=pl.String).alias("expected"),
    )
    failed = int(failing.sum())
    return Verdict(
        _RULE,
        "cleaner",
        "accuracy",
        "warning",
        "flag",
        "failed",
        failing,
        rows.height,
        failed,
        tuple(names),
        Message.of("code_lost_digits"),
        count_message(failed, rows.height),
        fingerprint=hashlib.sha256(_RULE.encode()).hexdigest()[:12],
        evidence=evidence.select(*EVIDENCE),
    )


def _without_damaged(cells: pl.Series) -> pl.DataFrame:
    return count_values(cells.filter(~cells.str.contains(_SCIENTIFIC).fill_null(value=False)))
