"""Split a batch's rows by masks."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sluice.domain import EVIDENCE, FLAGS, REASON_TYPE, REASONS, ROW, Batch, Message, Split, Verdict
from sluice.messages import split_messages


def split(batch: Batch, verdicts: Sequence[Verdict], waived: frozenset[str] = frozenset()) -> Split:
    """Split a batch by the masks of the verdicts that hold rows; a failed `block` holds every row.

    Args:
        batch: Rows to split.
        verdicts: Verdicts on exactly these rows.
        waived: Ids of rules that a steward does not apply to them.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import make_batch
        >>> batch = make_batch(Schema("items", columns=(Column("title"),)), {"title": ["Lamp", None]})
        >>> empty = pl.Series([False, True])
        >>> rule = Verdict("not_null", "expectation", "completeness", "critical", "quarantine", "failed", empty, 2, 1, ("title",))
        >>> parts = split(batch, [rule])
        >>> parts.good.rows["_row_id"].to_list(), parts.bad.rows["_row_id"].to_list()
        (['b.0'], ['b.1'])
    """
    holding = [verdict for verdict in verdicts if _holds(verdict) and verdict.rule not in waived]
    masks = [_mask(verdict, batch.rows.height) for verdict in holding]
    if not masks:
        return Split(batch, replace(batch, rows=with_reasons(batch.rows.clear(), (), (), batch)))
    bad = functools.reduce(operator.or_, masks)
    held = with_reasons(batch.rows.filter(bad), holding, [mask.filter(bad) for mask in masks], batch)
    return Split(replace(batch, rows=batch.rows.filter(~bad)), replace(batch, rows=held))


def _holds(verdict: Verdict) -> bool:
    if verdict.on_fail == "block":
        return verdict.status == "failed"
    return verdict.on_fail in ("quarantine", "repair") and verdict.failing is not None and verdict.status in ("passed", "failed")


def _mask(verdict: Verdict, height: int) -> pl.Series:
    if verdict.on_fail == "block" or verdict.failing is None:
        return pl.Series([True], dtype=pl.Boolean).new_from_index(0, height)
    return verdict.failing.fill_null(value=False)


def with_reasons(rows: pl.DataFrame, verdicts: Sequence[Verdict], masks: Sequence[pl.Series], batch: Batch) -> pl.DataFrame:
    """Add `_reasons`: for each row, one struct for each verdict whose mask is set there."""
    if not verdicts:
        return rows.with_columns(pl.lit(None, dtype=REASON_TYPE).alias(REASONS))
    reasons = [_reasons_of(rows, verdict, mask, batch) for verdict, mask in zip(verdicts, masks, strict=True)]
    gathered = pl.concat(reasons).group_by(ROW, maintain_order=True).agg(pl.struct(pl.exclude(ROW)).alias(REASONS))
    return rows.join(gathered, on=ROW, how="left", maintain_order="left").with_columns(pl.col(REASONS).cast(REASON_TYPE))


def flagged(batch: Batch, verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """Return the rows that detectors flag (schema FLAGS): one for each row and verdict whose mask is set there.

    Args:
        batch: Rows of the batch.
        verdicts: Verdicts on exactly these rows.
    """
    detectors = [verdict for verdict in verdicts if verdict.nature == "detector" and verdict.failing is not None and verdict.status in ("passed", "failed")]
    flags = [_details(batch.rows, verdict, _mask(verdict, batch.rows.height)).with_columns(rule=pl.lit(verdict.rule)) for verdict in detectors]
    return pl.concat([FLAGS.to_frame(), *(rows.select(*FLAGS).cast(FLAGS) for rows in flags)])


def _details(rows: pl.DataFrame, verdict: Verdict, mask: pl.Series) -> pl.DataFrame:
    """Return the failing rows' `columns`, `score`, `message` and `expected`, from the evidence where there is some, else from the verdict."""
    failing = rows.select(ROW).filter(mask)
    evidence = EVIDENCE.to_frame() if verdict.evidence is None else verdict.evidence.unique(ROW, keep="first")
    details = failing.join(evidence, on=ROW, how="left", maintain_order="left")
    blamed = pl.col("columns").fill_null(pl.lit(list(verdict.columns), dtype=pl.List(pl.String)))
    return details.with_columns(blamed.alias("columns"), pl.col("message").fill_null(pl.lit(Message.from_json(verdict.message).dumps())))


def _reasons_of(rows: pl.DataFrame, verdict: Verdict, mask: pl.Series, batch: Batch) -> pl.DataFrame:
    return split_messages(_details(rows, verdict, mask)).select(
        pl.col(ROW),
        pl.lit(verdict.rule).alias("name"),
        "message",
        "columns",
        pl.lit(verdict.severity).alias("severity"),
        pl.lit(verdict.dimension).alias("dimension"),
        pl.lit(verdict.filter).alias("filter"),
        pl.col("score"),
        pl.lit(batch.id).alias("run_id"),
        pl.lit(batch.at).dt.cast_time_unit("us").dt.convert_time_zone("UTC").alias("run_time"),
        pl.lit(verdict.fingerprint).alias("rule_fingerprint"),
        "code",
        "params",
    )


def join(first: Batch, second: Batch) -> Batch:
    """Return a batch with the rows of both, in that order."""
    return replace(first, rows=pl.concat([first.rows, second.rows], how="diagonal"))
