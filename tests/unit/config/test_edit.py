from __future__ import annotations

import pytest

from sluice.config import read
from sluice.config.edit import add_steps, let_hold
from sluice.errors import UsageError

HEAD = """# my shop
datasets:
  items:
    source: {files: items/*.csv}   # landed by cron
    columns:
      sku: {type: string}
"""
SUITE = (
    HEAD
    + """    suite:  # mine
      - expect_column_values_to_not_be_null: {column: sku, mostly: 0.98, severity: info, on_fail: flag}  # never empty

      - expect_column_values_to_be_in_set:
          column: sku
          mostly: 0.9  # so far
          on_fail: flag
          value_set: [a, b]
    # what follows
    gate: {minimum: 80}
other: x
"""
)
NEW = "- expect_column_to_exist: {column: sku}"


def test_an_addition_changes_one_line_and_no_comment() -> None:
    before, after = SUITE.splitlines(), add_steps(SUITE, "items", [NEW]).splitlines()
    assert [line for line in after if line not in before] == [f"      {NEW}"]
    assert [line for line in after if line != f"      {NEW}"] == before
    assert after[after.index(f"      {NEW}") - 1].strip() == "value_set: [a, b]"


@pytest.mark.parametrize("text", [HEAD, HEAD + "    suite: []\n", HEAD.rstrip("\n"), HEAD.replace("\n", "\r\n"), HEAD + "version: 1\n"])
def test_a_suite_begins_where_there_is_none(text: str) -> None:
    config = read(add_steps(text, "items", [NEW]).encode(), "sluice.yaml", {})
    assert [step.name for step in config.datasets["items"].suite] == ["expect_column_to_exist"]  # type: ignore[union-attr]  # steps, no path


def test_a_rule_that_holds_keeps_its_comment_and_loses_its_tolerance() -> None:
    one_line = let_hold(SUITE, "items", 0)
    assert "{column: sku, severity: critical, on_fail: quarantine}  # never empty" in one_line
    block = let_hold(one_line, "items", 1)
    assert "          on_fail: quarantine\n          value_set: [a, b]\n" in block
    assert "mostly" not in block
    assert "# what follows" in block


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "    suite: [parse]\n", "within brackets"),
        (HEAD + "    suite: suite.json\n", "is the file"),
        ("datasets: {items: {source: {files: a}, columns: {sku: {}}, suite: [parse]}}\n", "within braces"),
        (SUITE.replace(", on_fail: flag", ""), "by hand"),
    ],
)
def test_what_cannot_be_edited_says_so(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        let_hold(text, "items", 0)
