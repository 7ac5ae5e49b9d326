"""How a batch's rows are parted, by masks."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sluice.domain import EVIDENCE, FLAGS, REASON_TYPE, REASONS, ROW, Batch, Message, Split, Verdict
from sluice.messages import split_messages


def split(batch: Batch, verdicts: Sequence[Verdict], waived: frozenset[str] = frozenset()) -> Split:
    """Part a batch by the masks of the verdicts that hold rows back; a failed `block` holds every row.

    Args:
        batch: The rows to part.
        verdicts: What the judges say of exactly these rows.
        waived: Rules that a steward set aside.
    """
    holding = [each for each in verdicts if _holds(each) and each.rule not in waived]
    masks = [_mask(each, batch.rows.height) for each in holding]
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
    each = [_reason(rows, verdict, mask, batch) for verdict, mask in zip(verdicts, masks, strict=True)]
    gathered = pl.concat(each).group_by(ROW, maintain_order=True).agg(pl.struct(pl.exclude(ROW)).alias(REASONS))
    return rows.join(gathered, on=ROW, how="left", maintain_order="left").with_columns(pl.col(REASONS).cast(REASON_TYPE))


def flagged(batch: Batch, verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """What detectors say of rows one by one (schema FLAGS): a line for each row and verdict whose mask is set there.

    Args:
        batch: The rows.
        verdicts: What the judges say of exactly these rows.
    """
    speaking = [each for each in verdicts if each.nature == "detector" and each.failing is not None and each.status in ("passed", "failed")]
    each = [_told(batch.rows, verdict, _mask(verdict, batch.rows.height)).with_columns(rule=pl.lit(verdict.rule)) for verdict in speaking]
    return pl.concat([FLAGS.to_frame(), *(told.select(*FLAGS).cast(FLAGS) for told in each)])


def _told(rows: pl.DataFrame, verdict: Verdict, mask: pl.Series) -> pl.DataFrame:
    """The failing rows' `columns`, `score`, `message` and `expected`, from the evidence where there is some, else from the verdict."""
    failing = rows.select(ROW).filter(mask)
    evidence = EVIDENCE.to_frame() if verdict.evidence is None else verdict.evidence.unique(ROW, keep="first")
    told = failing.join(evidence, on=ROW, how="left", maintain_order="left")
    blamed = pl.col("columns").fill_null(pl.lit(list(verdict.columns), dtype=pl.List(pl.String)))
    return told.with_columns(blamed.alias("columns"), pl.col("message").fill_null(pl.lit(Message.from_json(verdict.message).dumps())))


def _reason(rows: pl.DataFrame, verdict: Verdict, mask: pl.Series, batch: Batch) -> pl.DataFrame:
    return split_messages(_told(rows, verdict, mask)).select(
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
    """The rows of both, in that order."""
    return replace(first, rows=pl.concat([first.rows, second.rows], how="diagonal"))
