"""A configuration in former names is read as one in present names, with a notice per name, its line and the same fingerprint."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from sluice.config import load
from sluice.config.renamed import RENAMED_KEYS, original, rename_step
from sluice.errors import ConfigError
from sluice.wiring.fingerprints import fingerprints

OLD = """
datasets:
  events:
    source: {files: "landing/*.csv"}
    time: ts
    columns: {item: {type: string}, price: {type: number}, ts: {type: timestamp}, brand: {type: string}, line: {type: string}}
    suite:
      - expect_column_values_to_not_be_null: {column: item}
      - expect_column_values_to_stay_near_past: {column: price, by: item, tolerance: 0.5}
    clean: [parse, normalise, {scale: {column: price, by: item, factors: [100]}}, {misplaced: {columns: [brand, line]}}]
    gate: {minimum: 95, allow_warming: false}
recommender:
  events: events
  items: events
  user: item
  item: item
  time: ts
  kind: brand
  funnel: {shown: view, clicked: cart, bought: buy}
  rerank: {fresh_column: ts, freshness: 1}
  promotion: {frozen: 7d, segments: {new users: 0.1}}
  compact: false
"""
PRESENT = {
    "expect_column_values_to_stay_near_past: {column: price, by: item": "expect_column_values_to_be_close_to_history: {column: price, key: item",
    "normalise": "normalize_text",
    "scale: {column: price, by: item": "unit_scale: {column: price, key: item",
    "misplaced": "swapped_columns",
    "allow_warming": "allow_untrained_detectors",
    "shown: view, clicked: cart, bought": "impression: view, click: cart, purchase",
    "fresh_column": "released_at",
    "frozen": "holdout_lifetime",
    "segments": "segment_limits",
}
FINGERPRINT_OF_0_1 = "1b60ea13c7d73fca"  # of OLD, computed by version 0.1


def written(folder: Path, text: str) -> Path:
    path = folder / "sluice.yaml"
    path.write_text(text)
    return path


def present() -> str:
    text = OLD
    for old, new in PRESENT.items():
        assert old in text
        text = text.replace(old, new)
    return text


def test_former_names_mean_the_same_as_present_ones(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old = load(written(tmp_path, OLD))
    assert len(caplog.records) == 13
    caplog.clear()
    assert old == load(written(tmp_path, present()))
    assert caplog.records == []


def test_a_notice_names_the_line_and_the_present_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path, OLD)
    with caplog.at_level(logging.WARNING):
        load(path)
    assert f"{path}:11: allow_warming is called allow_untrained_detectors now" in caplog.messages
    assert f"{path}:9: expect_column_values_to_stay_near_past is called expect_column_values_to_be_close_to_history now" in caplog.messages
    assert f"{path}:10: normalise is called normalize_text now" in caplog.messages
    caplog.clear()
    load(path, quiet=True)
    assert caplog.messages == []


def test_a_rename_alone_changes_no_fingerprint(tmp_path: Path) -> None:
    before = fingerprints(load(written(tmp_path, OLD)), ["events"])
    after = fingerprints(load(written(tmp_path, present())), ["events"])
    assert before == after == {"events": FINGERPRINT_OF_0_1}


def test_both_names_at_once_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"11: .*allow_warming: unknown key"):
        load(written(tmp_path, OLD.replace("allow_warming: false", "allow_warming: false, allow_untrained_detectors: true")))


def test_a_mistake_beside_a_former_name_is_reported_on_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"11: datasets.events.gate.allow_untrained_detectors"):
        load(written(tmp_path, OLD.replace("allow_warming: false", "allow_warming: perhaps")))


def test_steps_of_other_files_have_their_names_too() -> None:
    assert rename_step("suite", "expect_column_values_to_stay_near_past", {"by": "a"}) == ("expect_column_values_to_be_close_to_history", {"key": "a"})
    assert rename_step("suite", "expect_column_values_to_be_unique", {"column": "a"}) == ("expect_column_values_to_be_unique", {"column": "a"})


@pytest.mark.parametrize("path", RENAMED_KEYS)
def test_every_former_name_is_found_again(path: str) -> None:
    above, _, old = path.rpartition(".")
    inner = above.split(".")
    assert original({RENAMED_KEYS[path]: 1}, tuple("d" if part == "*" else part for part in inner)) == {old: 1} or len(inner) > 3


@pytest.mark.parametrize(
    ("written_as", "form"),
    [("quantize: true", "int8"), ("compact: false", "none"), ("compact: pruned", "pruned"), ("compact: {form: float16, max_loss: 0.05}", "float16")],
)
def test_a_switch_of_earlier_versions_names_a_form(tmp_path: Path, written_as: str, form: str) -> None:
    recommender = load(written(tmp_path, OLD.replace("compact: false", written_as))).recommender
    assert recommender is not None
    assert recommender.compact_settings.form == form
