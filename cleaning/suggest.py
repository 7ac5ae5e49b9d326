"""Suggest cleaners for a dataset from its data: approximate functional dependencies between words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.fill_evidence import empties_are_faults
from cleaning.lawful_names import may_determine, may_follow
from cleaning.value_counts import count_values
from sluice.config import Step
from sluice.domain import Message, Schema
from sluice.rules.naming.event_words import names_actor
from sluice.rules.typos import form_of, is_malformed, is_near, is_overwritten, shares_of
from sluice.rules.value_kinds import COUNT, VALUE, Kind, kind_of

MIN_ROWS_PER_VALUE = 4  # rows per value of the determinant, on average: fewer prove nothing
MIN_VALUES, MIN_ROWS_OF_VALUE = 2, 10  # values of both columns that must have many rows: with one, there is nothing to tell apart
MIN_AGREEMENT = 0.9  # share of rows that hold the most frequent value of their group
MIN_GAIN = 0.7  # share of the rows without the column's most frequent value that a determinant must explain
MIN_LENGTH = 8  # characters of a nearly constant value
MAX_CONFIRMING = 4  # further determinants that are named
MIN_FORM = 0.9  # share of rows with the form of a code, from which other forms are damaged
MIN_DAMAGED, MAX_ODD = 2, 100  # damaged codes, or typos of a nearly constant value, that are needed; and odd values that are looked at
SAMPLE_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Hold the share of rows that agree with a determinant, how much better it is than the most frequent value, and whether values have many rows."""

    agreement: float
    gain: float
    values: int
    many: bool = False


def suggest_dependencies(schema: Schema, rows: pl.DataFrame, references: Collection[str] = ()) -> list[tuple[Step, Message]]:
    """Find approximate functional dependencies and return settings of the cleaner `functional_dependency`, with a reason each.

    Words are suggested: brands, categories, cities. Links, ids, numbers and free text are not, since two of them that look alike
    are two things; a code only where some of its cells lack the form that all others have, and then nothing is filled. The
    measure is the share of rows to keep (g3 of Kivinen and Mannila, "Approximate inference of functional dependencies from
    relations", 1995), over values that occur more than once. Who acted and on which occasion determines nothing, as a person may use
    another device tomorrow; a reference determines what stands in the other dataset. Empty cells are filled only where they are faults.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows, in the declared types.
        references: Columns that refer to other datasets.
    """
    texts = [column.name for column in schema.columns if column.type == "string" and column.name in rows.columns and column.name not in schema.key]
    sample = rows.head(SAMPLE_ROWS).select(texts)
    counts = {name: count_values(sample[name]) for name in texts}
    kinds = {name: kind_of(name, counts[name]) for name in texts}
    allowed = [name for name in texts if name not in references and not names_actor(name) and may_determine(name) and kinds[name] in ("words", "code")]
    determinants = [name for name in allowed if 1 < counts[name].height <= sample.height / MIN_ROWS_PER_VALUE]
    suggestions = [_suggest(sample, name, kinds[name], counts[name], determinants) for name in texts if may_follow(name)]
    return [suggestion for suggestion in suggestions if suggestion is not None]


def _suggest(rows: pl.DataFrame, dependent: str, kind: Kind, counts: pl.DataFrame, determinants: Sequence[str]) -> tuple[Step, Message] | None:
    if kind not in ("words", "code") or counts.height > rows.height / MIN_ROWS_PER_VALUE or (kind == "code" and not _has_damaged_codes(counts)):
        return None
    evidence = {name: _evidence(rows, name, dependent, counts) for name in determinants if name != dependent}
    agreeing = {name: measured for name, measured in evidence.items() if measured.agreement >= MIN_AGREEMENT}
    holding = {name: measured for name, measured in agreeing.items() if measured.gain >= MIN_GAIN and measured.many}
    if not holding and kind == "words" and _is_nearly_constant(counts):
        holding = agreeing
        kind = "code"  # any column determines it, so that only typos are to be corrected
    if not holding:
        return None
    best, *others = sorted(holding, key=lambda name: (-round(holding[name].agreement, 2), holding[name].values))
    settings: dict[str, object] = {"determinant": best, "dependent": dependent}
    if others:
        settings["confirmed_by"] = others[:MAX_CONFIRMING]
    if kind == "code" or not empties_are_faults(rows, dependent, rows.columns):
        settings["fill"] = False
    reason = Message.of("init_dependency", share=holding[best].agreement, column=best, dependent=dependent)
    return Step(name="functional_dependency", settings=settings), reason


def _evidence(rows: pl.DataFrame, determinant: str, dependent: str, counts: pl.DataFrame) -> _Evidence:
    """Compute the share of rows that hold the most frequent value of their group, among groups of two rows or more."""
    pairs = rows.select(determinant, dependent).drop_nulls().group_by(determinant, dependent).len()
    groups = pairs.group_by(determinant).agg(pl.col("len").sum().alias("rows"), pl.col("len").max().alias("most")).filter(pl.col("rows") > 1)
    total = int(groups["rows"].sum())
    if total < rows.height / 2:
        return _Evidence(0.0, 0.0, 0)
    agreement = int(groups["most"].sum()) / total
    accepted = pairs.join(groups.filter(pl.col("rows") > 1), on=determinant).filter(pl.col("len") == pl.col("most"))[dependent].unique()
    return _Evidence(
        agreement,
        _gain(pairs.filter(pl.col(dependent).is_in(accepted.implode())), determinant, dependent),
        groups.height,
        _have_many_rows(pairs, determinant, dependent),
    )


def _have_many_rows(pairs: pl.DataFrame, determinant: str, dependent: str) -> bool:
    """Return True where several values of both columns have many rows."""
    rows = [pairs.group_by(name).agg(pl.col("len").sum())["len"] for name in (determinant, dependent)]
    return all(int((counts >= MIN_ROWS_OF_VALUE).sum()) >= MIN_VALUES for counts in rows)


def _gain(pairs: pl.DataFrame, determinant: str, dependent: str) -> float:
    """Return the share of the rows without the most frequent value that a determinant explains (Goodman and Kruskal's lambda)."""
    total, by_chance = int(pairs["len"].sum()), max(pairs.group_by(dependent).agg(pl.col("len").sum())["len"], default=0)
    explained = int(pairs.group_by(determinant).agg(pl.col("len").max())["len"].sum())
    return (explained - by_chance) / (total - by_chance) if total > by_chance else 0.0


def _is_nearly_constant(counts: pl.DataFrame) -> bool:
    """Return True where nearly all rows hold one value, and most other values are its typos: a constant is no evidence against a new value."""
    common, others = counts[VALUE][0], counts[VALUE][1 : MAX_ODD + 1].to_list()
    if int(counts[COUNT][0]) < MIN_AGREEMENT * int(counts[COUNT].sum()) or len(common) < MIN_LENGTH:
        return False
    typos = sum(is_near(value, common) or is_overwritten(value, common) for value in others)
    return typos >= MIN_DAMAGED and 2 * typos > len(others)


def _has_damaged_codes(counts: pl.DataFrame) -> bool:
    """Return True where nearly all rows hold codes of one form, and some hold such a code with overwritten characters."""
    formed = counts.with_columns(form=pl.col(VALUE).map_elements(form_of, return_dtype=pl.String))
    shares = shares_of(formed["form"], counts[COUNT])
    common = max(shares, key=lambda form: shares[form])
    if shares[common] < MIN_FORM:
        return False
    right = formed.filter(pl.col("form") == common)[VALUE]
    odd = formed.filter((pl.col("form") != common) & (pl.col(VALUE).str.len_chars() == len(common)))[VALUE].head(MAX_ODD)
    return sum(any(is_malformed(code, word, shares) for word in right) for code in odd) >= MIN_DAMAGED
