"""Parts of a batch come to an agreement: what each takes over from the others is what all of them say together."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.parse import Parse
from cleaning.record_linkage import RecordLinkage
from sluice.config import Step
from sluice.domain import REPAIRS, Batch, Column, Greatest, Least, Outcome, Schema, Score, Split, Tally, merge_summaries
from sluice.errors import NotInParts
from sluice.partitions import InTurn, evaluate_parts
from sluice.pipeline import evaluate
from sluice.ports import Needs, Steps, needs_of_steps
from sluice.testing import AT, MemorySnapshot, make_batch
from sluice.wiring.occasions import median_time
from sluice.worker.exchange import FolderExchange

SCHEMA = Schema("d", columns=(Column("price", "number"), Column("note")))
BATCH = make_batch(SCHEMA, {"price": [1.0, 2.0, 3.0, 4.0]})
EMPTY = replace(BATCH, rows=BATCH.rows.clear())
Judge = Callable[[Batch], str]


def alone(part: int | None) -> FolderExchange:
    """Exchange no rows."""
    return FolderExchange(Path("nowhere"), part, 2, ())


def load_halves(batch: Batch) -> list[Callable[[], Batch]]:
    return [functools.partial(replace, batch, rows=batch.rows[:2]), functools.partial(replace, batch, rows=batch.rows[2:])]


def outcome_of(judge: Judge, batch: Batch) -> Outcome:
    """Return an outcome whose rows carry what the judge says."""
    good = replace(batch, rows=batch.rows.with_columns(pl.lit(judge(batch)).alias("note")))
    return Outcome("ingest", Score(None), Score(None), Split(good, replace(batch, rows=batch.rows.clear())), REPAIRS.to_frame(), {}, "0")


def run(judge: Judge, expected: dict[str, object] | None = None) -> tuple[list[list[str]], int]:
    """Return what the judge notes of the rows of each part, and the number of passes."""
    outcomes: list[Outcome] = []
    passes = [1]

    def forget() -> None:
        outcomes.clear()
        passes.append(1)

    evaluate_whole = functools.partial(outcome_of, judge)
    evaluate_parts(InTurn(load_halves(BATCH), evaluate_whole, outcomes.append, forget, alone), evaluate_whole, EMPTY, expected or {})
    return [outcome.split.good.rows["note"].to_list() for outcome in outcomes], sum(passes)


def largest(batch: Batch) -> str:
    value = batch.part.total("largest", Greatest(batch.rows["price"].max())).value
    batch.part.confirm("largest", value)
    return str(value)


def test_a_part_that_guessed_wrong_is_evaluated_again() -> None:
    assert run(largest) == ([["4.0", "4.0"], ["4.0", "4.0"]], 2)


def test_a_part_that_waits_is_evaluated_once_all_is_known() -> None:
    evaluated = []

    def judge(batch: Batch) -> str:
        value = batch.part.total("largest", Greatest(batch.rows["price"].max())).value
        batch.part.wait()
        evaluated.append(value)
        return str(value)

    assert run(judge) == ([["4.0", "4.0"], ["4.0", "4.0"]], 2)
    assert evaluated == [4.0] * 4  # once with no rows in each pass, and with those of both parts in the second


def test_a_part_that_need_not_wait_does_not_speak_for_those_that_do() -> None:
    def judge(batch: Batch) -> str:
        large, rows = batch.part.total("large", (bool((batch.rows["price"] > 3).any()), batch.rows.height))
        if large:
            batch.part.wait()
        return f"{large} {rows}"

    assert run(judge) == ([["True 4", "True 4"], ["True 4", "True 4"]], 2)


def test_what_is_expected_saves_a_pass() -> None:
    assert run(largest, {"largest": Greatest(4.0)}) == ([["4.0", "4.0"], ["4.0", "4.0"]], 1)


def test_a_wrong_expectation_does_no_harm() -> None:
    assert run(largest, {"largest": Greatest(9.0)}) == ([["4.0", "4.0"], ["4.0", "4.0"]], 2)


def test_what_no_row_depends_on_needs_no_agreement() -> None:
    def judge(batch: Batch) -> str:
        batch.part.total("rows", batch.rows.height)
        return "same"

    assert run(judge) == ([["same", "same"], ["same", "same"]], 1)


def test_questions_that_depend_on_answers_are_asked_in_the_end_by_all_parts() -> None:
    def judge(batch: Batch) -> str:
        rows = batch.part.total("rows", batch.rows.height)
        if rows < 3:
            batch.part.total("few", 1)
        least = batch.part.total("least", Least(batch.rows["price"].min())).value
        batch.part.confirm("least", least)
        return f"{rows} {least}"

    notes, _ = run(judge)
    assert notes == [["4 1.0", "4 1.0"], ["4 1.0", "4 1.0"]]


def test_a_step_that_fails_after_a_guess_is_tried_again() -> None:
    def judge(batch: Batch) -> str:
        if batch.part.total("rows", batch.rows.height) < 4:
            raise ValueError("too few rows")
        return "enough"

    assert run(judge) == ([["enough", "enough"], ["enough", "enough"]], 2)


def test_summaries_of_one_pass_that_contradict_one_another_are_asked_again() -> None:
    def judge(batch: Batch) -> str:
        largest = batch.part.total("largest", Greatest(batch.rows["price"].max())).value
        batch.part.confirm("largest", largest)
        count = batch.part.total("rows with it", batch.rows.filter(pl.col("price") == largest).height)
        if largest == 4.0 and count != 1:  # the first part counted the rows with another number
            raise ValueError(f"{count} rows hold the largest number")
        return f"{largest} {count}"

    assert run(judge) == ([["4.0 1", "4.0 1"], ["4.0 1", "4.0 1"]], 3)


@settings(max_examples=30)
@given(st.lists(st.none() | st.integers(0, 600), max_size=12), st.integers(1, 4))
def test_the_median_of_times_is_that_of_all_parts(seconds: list[int | None], parts: int) -> None:
    schema = Schema("d", columns=(Column("ts", "timestamp"), Column("note")))
    batch = make_batch(schema, {"ts": [None if second is None else AT + timedelta(seconds=second) for second in seconds]})
    loads = [functools.partial(replace, batch, rows=batch.rows[part::parts]) for part in range(parts)]

    def judge(rows: Batch) -> str:
        middle = median_time(rows, rows.rows["ts"])
        rows.part.confirm("middle", middle)
        return str(middle)

    outcomes: list[Outcome] = []
    evaluate_whole = functools.partial(outcome_of, judge)
    empty = replace(batch, rows=batch.rows.clear())
    whole = evaluate_parts(InTurn(loads, evaluate_whole, outcomes.append, outcomes.clear, alone), evaluate_whole, empty, {})
    expected = str(median_time(batch, batch.rows["ts"]))
    notes = {note for outcome in (*outcomes, whole) for note in outcome.split.good.rows["note"]}
    assert notes == ({expected} if seconds else set())
    assert expected == str(batch.rows["ts"].median())


def test_parts_that_never_agree_are_evaluated_as_a_whole() -> None:
    def judge(batch: Batch) -> str:
        batch.part.confirm("own", batch.rows["price"].to_list())
        return ""

    with pytest.raises(NotInParts):
        run(judge)


def test_summaries_merge_by_their_kind() -> None:
    first = {"rows": 2, "empty": False, "names": frozenset({"a"}), "pair": (1, Least(3)), "only": 1}
    second = {"rows": 3, "empty": True, "names": frozenset({"b"}), "pair": (2, Least(2))}
    assert merge_summaries(first, second) == {"rows": 5, "empty": True, "names": {"a", "b"}, "pair": (3, Least(2)), "only": 1}
    tally = Tally(pl.DataFrame({"value": ["a", None], "count": [1, 2]}), ("value",))
    merged = merge_summaries(tally, Tally(pl.DataFrame({"value": [None, "b"], "count": [5, 1]}), ("value",))).counts
    assert sorted(merged.rows(), key=str) == [("a", 1), ("b", 1), (None, 7)]


def steps(*rules: Step, cleaners: tuple[object, ...] = ()) -> Steps:
    return Steps([SchemaJudge(SCHEMA), Checker.build(SCHEMA, rules)], Chain(cleaners))  # type: ignore[arg-type]  # cleaners


def test_steps_say_how_rows_may_be_divided() -> None:
    unique = Step(name="expect_column_values_to_be_unique", settings={"column": "note"})
    pair = Step(name="expect_compound_columns_to_be_unique", settings={"column_list": ["note", "price"]})
    assert needs_of_steps(steps(cleaners=(Parse(SCHEMA),))) == Needs()
    assert needs_of_steps(steps(unique, pair)).together_by() == ("note",)
    assert needs_of_steps(steps(unique, pair)).undivided() == ()


def test_steps_that_need_all_rows_are_named() -> None:
    linkage = RecordLinkage(SCHEMA)
    assert needs_of_steps(steps(cleaners=(linkage,))).undivided() == ("record_linkage",)


def test_steps_that_need_rows_together_by_different_columns_are_named() -> None:
    rules = [Step(name="expect_column_values_to_be_unique", settings={"column": name}) for name in ("note", "price", "note")]
    assert needs_of_steps(steps(*rules)).undivided() == ("expect_column_values_to_be_unique:price",)


def test_a_failed_block_holds_the_rows_of_all_parts() -> None:
    rule = Step(name="expect_column_max_to_be_between", settings={"column": "price", "max_value": 3, "on_fail": "block"})
    outcomes: list[Outcome] = []
    one = functools.partial(evaluate, steps=steps(rule), snapshot=MemorySnapshot())
    outcome = evaluate_parts(InTurn(load_halves(BATCH), one, outcomes.append, outcomes.clear, alone), one, EMPTY, {})
    assert [part.split.bad.rows.height for part in outcomes] == [2, 2]
    assert outcome.phases["cleaned"][-1].status == "failed"
