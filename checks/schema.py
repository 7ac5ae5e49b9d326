"""Judges whether a batch is what its dataset's schema declares: columns, types and key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.expectations.base import evidence, series
from sluice.domain import RAW, ROW, Batch, Column, Schema, Verdict
from sluice.ports import Snapshot

_KIND = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "date": "a date", "timestamp": "a time"}


@dataclass(frozen=True, eq=False)
class SchemaJudge:
    """The declared schema, as a Judge.

    Its rules:

    * `column_present:<column>` for each required column, and for each other one that is missing: a file without a required column
      is blocked, one without another is reported. Skipped where the rows come from no file.
    * `columns_known`: the file has no column that is not declared; reported.
    * `cast:<column>`: each cell that is there is of the declared type; a row with another is held unless a cleaner mends it.
    * `key_present`: no part of the key is null.
    * `key_unique`, unless in mode append, where events that come again are a cleaner's: of the rows with the same key one is kept.
      In a snapshot that is the first; in an upsert the newest by `time` (of equally new ones the last in the file). The others are
      held, naming the row that was kept.

    Attributes:
        schema: The dataset's.
    """

    schema: Schema

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """The rules are about the batch alone; the past is not asked."""
        _ = snapshot
        return [*self._present(batch), self._known(batch), *self._cast(batch), *self._key(batch)]

    def _present(self, batch: Batch) -> Iterator[Verdict]:
        for column in self.schema.columns:
            missing = batch.columns is not None and column.name not in batch.columns
            if not column.required and not missing:
                continue
            yield self._verdict(
                f"column_present:{column.name}",
                dimension="completeness",
                severity="critical" if column.required else "warning",
                on_fail="block" if column.required else "flag",
                status="skipped" if batch.columns is None else "failed" if missing else "passed",
                failed=int(missing),
                columns=(column.name,),
                message=f"the file has the column {column.name}",
                observed="the rows come from no file" if batch.columns is None else "it is missing" if missing else "",
            )

    def _known(self, batch: Batch) -> Verdict:
        unknown = [name for name in batch.columns or () if name not in self.schema.names]
        return self._verdict(
            "columns_known",
            dimension="validity",
            severity="info",
            on_fail="flag",
            status="skipped" if batch.columns is None else "failed" if unknown else "passed",
            failed=int(bool(unknown)),
            message="the file has no columns but the declared ones",
            observed=f"{len(unknown)} more" if unknown else "",
        )

    def _cast(self, batch: Batch) -> Iterator[Verdict]:
        uncast = _uncast(batch.rows)
        for column in self.schema.columns:
            if column.type != "string" and column.name in batch.rows.columns:
                yield self._cast_of(column, batch, uncast)

    def _cast_of(self, column: Column, batch: Batch, uncast: pl.DataFrame) -> Verdict:
        positions = uncast.filter(pl.col("column") == column.name)["_position"]
        failing = series(batch.rows, pl.int_range(pl.len(), dtype=pl.UInt32).is_in(positions.implode()))
        rows = int((batch.rows[column.name].is_not_null() | failing).sum())
        return self._about_rows(
            f"cast:{column.name}",
            failing,
            rows,
            dimension="validity",
            on_fail="repair",
            columns=(column.name,),
            message=f"{column.name} is {_KIND[column.type]}",
        )

    def _key(self, batch: Batch) -> Iterator[Verdict]:
        key = self.schema.key
        if not key or not set(key) <= set(batch.rows.columns):
            return
        names = ", ".join(key)
        absent = series(batch.rows, pl.any_horizontal(pl.col(name).is_null() for name in key))
        yield self._about_rows(
            "key_present", absent, batch.rows.height, dimension="completeness", on_fail="quarantine", columns=key, message=f"the key ({names}) is not empty"
        )
        if self.schema.mode != "append":
            kept = batch.rows.select(self._kept().alias("_kept")).to_series()
            failing = (kept != batch.rows[ROW]).fill_null(value=False) & ~absent
            told = evidence(batch.rows.select(ROW, kept).filter(failing), key, "has the key of another row of its batch", pl.col("_kept"))
            yield self._about_rows(
                "key_unique",
                failing,
                batch.rows.height - int(absent.sum()),
                dimension="uniqueness",
                on_fail="quarantine",
                columns=key,
                message=f"the key ({names}) is unique within its batch",
                evidence=told,
            )

    def _kept(self) -> pl.Expr:
        """For each row, the id of the one that is kept of those with its key."""
        row = pl.col(ROW)
        if self.schema.mode == "upsert":
            row = row.sort_by(self.schema.time, nulls_last=False, maintain_order=True).last() if self.schema.time else row.last()
        else:
            row = row.first()
        return row.over(self.schema.key)

    def _about_rows(self, rule: str, failing: pl.Series, rows: int, **said: Any) -> Verdict:  # noqa: ANN401  # fields of Verdict
        failed = int(failing.sum())
        observed = f"{failed:,} of {rows:,} rows" if rows else "no row to judge"
        status = "failed" if failed else "passed"
        return self._verdict(rule, status=status, severity="critical", failing=failing, rows=rows, failed=failed, observed=observed, **said)

    def _verdict(self, rule: str, **said: Any) -> Verdict:  # noqa: ANN401  # fields of Verdict
        fingerprint = hashlib.sha256(repr((rule, self.schema)).encode()).hexdigest()[:12]
        return Verdict(rule=rule, nature="schema", fingerprint=fingerprint, **said)


def _uncast(rows: pl.DataFrame) -> pl.DataFrame:
    """Which cells did not cast: `_position` (of the row) and `column`."""
    if RAW not in rows.columns:
        return pl.DataFrame(schema={"_position": pl.UInt32, "column": pl.String})
    cells = rows.select(RAW).with_row_index("_position").filter(pl.col(RAW).list.len() > 0).explode(RAW)
    return cells.select("_position", pl.col(RAW).struct.field("column"))
