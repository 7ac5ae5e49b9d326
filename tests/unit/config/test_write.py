"""A suggested sluice.yaml is one that is accepted, and says the same."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.config import FileSource, Step, read
from sluice.config.inferred import InferredDataset, Reference
from sluice.config.write import write
from sluice.domain import EMPTY, Column, Message, ReadOptions

EVENTS = InferredDataset(
    "events",
    "landing/events/*.csv",
    ReadOptions("csv", ";"),
    1200,
    3,
    (
        (Column("event_id", required=True), Message.text("an id")),
        (Column("ts", "timestamp"), EMPTY),
        (Column("no"), Message.text("a word of YAML 1.1")),
        (Column("ip", personal=True), Message.of("init_personal", reason=Message.of("init_by_name"))),
    ),
    key=("event_id",),
    time="ts",
    references=(Reference("item_id", "catalog", "item_id", 0.987),),
    every=timedelta(days=1),
    note=Message.text("1 of its files cannot be read"),
    on_change="replace",
)
SUITE = [
    (
        Step(name="expect_column_values_to_be_in_set", settings={"column": "no", "value_set": ["yes", "null", "a: b", 'q"'], "mostly": 0.99}),
        Message.text("4 values\nin all"),
    ),
    (Step(name="expect_table_row_count_to_be_between"), EMPTY),
]


def test_what_is_written_is_read_as_it_was_meant() -> None:
    config = read(write([EVENTS], {"events": SUITE}, shop="Mugs: & more").encode(), "sluice.yaml", {})
    dataset = config.datasets["events"]
    assert config.shop == "Mugs: & more"
    assert dataset.schema_of("events") == EVENTS.schema
    assert isinstance(dataset.source, FileSource)
    assert dataset.source.files == "landing/events/*.csv"
    assert dataset.source.options() == EVENTS.options
    assert dataset.suite == tuple(step for step, _ in SUITE)


def test_each_suggestion_says_why() -> None:
    text = write([EVENTS], {"events": SUITE}, clean={"events": [(Step(name="parse"), Message.text("1 cell is no time"))]})
    for why in (
        "# an id",
        "on_change: replace  # a row that comes again with other cells replaces the first one",
        "# 4 values in all",
        "# 1 cell is no time",
        "98.7% of its values are known there",
        "# 1 of its files cannot be read",
        "1,200 rows looked at in 3 files",
    ):
        assert why in text


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="$"), min_size=1, max_size=12)


@settings(deadline=None, max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=5, unique=True), TEXT, TEXT)
def test_any_text_survives(names: list[str], value: str, note: str) -> None:
    inferred = InferredDataset("d", "*.csv", ReadOptions("csv"), 1, 1, tuple((Column(name), Message.text(note)) for name in names))
    step = Step(name="expect_column_values_to_be_in_set", settings={"column": names[0], "description": value, "value_set": [value, None], "meta": [1, True]})
    config = read(write([inferred], {"d": [(step, Message.text(note))]}).encode(), "sluice.yaml", {})
    assert tuple(config.datasets["d"].columns) == tuple(names)
    assert config.datasets["d"].suite == (step,)
