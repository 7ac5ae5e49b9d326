"""Planting errors into accepted rows, and counting what judges and cleaners find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from cleaning.chain import Chain
from cleaning.source_vote import SourceVote
from sluice.domain import RAW, RUN, Batch, Column, GateState, Run, Schema, Verdict
from sluice.faults.planting import PLANTED
from sluice.ports import Snapshot, Steps
from sluice.testing import MemorySnapshot, make_batch, make_rows
from sluice.worker.guarded import MAX_ROWS, accepted_rows, plant_and_count, write_errors

SCHEMA = Schema("items", columns=(Column("id"), Column("price", "number"), Column("note")))
CELLS: Mapping[str, Sequence[object]] = {
    "id": [f"i{number}" for number in range(400)],
    "price": [1.0 + number % 7 for number in range(400)],
    "note": ["good"] * 200 + ["bad"] * 200,
}


@dataclass
class Rule:
    """Fails the rows that an expression picks; without one, the whole batch."""

    picks: pl.Expr | None

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        failing = None if self.picks is None else batch.rows.select(self.picks.fill_null(value=False).alias("f")).to_series()
        failed = 1 if failing is None else int(failing.sum())
        return [Verdict("rule", "expectation", "validity", "critical", "flag", "failed", failing, 0 if failing is None else batch.rows.height, failed)]


def shares(*rules: Rule) -> dict[str, dict[str, float]]:
    counts = plant_and_count(make_batch(SCHEMA, CELLS), SCHEMA, Steps(rules, Chain([])), MemorySnapshot(), seed=1)
    return {column: {kind: detected / planted for kind, (planted, detected) in kinds.items()} for column, kinds in counts.items()}


def test_without_a_rule_nothing_is_guarded() -> None:
    assert {share for kinds in shares().values() for share in kinds.values()} == {0.0}


def test_a_rule_guards_its_column_against_the_kinds_that_it_finds() -> None:
    guarded = shares(Rule(~pl.col("note").is_in(["good", "bad"]) | pl.col("note").is_null()))
    assert set(guarded["id"].values()) == set(guarded["price"].values()) == {0.0}
    assert guarded["note"]["exchanged"] == 0
    assert {guarded["note"][kind] for kind in ("missing", "misspelt", "misplaced", "distorted")} == {1.0}


def test_rows_that_fail_anyway_and_rules_about_the_whole_table_find_nothing() -> None:
    assert {share for kinds in shares(Rule(pl.lit(value=True)), Rule(None)).values() for share in kinds.values()} == {0.0}


def test_a_cell_that_does_not_cast_is_null_and_keeps_its_text() -> None:
    batch = make_batch(SCHEMA, {"id": ["a", "b", "c"], "price": [1.0, 2.0, 3.0], "note": ["x", "y", "z"]})
    planted = pl.DataFrame([(0, "price", "misplaced", "x"), (1, "price", "distorted", "200"), (2, "note", "missing", None)], schema=PLANTED, orient="row")
    rows = write_errors(batch.rows, planted, SCHEMA)
    assert rows.select("price", "note").rows() == [(None, "x"), (200.0, "y"), (3.0, None)]
    assert rows[RAW].to_list() == [[{"column": "price", "text": "x"}], None, None]


def test_a_repair_of_the_cell_finds_an_error_and_one_of_another_cell_does_not() -> None:
    schema = Schema("flights", columns=(Column("site"), Column("flight"), Column("departs"), Column("gate")))
    flights = [f"LH{number}" for number in range(60) for _ in range(8)]
    cells = {"site": list("abcdefgh") * 60, "flight": flights, "departs": [f"{len(flight)}:{flight[2:]}" for flight in flights], "gate": ["A"] * 480}
    vote = SourceVote(schema, "site", ("flight",), ("departs",))
    counts = plant_and_count(make_batch(schema, cells), schema, Steps([], Chain([vote])), MemorySnapshot(), seed=1)
    planted, detected = map(sum, zip(*counts["departs"].values(), strict=True))
    assert detected > 0.9 * planted
    assert sum(detected for _, detected in counts["gate"].values()) == 0


class Published(MemorySnapshot):
    """A snapshot with runs."""

    def runs(self, dataset: str) -> Sequence[Run]:
        return [Run(name, dataset, "ingest", seq, NOW, "published", rows=9, good=9, decision=decision) for seq, (name, decision) in enumerate(RUNS.items())]


NOW = datetime(2026, 3, 1, tzinfo=UTC)
RUNS: Mapping[str, GateState] = {"old": "open", "large": "open", "small": "open", "closed": "closed"}


def test_the_largest_of_the_newest_open_batches_is_read_in_its_order_up_to_a_limit() -> None:
    sizes = {"old": 3, "large": MAX_ROWS + 50, "small": 5, "closed": MAX_ROWS + 99}
    parts = [
        make_rows(SCHEMA, {"id": [f"{name}{n}" for n in range(size)]}, batch_id=name).with_columns(pl.lit(name).alias(RUN)) for name, size in sizes.items()
    ]
    batch = accepted_rows(Published({"items": pl.concat(parts)}), "items")
    assert batch is not None
    assert (batch.id, batch.rows.height) == ("large", MAX_ROWS)
    numbers = [int(text.removeprefix("large")) for text in batch.rows["id"]]
    assert numbers == list(range(numbers[0], numbers[0] + MAX_ROWS))
    assert RUN not in batch.rows.columns
    assert accepted_rows(MemorySnapshot(), "items") is None


def test_a_batch_that_was_stored_part_by_part_gives_the_same_rows() -> None:
    rows = make_rows(SCHEMA, {"id": [f"i{n}" for n in range(3 * MAX_ROWS)]}, batch_id="large").with_columns(pl.lit("large").alias(RUN))
    rows = rows.filter(pl.int_range(pl.len()) % 7 != 3)  # these were held
    divided = [pl.concat([rows.filter(pl.col("id").hash() % parts == part) for part in range(parts)]) for parts in (2, 5)]
    beside = pl.concat([make_rows(SCHEMA, {"id": ["o"]}, batch_id="old").with_columns(pl.lit("old").alias(RUN)), rows])
    batches = [accepted_rows(Published({"items": stored}), "items") for stored in (rows, beside, *divided)]
    frames = [batch.rows for batch in batches if batch is not None]
    assert all(frame.equals(frames[0]) for frame in frames)
    assert (len(frames), frames[0].height) == (4, MAX_ROWS)
