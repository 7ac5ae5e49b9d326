"""The time of each stage is counted once, whatever it is nested in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from checks.schema import SchemaJudge
from cleaning.chain import Chain
from sluice.domain import Column, Schema
from sluice.pipeline import evaluate
from sluice.ports import STAGES, Stage, StageTimer, Steps, stage, timed
from sluice.testing import MemorySnapshot, make_batch

SCHEMA = Schema("items", "snapshot", ("sku",), (Column("sku"),))


def ticks() -> Iterator[float]:
    return map(float, count())


@given(st.lists(st.sampled_from(STAGES), max_size=8))
def test_the_stages_add_up_to_the_whole_however_they_are_nested(names: list[Stage]) -> None:
    clock = list(map(float, range(100)))
    calls = iter(clock)
    with timed(StageTimer(calls.__next__)) as timer:
        nest(names)
    assert sum(timer.seconds().values()) == next(calls) - 1
    assert set(timer.seconds()) == {"other", *names}


def nest(names: list[Stage]) -> None:
    if names:
        with stage(names[0]):
            nest(names[1:])


def test_each_stage_that_begins_or_goes_on_is_reported() -> None:
    entered: list[Stage] = []
    with timed(StageTimer(ticks().__next__, entered.append)), stage("judge"), stage("detect"):
        pass
    assert entered == ["other", "judge", "detect", "judge", "other"]


def test_nothing_is_counted_outside_of_a_timer() -> None:
    with stage("read"):
        pass


def test_an_evaluated_batch_was_judged_and_cleaned() -> None:
    with timed(StageTimer()) as timer:
        evaluate(make_batch(SCHEMA, {"sku": ["a", "b"]}), Steps([SchemaJudge(SCHEMA)], Chain([])), MemorySnapshot())
    assert {"judge", "clean", "other"} <= set(timer.seconds())
