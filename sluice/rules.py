"""Every decision as a pure function: how rows are parted, how a batch scores, when a gate is open, which model serves."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import polars as pl

from sluice.domain import (
    RAW,
    RAW_TYPE,
    REASON_TYPE,
    REASONS,
    ROW,
    WEIGHTS,
    Batch,
    Decision,
    GatePolicy,
    Model,
    Override,
    Run,
    Schema,
    Score,
    Severity,
    Split,
    State,
    Status,
    Verdict,
)

# -- rows ---------------------------------------------------------------------------------------------------------------


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


def _reason(rows: pl.DataFrame, verdict: Verdict, mask: pl.Series, batch: Batch) -> pl.DataFrame:
    failing = rows.select(ROW).filter(mask)
    told = failing.with_columns(
        columns=pl.lit(list(verdict.columns), dtype=pl.List(pl.String)), score=pl.lit(None, dtype=pl.Float64), message=pl.lit(None, dtype=pl.String)
    )
    if verdict.evidence is not None:
        evidence = verdict.evidence.select(ROW, "columns", "score", "message").unique(ROW, keep="first")
        told = failing.join(evidence, on=ROW, how="left", maintain_order="left")
    blamed = pl.col("columns").fill_null(pl.lit(list(verdict.columns), dtype=pl.List(pl.String)))
    return told.select(
        pl.col(ROW),
        pl.lit(verdict.rule).alias("name"),
        pl.col("message").fill_null(pl.lit(verdict.message)),
        blamed.alias("columns"),
        pl.lit(verdict.severity).alias("severity"),
        pl.lit(verdict.dimension).alias("dimension"),
        pl.lit(verdict.filter).alias("filter"),
        pl.col("score"),
        pl.lit(batch.id).alias("run_id"),
        pl.lit(batch.at).dt.cast_time_unit("us").dt.convert_time_zone("UTC").alias("run_time"),
        pl.lit(verdict.fingerprint).alias("rule_fingerprint"),
    )


def join(first: Batch, second: Batch) -> Batch:
    """The rows of both, in that order."""
    return replace(first, rows=pl.concat([first.rows, second.rows], how="diagonal"))


# -- score --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """What of a verdict reaches the score; these five are stored, so that every score can be computed again."""

    dimension: str
    severity: Severity
    status: Status
    rows: int
    failed: int


def count(verdict: Verdict) -> Count:
    """The part of a verdict that reaches the score."""
    return Count(verdict.dimension, verdict.severity, verdict.status, verdict.rows, verdict.failed)


def score(counts: Iterable[Count], weights: Mapping[str, float] | None = None) -> Score:
    """Score a batch from its counts.

    A rule about rows scores its share of passing rows, one about a table 1 or 0. A dimension is the mean of its rules,
    weighted by severity; the score is 100 times the mean of the dimensions, weighted by `weights` (1 unless named).
    None where nothing with a weight was evaluated, or a critical rule could not be.
    """
    counts = list(counts)
    if any(each.status == "not_evaluated" and each.severity == "critical" for each in counts):
        return Score(None)
    told = [each for each in counts if each.status in ("passed", "failed") and WEIGHTS[each.severity] > 0]
    dimensions = {
        name: 100 * _mean([(_share(each), WEIGHTS[each.severity]) for each in told if each.dimension == name])
        for name in sorted({each.dimension for each in told})
    }
    weighted = [(value, (weights or {}).get(name, 1.0)) for name, value in dimensions.items()]
    if sum(weight for _, weight in weighted) <= 0:
        return Score(None)
    return Score(_mean(weighted), dimensions)


def _share(each: Count) -> float:
    if each.rows:
        return 1 - each.failed / each.rows
    return float(each.status == "passed")


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in weighted) / sum(weight for _, weight in weighted)


# -- gate ---------------------------------------------------------------------------------------------------------------


def decide(run: Run, warming: Sequence[str], policy: GatePolicy, *, blocked: Sequence[str] = ()) -> tuple[State, tuple[str, ...]]:
    """May the rows of one run be learned from, and if not, why not.

    Args:
        run: Its scores and counts.
        warming: The rules that were skipped because they wait for history.
        policy: The limits.
        blocked: The rules with `on_fail: block` that failed.
    """
    if run.state == "set_aside":
        return "closed", (f"set aside: {run.error}",)
    if blocked:
        return "closed", (f"the whole batch is held: {', '.join(blocked)} failed",)
    if run.kind == "ingest" and not run.rows:
        return "unknown", ("the batch holds no row",)
    if run.published.value is None or run.published.worst is None:
        return "unknown", ("nothing, or not every critical rule, was evaluated",)
    reasons = [f"{name} is {value:.1f}, below {policy.minimum:g}" for name, value in run.published.dimensions.items() if value < policy.minimum]
    share = run.bad / run.rows if run.rows and run.kind == "ingest" else 0.0  # rows that are judged again were few, and bad, to begin with
    if share > policy.max_quarantined:
        reasons.append(f"{share:.1%} of the rows are quarantined, above {policy.max_quarantined:.0%}")
    if warming and not policy.allow_warming:
        reasons.append(f"still waiting for history: {', '.join(warming)}")
    return ("closed", tuple(reasons)) if reasons else ("open", ())


def gate(
    dataset: str, runs: Sequence[Run], policy: GatePolicy, *, now: datetime, snapshot: str, missing: Sequence[datetime] = (), override: Override | None = None
) -> Decision:
    """May a dataset be learned from now: looks over the runs of the training window, the newest included.

    Args:
        dataset: Its name.
        runs: Its runs of every kind and state, the oldest first.
        policy: The limits.
        now: The time asked at.
        snapshot: The snapshot that an open decision pins.
        missing: The ends of the periods in which a batch was expected and none came.
        override: The override in force, if any.
    """
    window = [run for run in runs if now - policy.window <= run.at <= now]
    ingests = [run for run in window if run.kind != "audit" and run.state == "published"]
    state, reasons = _window(ingests, runs, policy, now, missing)
    trusted = tuple(run.id for run in ingests if run.decision == "open")
    if override is not None and state != "open" and override.at <= now < override.expires:
        trusted = trusted or tuple(run.id for run in ingests)
        return Decision(dataset, "open", (*reasons, f"set aside by {override.by}: {override.reason}"), now, snapshot, trusted, override)
    return Decision(dataset, state, reasons, now, snapshot if state == "open" else None, trusted if state == "open" else ())


def _window(ingests: Sequence[Run], runs: Sequence[Run], policy: GatePolicy, now: datetime, missing: Sequence[datetime]) -> tuple[State, tuple[str, ...]]:
    if not any(run.kind == "ingest" for run in ingests):
        return "unknown", ("no batch was published in the training window",)
    known = [run for run in runs if run.kind == "ingest" and run.at <= now and run.state != "intent"]
    newest = max(reversed(known), key=lambda run: (run.at, run.state == "published"))  # of two for one time the one that came last, such as a correction
    reasons = [
        f"the newest batch ({newest.id}) is {newest.decision}: {reason}"
        for reason in newest.reasons
        if newest.state == "published" and newest.decision == "closed"
    ]
    reasons += [f"the newest arrival ({newest.id}) was set aside: {newest.error}"] if newest.state == "set_aside" else []
    reasons += [f"the batch due {moment:%Y-%m-%d %H:%M} did not come" for moment in missing if moment > newest.at]
    if policy.max_age is not None and now - newest.at > policy.max_age:
        reasons.append(f"the newest batch is {_age(now - newest.at)} old, above {_age(policy.max_age)}")
    rows = sum(run.good for run in ingests)
    shut = sum(run.good for run in ingests if run.decision != "open")
    if rows and shut / rows > policy.max_closed:
        reasons.append(f"{shut / rows:.1%} of the window's rows sit in runs that are not open, above {policy.max_closed:.0%}")
    audits = [run for run in runs if run.kind == "audit"]
    if audits and audits[-1].decision == "closed":
        reasons.append(f"the last audit ({audits[-1].id}) failed: {'; '.join(audits[-1].reasons)}")
    if reasons:
        return "closed", tuple(reasons)
    if newest.decision == "unknown" or (audits and audits[-1].decision == "unknown"):
        return "unknown", ("the newest batch or audit could not be judged",)
    return "open", ()


def _age(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"


def missing(arrived: Sequence[datetime], every: timedelta | None, *, now: datetime, grace: timedelta = timedelta(0)) -> list[datetime]:
    """The ends of the periods, from the first arrival to now, in which a batch was expected and none came.

    Args:
        arrived: The times of what arrived, in any order.
        every: The rhythm; None where none is known.
        now: The time asked at.
        grace: How late a batch may be before it counts as missing.
    """
    if every is None or not arrived:
        return []
    first = min(arrived)
    present = {round((moment - first) / every) for moment in arrived}
    due = int((now - grace - first) / every)
    return [first + slot * every for slot in range(1, due + 1) if slot not in present]


# -- models -------------------------------------------------------------------------------------------------------------


def promote(challenger: Mapping[str, float], champion: Mapping[str, float] | None, *, metric: str = "ndcg@20", tolerance: float = 0.0) -> tuple[bool, str]:
    """Does a challenger take the champion's place: only where it is not worse on the same hold-out.

    Args:
        challenger: Its metrics.
        champion: The champion's on the same hold-out; None where nothing serves yet.
        metric: The metric that decides.
        tolerance: How much worse, as a share of the champion's, still counts as not worse.
    """
    new = challenger[metric]
    if champion is None:
        return True, f"the first model: {metric} {new:.4f}"
    old = champion[metric]
    if new >= old * (1 - tolerance):
        return True, f"{metric} {new:.4f} against the champion's {old:.4f}"
    return False, f"{metric} {new:.4f} is worse than the champion's {old:.4f}"


def due(trained_on: int | None, rows: int, *, needed: int, growth: float = 3.0) -> bool:
    """Should a learner be fitted anew: when there is enough history, and it grew by the given share since the last fit."""
    if rows < needed:
        return False
    return trained_on is None or rows >= trained_on * (1 + growth)


Step: TypeAlias = Literal["fit", "update", "wait"]


def learning(kept: Sequence[Model], rows: int, *, needed: int, updates: bool, every: timedelta | None, now: datetime, settled: int = 3) -> tuple[Step, str]:
    """What a learner does next, and why.

    After a roll-back it does not learn on by itself, which would soon bring back what a steward did not want: it waits until a whole fit
    is due, or asked for.

    Args:
        kept: Its versions, the newest first. Of their cards count `rows` and `fitted` (of the last whole fit), `updates` since, `refit` (why
            the learner itself asks for a fit) and `wants` (how many rows a better detector waits for, whose place it takes).
        rows: How many accepted rows there are.
        needed: The fewest to learn from.
        updates: Whether it can learn on from a batch.
        every: How old a whole fit may grow; None: any age.
        now: The time asked at.
        settled: After so many updates a fit may be asked for again.
    """
    serving = next((model for model in kept if model.state == "champion"), None)
    if serving is None:
        return ("fit", "there is enough history") if rows >= needed else ("wait", "too little history")
    if why := _due(serving.card, rows, needed, every, now):
        return "fit", why
    if rows < needed:
        return "wait", "too little history"
    if kept[0].state == "rolled_back":
        return "wait", "its newest version was rolled back"
    if serving.card.get("refit") and _number(serving.card, "updates") >= settled:
        return "fit", str(serving.card["refit"])
    return ("update", "a batch was accepted") if updates else ("wait", "nothing is due")


def _due(card: Mapping[str, object], rows: int, needed: int, every: timedelta | None, now: datetime) -> str:
    """Why a whole fit is due; empty where none is."""
    if 0 < _number(card, "wants") <= rows:
        return "there is enough history for the detector that was wanted"
    if due(_number(card, "rows"), rows, needed=needed):
        return "history has grown since the last fit"
    fitted = datetime.fromisoformat(str(card["fitted"])) if "fitted" in card else now
    return f"the last fit is {_age(now - fitted)} old" if every is not None and now - fitted >= every and rows >= needed else ""


def _number(card: Mapping[str, object], name: str) -> int:
    return int(str(card.get(name, 0)))


# -- stewards -----------------------------------------------------------------------------------------------------------

UNWAIVABLE = ("key_unique", "key_present", "deduplicate:key", "expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")


def waivable(rules: Iterable[str]) -> list[str]:
    """Those of the rules that a steward may set aside: all but the uniqueness of a key."""
    return [rule for rule in rules if not rule.startswith(UNWAIVABLE)]


def revert(rows: pl.DataFrame, repairs: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Give cells their old values back.

    Args:
        rows: Rows with `_row_id` and the declared columns.
        repairs: Repairs of schema REPAIRS; of several on one cell the first one's old value counts.
        schema: Tells the columns' types; an old text that does not cast goes into `_raw`, as when it arrived.
    """
    firsts = (
        repairs.with_columns(step=pl.col("repair_id").str.split("/").list.last().cast(pl.Int64))
        .sort("step", maintain_order=True)
        .unique([ROW, "column"], keep="first", maintain_order=True)
    )
    for name in schema.names:
        olds = firsts.filter(pl.col("column") == name).select(ROW, pl.col("old").alias("_old"), pl.lit(value=True).alias("_undo"))
        if olds.is_empty():
            continue
        typed = from_text(pl.col("_old"), schema.dtypes[name])
        cell = pl.concat_list(pl.struct(pl.lit(name).alias("column"), pl.col("_old").alias("text"))).cast(RAW_TYPE)
        uncast = pl.concat_list(pl.col(RAW).fill_null(pl.lit([], dtype=RAW_TYPE)), cell)  # beside what other columns left there
        raw = pl.when(pl.col("_undo").is_not_null() & pl.col("_old").is_not_null() & typed.is_null()).then(uncast).otherwise(pl.col(RAW))
        rows = (
            rows.join(olds, on=ROW, how="left", maintain_order="left")
            .with_columns(pl.when(pl.col("_undo")).then(typed).otherwise(pl.col(name)).alias(name), raw.alias(RAW))
            .drop("_old", "_undo")
        )
    return rows


def from_text(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The cell that `cast(pl.String)` wrote as text; null where it is not of the type."""
    if dtype == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
    if dtype == pl.Float64:
        number = text.cast(dtype, strict=False)
        return pl.when(number.is_finite()).then(number)  # "NaN" is a text that did not cast
    return text.cast(dtype, strict=False)
