"""Split a batch's rows by masks."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from sluice.domain import FLAGS, REASON_TYPE, REASONS, ROW, Batch, Message, Split, Verdict
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
    holding = _holding(batch, verdicts, waived)
    if not holding:
        return Split(batch, replace(batch, rows=with_reasons(batch.rows.clear(), (), (), batch)))
    bad = functools.reduce(operator.or_, (mask for _, mask in holding))
    held = with_reasons(batch.rows.filter(bad), [verdict for verdict, _ in holding], [mask.filter(bad) for _, mask in holding], batch)
    return Split(replace(batch, rows=batch.rows.filter(~bad)), replace(batch, rows=held))


def held_mask(batch: Batch, verdicts: Sequence[Verdict], waived: frozenset[str] = frozenset()) -> pl.Series | None:
    """Return True for each row that `split` holds; None where it holds none.

    Args:
        batch: Rows that are split.
        verdicts: Verdicts on exactly these rows.
        waived: Ids of rules that a steward does not apply to them.
    """
    masks = [mask for _, mask in _holding(batch, verdicts, waived)]
    return functools.reduce(operator.or_, masks) if masks else None


def _holding(batch: Batch, verdicts: Sequence[Verdict], waived: frozenset[str]) -> list[tuple[Verdict, pl.Series]]:
    """Return the verdicts that hold rows, each with the mask of its rows."""
    masks = [(verdict, _mask(verdict, batch.rows.height)) for verdict in verdicts if _holds(verdict) and verdict.rule not in waived]
    return [(verdict, mask) for verdict, mask in masks if mask.any()]


def _holds(verdict: Verdict) -> bool:
    if verdict.on_fail == "block":
        return verdict.status == "failed"
    return verdict.on_fail in ("quarantine", "repair") and verdict.failing is not None and verdict.status in ("passed", "failed")


def _mask(verdict: Verdict, height: int) -> pl.Series:
    if verdict.on_fail == "block" or verdict.failing is None:
        return pl.Series([True], dtype=pl.Boolean).new_from_index(0, height)
    return verdict.failing.fill_null(value=False) if verdict.failing.null_count() else verdict.failing


def with_reasons(rows: pl.DataFrame, verdicts: Sequence[Verdict], masks: Sequence[pl.Series], batch: Batch) -> pl.DataFrame:
    """Add `_reasons`: for each row, one struct for each verdict whose mask is set there."""
    failing = [(verdict, mask) for verdict, mask in zip(verdicts, masks, strict=True) if mask.any()]
    if not failing:
        return rows.with_columns(pl.lit(None, dtype=REASON_TYPE).alias(REASONS))
    gathered = split_messages(_reasons(rows, failing, batch)).group_by(ROW, maintain_order=True).agg(pl.struct(pl.exclude(ROW)).alias(REASONS))
    return rows.join(gathered, on=ROW, how="left", maintain_order="left").with_columns(pl.col(REASONS).cast(REASON_TYPE))


def flagged(batch: Batch, verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """Return the rows that detectors or cleaners flag, or that were read in doubt (schema FLAGS): one for each row and verdict whose mask is set there.

    Args:
        batch: Rows of the batch.
        verdicts: Verdicts on exactly these rows.
    """
    flagging = [verdict for verdict in verdicts if _flags(verdict) and verdict.failing is not None and verdict.status in ("passed", "failed")]
    flags = [_details(batch.rows, verdict, _mask(verdict, batch.rows.height)).with_columns(rule=pl.lit(verdict.rule)) for verdict in flagging]
    return pl.concat([FLAGS.to_frame(), *(rows.select(*FLAGS).cast(FLAGS) for rows in flags)])


def _flags(verdict: Verdict) -> bool:
    """Return True for a detector, and for a cleaner or a rule of the schema that flags what is in doubt; failing rows of a suite are counted alone."""
    return verdict.nature == "detector" or (verdict.nature in ("schema", "cleaner") and verdict.on_fail == "flag")


def _details(rows: pl.DataFrame, verdict: Verdict, mask: pl.Series) -> pl.DataFrame:
    """Return the failing rows' `columns`, `score`, `message` and `expected`, from the evidence where there is some, else from the verdict."""
    failing = rows[ROW].filter(mask).to_frame()
    blamed = pl.lit(list(verdict.columns), dtype=pl.List(pl.String))
    message = pl.lit(Message.from_json(verdict.message).dumps())
    if verdict.evidence is None:
        return failing.select(ROW, columns=blamed, score=pl.lit(None, pl.Float64), message=message, expected=pl.lit(None, pl.String))
    details = failing.join(verdict.evidence.unique(ROW, keep="first"), on=ROW, how="left", maintain_order="left")
    return details.with_columns(pl.col("columns").fill_null(blamed), pl.col("message").fill_null(message))


def _reasons(rows: pl.DataFrame, failing: Sequence[tuple[Verdict, pl.Series]], batch: Batch) -> pl.DataFrame:
    """Return the reasons of all verdicts, each with the id of its row; a wide table has hundreds, so that no frame is built for each but its details."""
    details = [_details(rows, verdict, mask) for verdict, mask in failing]
    facts = pl.DataFrame([_facts(verdict) for verdict, _ in failing]).cast(pl.String)
    repeated = facts.select(pl.all().repeat_by(pl.Series([one.height for one in details])).explode())
    return (
        pl.concat(details)
        .hstack(repeated)
        .select(
            ROW,
            "name",
            "message",
            "columns",
            "severity",
            "dimension",
            "filter",
            "score",
            pl.lit(batch.id).alias("run_id"),
            pl.lit(batch.at).dt.cast_time_unit("us").dt.convert_time_zone("UTC").alias("run_time"),
            "rule_fingerprint",
        )
    )


def _facts(verdict: Verdict) -> Mapping[str, str | None]:
    return {
        "name": verdict.rule,
        "severity": verdict.severity,
        "dimension": verdict.dimension,
        "filter": verdict.filter,
        "rule_fingerprint": verdict.fingerprint,
    }


def join(first: Batch, second: Batch) -> Batch:
    """Return a batch with the rows of both, in that order."""
    return replace(first, rows=pl.concat([first.rows, second.rows], how="diagonal"))
