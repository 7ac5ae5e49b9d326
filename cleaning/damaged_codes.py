"""Flag codes that a spreadsheet wrote as a number and cut: `4.01E+12` has lost digits that nothing brings back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from cleaning.value_counts import count_column
from sluice.domain import EVIDENCE, ROW, Batch, Message, Verdict, message_column
from sluice.rules.evidence import count_message
from sluice.rules.value_kinds import kind_of

_RULE = "normalize_text:damaged_code"
SCIENTIFIC = r"^\s*\d(?:[.,]\d+)?[eE]\+\d{1,2}\s*$"


def damaged_codes_verdict(batch: Batch, columns: Sequence[str]) -> Verdict | None:
    """Return a verdict that flags the rows with a code in scientific notation; None where there is none.

    Args:
        batch: The batch.
        columns: Text columns.
    """
    rows = batch.rows
    scientific = batch.part.total("damaged codes", frozenset(name for name in columns if rows[name].str.contains(SCIENTIFIC).any()))
    names = [name for name in columns if name in scientific and kind_of(name, _without_damaged(batch, name)) in ("code", "empty")]
    batch.part.confirm("damaged codes", names)
    if not names:
        return None
    damaged = {name: pl.col(name).str.contains(SCIENTIFIC).fill_null(value=False) for name in names}
    failing = rows.select(pl.any_horizontal(*damaged.values())).to_series()
    blamed = pl.concat_list([pl.when(expr).then(pl.lit(name)) for name, expr in damaged.items()]).list.drop_nulls()
    evidence = rows.filter(failing).select(
        ROW,
        blamed.alias("columns"),
        pl.lit(None, dtype=pl.Float64).alias("score"),
        message_column("code_lost_digits"),
        pl.lit(None, dtype=pl.String).alias("expected"),
    )
    height, failed = batch.part.total("damaged counts", (rows.height, int(failing.sum())))
    return Verdict(
        _RULE,
        "cleaner",
        "accuracy",
        "warning",
        "flag",
        "failed",
        failing,
        height,
        failed,
        tuple(names),
        Message.of("code_lost_digits"),
        count_message(failed, height),
        fingerprint=hashlib.sha256(_RULE.encode()).hexdigest()[:12],
        evidence=evidence.select(*EVIDENCE),
    )


def _without_damaged(batch: Batch, name: str) -> pl.DataFrame:
    cells = batch.rows[name]
    return count_column(batch, f"{name} without damaged ones", cells.filter(~cells.str.contains(SCIENTIFIC).fill_null(value=False)))
