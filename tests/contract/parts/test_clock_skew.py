"""Wrong clocks are corrected alike where the rows of a session come in several parts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cleaning.chain import Chain
from cleaning.clock_skew import ClockSkew
from cleaning.deduplicate import Deduplicate
from sluice.domain import Column, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps, needs_of_steps
from sluice.testing import AT, MemorySnapshot, make_batch
from tests.contract.parts.comparing import Apart, assert_same_in_parts

SCHEMA = Schema("events", "append", ("id",), (Column("id"), Column("session"), Column("ts", "timestamp"), Column("received", "timestamp")), time="ts")


@pytest.mark.parametrize(("parts", "engine"), [(1, Apart), (3, InTurn), (17, InTurn)])
@pytest.mark.parametrize("session", ["session", None])
def test_sessions_are_compared_with_all_others(parts: int, engine: type[InTurn], session: str | None) -> None:
    steps = Steps([], Chain([Deduplicate(SCHEMA), ClockSkew(SCHEMA, "received", session)]))
    assert needs_of_steps(steps).together_by() == ("id",)
    received = [AT - timedelta(hours=9) + timedelta(minutes=minute) for minute in range(36)]
    late = {4: timedelta(hours=2), 5: timedelta(hours=2), 6: timedelta(hours=2), 7: timedelta(hours=2), 21: timedelta(hours=12)}
    cells: dict[str, list[object]] = {
        "id": [f"e{row % 35}" for row in range(36)],
        "session": [f"s{row // 4}" for row in range(36)],
        "ts": [time + late.get(row, timedelta(0)) for row, time in enumerate(received)],
        "received": [*received],
    }
    outcome = assert_same_in_parts(make_batch(SCHEMA, cells, batch_id="new"), MemorySnapshot(), steps, parts, engine)
    assert outcome.repairs.filter("applied").height >= 5
