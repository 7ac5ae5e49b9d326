"""Judge whether a batch matches the declared schema of its dataset: columns, types and key."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.expectations.base import boolean_series, make_evidence
from checks.foreign_units import unit_evidence, unit_message, units_of
from checks.lost_columns import describe_new_columns, expected_columns, lost_columns
from checks.schema_definition import definition
from checks.unjudged import missing_column
from sluice.domain import ACTION, EMPTY, EVIDENCE, RAW, ROW, UNREADABLE, Batch, Column, Message, Schema, Status, Verdict, message_column
from sluice.domain.double_hour import comes_twice
from sluice.ports import Needs, Snapshot
from sluice.rules import mask_of, repeated
from sluice.rules.evidence import count_message

_NOT_FROM_FILE = Message.of("not_from_file")


@dataclass(frozen=True, eq=False)
class SchemaJudge:
    """Judge batches by the declared schema.

    Rules:

    * `column_present:<column>` for each required column, and for each missing optional one: a file without a required column
      is blocked, one without an optional column is reported. Where accepted batches filled the optional column in at least half of their
      rows, the rule is not evaluated, so that nothing is learned from the batch. Skipped where the rows do not come from a file.
    * `column_matched:<column>` for each name in the header that differs from the declared one in case or blanks alone, or
      is the one that the column had before (`was`); reported.
    * `footer_left_out`: records at the end of the file are no rows, as `footer` declares; reported with their lines.
    * `people_suppressed`: rows name people who were forgotten (`sluice forget`), and have pseudonyms in place of their cells; reported with their number.
    * `people_rejected`: rows of people who were forgotten with `--delete` are taken out; reported with their number.
    * `columns_known`: the file has no column that is not declared; reported.
    * `file_repeats`: the file has the same bytes as a published one of a dataset without a key; reported.
    * `file_grew`: the file was read when it was shorter; reported.
    * `message_readable`: each message of a topic is a JSON object; one that is not is a row without cells, which is held with its partition and offset.
    * `cast:<column>`: each cell that is not empty has the declared type, and that of a path is JSON; a row with another type is
      held unless a cleaner repairs it. A number beside another unit or currency than the column's is named with its unit.
    * `order_unknown:<column>`: a time without a zone falls in the hour that comes twice when clocks are set back; it is read as the first
      pass, and reported. Where it is the `time` of the dataset, the rows have the `_action` order_unknown, unless their text names a zone.
    * `key_present`: no part of the key is null; with `blank_key`, not all of them are.
    * `key_unique`, except in mode append, where a cleaner handles repeated events: one of the rows with the same key is kept.
      In a snapshot that is the first; in an upsert the newest by `time` (of equally new rows the last in the file). The others are
      held, and name the row that was kept.

    Attributes:
        schema: Schema of the dataset.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", "snapshot", ("id",), (Column("id"), Column("price", "number")))
        >>> batch = make_batch(schema, {"id": ["a", "a"], "price": [None, 2.0]}, unparsed={0: {"price": "n/a"}})
        >>> {verdict.rule: verdict.status for verdict in SchemaJudge(schema).judge(batch, MemorySnapshot())}
        {'columns_known': 'passed', 'cast:price': 'failed', 'key_present': 'passed', 'key_unique': 'failed'}
    """

    schema: Schema

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Judge the batch; of the snapshot, only how full a column usually is that the file lacks."""
        rows = batch.part.total("rows", batch.rows.height)
        return [
            *self._judge_presence(batch, lost_columns(batch, self.schema, snapshot), expected_columns(batch, snapshot, rows)),
            *self._judge_header(batch),
            *self._judge_footer(batch),
            *self._judge_people(batch),
            self._judge_undeclared(batch),
            *self._judge_file(batch),
            *self._judge_messages(batch),
            *self._judge_types(batch),
            *self._judge_zones(batch),
            *self._judge_key(batch),
        ]

    @property
    def needs(self) -> Needs:
        """Return that rows of one key must meet, where they are compared."""
        return Needs() if self.schema.mode == "append" else Needs.rows(self.schema.key, "key_unique")

    @functools.cached_property
    def _definition(self) -> str:
        return definition(self.schema)

    def _judge_presence(self, batch: Batch, lost: Collection[str], expected: Collection[str]) -> Iterator[Verdict]:
        for column in self.schema.columns:
            missing = batch.columns is not None and column.name not in batch.columns
            if missing and not column.required and column.path and column.name in batch.similar and column.name not in expected:
                continue  # a field that other batches lack, too
            if missing and not column.required and column.name in lost:
                yield self._loss_verdict(column, batch)
            elif column.required or missing:
                yield self._presence_verdict(column, batch, missing=missing)

    def _loss_verdict(self, column: Column, batch: Batch) -> Verdict:
        reason = missing_column(batch, column.name)
        return self._verdict(
            f"column_present:{column.name}",
            dimension="completeness",
            severity="critical",
            on_fail="flag",
            status="not_evaluated",
            columns=(column.name,),
            message=reason,
            observed=reason,
        )

    def _presence_verdict(self, column: Column, batch: Batch, *, missing: bool) -> Verdict:
        return self._verdict(
            f"column_present:{column.name}",
            dimension="completeness",
            severity="critical" if column.required else "warning",
            on_fail="block" if column.required else "flag",
            status=_file_status(batch, failed=missing),
            failed=int(missing),
            columns=(column.name,),
            message=missing_column(batch, column.name) if missing else Message.of("column_declared", column=column.name),
            observed=_NOT_FROM_FILE if batch.columns is None else EMPTY,
        )

    def _judge_header(self, batch: Batch) -> Iterator[Verdict]:
        former = {column.name: column.was for column in self.schema.columns}
        for column, written in batch.matched.items():
            yield self._verdict(
                f"column_matched:{column}",
                dimension="validity",
                severity="info",
                on_fail="flag",
                status="failed",
                failed=1,
                columns=(column,),
                message=Message.of("column_was" if written == former.get(column) else "column_matched", column=column, written=written),
            )

    def _judge_footer(self, batch: Batch) -> Iterator[Verdict]:
        if batch.footer:
            yield self._verdict(
                "footer_left_out",
                dimension="completeness",
                severity="info",
                on_fail="flag",
                status="failed",
                failed=1,
                message=Message.of("footer_left_out", records=len(batch.footer), lines=tuple(map(str, batch.footer))),
            )

    def _judge_people(self, batch: Batch) -> Iterator[Verdict]:
        if batch.suppressed:
            message = Message.of("people_suppressed", rows=batch.suppressed)
            yield self._verdict("people_suppressed", dimension="completeness", severity="info", on_fail="flag", status="failed", failed=1, message=message)
        if batch.rejected:
            message = Message.of("people_rejected", rows=len(batch.rejected))
            yield self._verdict("people_rejected", dimension="completeness", severity="info", on_fail="flag", status="failed", failed=1, message=message)

    def _judge_undeclared(self, batch: Batch) -> Verdict:
        undeclared = [name for name in batch.columns or () if name not in self.schema.names]
        return self._verdict(
            "columns_known",
            dimension="validity",
            severity="info",
            on_fail="flag",
            status=_file_status(batch, failed=bool(undeclared)),
            failed=int(bool(undeclared)),
            message=describe_new_columns(undeclared) if undeclared else Message.of("columns_all_declared"),
            observed=_NOT_FROM_FILE if batch.columns is None else EMPTY,
        )

    def _judge_file(self, batch: Batch) -> Iterator[Verdict]:
        if same := batch.same_file:
            message = Message.of("file_repeats", run=same.run, file=same.file)
            yield self._verdict("file_repeats", dimension="uniqueness", severity="info", on_fail="flag", status="failed", failed=1, message=message)
        if grown := batch.grown:
            message = Message.of("file_grew_cut" if grown.cut else "file_grew", run=grown.runs[-1].run, rows=grown.rows)
            yield self._verdict("file_grew", dimension="uniqueness", severity="info", on_fail="flag", status="failed", failed=1, message=message)

    def _judge_messages(self, batch: Batch) -> Iterator[Verdict]:
        unread = _unparsed_positions(batch.rows).filter(pl.col("column") == UNREADABLE)
        failed, rows = batch.part.total("unreadable messages", (unread.height, batch.rows.height))
        if not failed:
            return
        partition, offset = (pl.col("text").str.split(":").list.get(part) for part in (0, 1))
        message = Message.of("message_unreadable")
        evidence = make_evidence(unread, (), message, pl.lit(None)).with_columns(
            unread.select(message_column("message_unreadable_at", partition=partition, offset=offset)).to_series().alias("message")
        )
        failing = mask_of(unread["_position"], batch.rows.height)
        facts = {"status": "failed", "failing": failing, "rows": rows, "failed": failed, "observed": count_message(failed, rows), "evidence": evidence}
        yield self._verdict("message_readable", severity="critical", dimension="validity", on_fail="quarantine", message=message, **facts)

    def _judge_types(self, batch: Batch) -> Iterator[Verdict]:
        unparsed = _unparsed_positions(batch.rows)
        none, of_columns = unparsed.clear(), {name: cells for (name,), cells in unparsed.partition_by("column", as_dict=True).items()}
        present = set(batch.rows.columns)
        for column in self.schema.columns:
            if (column.type != "string" or column.path) and column.name in present:
                yield self._judge_type(column, batch, of_columns.get(column.name, none))

    def _judge_type(self, column: Column, batch: Batch, cells: pl.DataFrame) -> Verdict:
        failing = mask_of(cells["_position"], batch.rows.height)
        filled = batch.rows[column.name].is_not_null()
        judged = filled | failing if cells.height else filled
        evidence = unit_evidence(cells, column) if cells.height and column.type in {"number", "integer"} else EVIDENCE.to_frame()
        return self._row_verdict(
            f"cast:{column.name}",
            batch,
            failing,
            judged,
            dimension="validity",
            on_fail="repair",
            columns=(column.name,),
            message=unit_message(batch.part.total(f"units of {column.name}", units_of(evidence)), column),
            evidence=evidence if cells.height else None,
        )

    def _judge_zones(self, batch: Batch) -> Iterator[Verdict]:
        for column in self.schema.columns:
            if column.zone is None or column.name not in batch.rows.columns:
                continue
            times = batch.rows[column.name]
            failing = comes_twice(times, column.zone)
            if column.name == self.schema.time and batch.columns is not None:  # those of a file that name their zone are in one pass
                failing = failing & boolean_series(batch.rows, pl.col(ACTION) == "order_unknown" if ACTION in batch.rows.columns else pl.lit(value=False))
            rows, failed = batch.part.total(f"order of {column.name}", (times.len() - times.null_count(), int(failing.sum())))
            if failed:
                yield self._verdict(
                    f"order_unknown:{column.name}",
                    dimension="consistency",
                    severity="info",
                    on_fail="flag",
                    status="failed",
                    failing=failing,
                    judged=times.is_not_null(),
                    rows=rows,
                    failed=failed,
                    columns=(column.name,),
                    message=Message.of("order_unknown", column=column.name, zone=column.zone),
                    observed=count_message(failed, rows),
                )

    def _judge_key(self, batch: Batch) -> Iterator[Verdict]:
        key = self.schema.key
        if not key or not set(key) <= set(batch.rows.columns):
            return
        missing = boolean_series(batch.rows, self._no_key(pl.col(name).is_null() for name in key))
        message = Message.of("key_missing", columns=key)
        yield self._row_verdict("key_present", batch, missing, None, dimension="completeness", on_fail="quarantine", columns=key, message=message)
        if self.schema.mode != "append":
            yield self._judge_uniqueness(batch, missing)

    def _no_key(self, blank: Iterable[pl.Expr]) -> pl.Expr:
        return pl.all_horizontal(blank) if self.schema.blank_key else pl.any_horizontal(blank)

    def _judge_uniqueness(self, batch: Batch, missing: pl.Series) -> Verdict:
        key = self.schema.key
        again = repeated(batch.rows, key) & ~missing  # most keys occur once: few rows remain
        originals = batch.rows.with_row_index("_place").filter(again).select("_place", ROW, self._original().alias("_original"))
        others = originals.filter(pl.col("_original") != pl.col(ROW))
        failing = mask_of(others["_place"], batch.rows.height)
        message = Message.of("key_repeated", columns=key)
        return self._row_verdict(
            "key_unique",
            batch,
            failing,
            ~missing,
            dimension="uniqueness",
            on_fail="quarantine",
            columns=key,
            message=message,
            evidence=make_evidence(others, key, message, pl.col("_original")).with_columns(self._names_original()),
        )

    def _names_original(self) -> pl.Expr:
        """Return the message of each row that repeats the key of another one, which it names."""
        columns = pl.lit(list(self.schema.key), dtype=pl.List(pl.String))
        return message_column("key_repeated_of", columns=columns, row=pl.col("expected"))

    def _original(self) -> pl.Expr:
        """Return for each row the id of the row that is kept among those with its key."""
        row = pl.col(ROW)
        if self.schema.mode == "upsert":
            row = row.sort_by(self.schema.time, nulls_last=False, maintain_order=True).last() if self.schema.time else row.last()
        else:
            row = row.first()
        return row.over(self.schema.key)

    def _row_verdict(self, rule: str, batch: Batch, failing: pl.Series, judged: pl.Series | None, **fields: Any) -> Verdict:  # noqa: ANN401  # fields of Verdict
        rows, failed = batch.part.total(f"{rule} counts", (batch.rows.height if judged is None else int(judged.sum()), int(failing.sum())))
        status = "failed" if failed else "passed" if rows else "skipped"  # what judged nothing has not passed
        facts = {"status": status, "failing": failing if rows else None, "judged": judged, "rows": rows, "failed": failed}
        return self._verdict(rule, severity="critical", observed=count_message(failed, rows), **facts, **fields)

    def _verdict(self, rule: str, **fields: Any) -> Verdict:  # noqa: ANN401  # fields of Verdict
        fingerprint = hashlib.sha256(f"({rule!r}, {self._definition})".encode()).hexdigest()[:12]
        return Verdict(rule=rule, nature="schema", fingerprint=fingerprint, **fields)


def _file_status(batch: Batch, *, failed: bool) -> Status:
    return "skipped" if batch.columns is None else "failed" if failed else "passed"


def _unparsed_positions(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that did not cast: `_position` and `_row_id` of their row, `column` and `text`."""
    if RAW not in rows.columns:
        return pl.DataFrame(schema={"_position": pl.UInt32, ROW: pl.String, "column": pl.String, "text": pl.String})
    cells = rows.select(ROW, RAW).with_row_index("_position").filter(pl.col(RAW).list.len() > 0).explode(RAW)
    return cells.select("_position", ROW, pl.col(RAW).struct.field("column", "text"))
