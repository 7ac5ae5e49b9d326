"""A rule gets other settings, and everything else of the text stays; a change is taken back although other lines were edited since."""

from __future__ import annotations

import difflib

import pytest

from sluice.config import read
from sluice.config.edit_step import change_step
from sluice.config.reverse import reverse
from sluice.errors import UsageError

TEXT = """datasets:
  items:
    source: {files: items/*.csv}
    columns:
      sku: {type: string}
      price: {type: number}
    suite:  # mine
      - expect_column_values_to_be_between:  # prices
          column: price
          # the least
          min_value: 0   # never below
          max_value: 10
          mostly: 0.9
      - expect_table_row_count_to_match_weekday  # by its name alone
      - expect_column_values_to_be_in_set: {column: "sku", value_set: [a, b], mostly: 0.9, severity: info}  # why
      - expect_column_values_to_not_be_in_set:  # a list in lines
          column: sku
          value_set:
            - a
            - b
    key: [sku]  # the end
"""


def settings_of(text: str, position: int) -> dict[str, object]:
    suite = read(text.encode(), "sluice.yaml", {}).datasets["items"].suite
    assert not isinstance(suite, str)
    return dict(suite[position].settings)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("position", "settings"),
    [
        (0, {"column": "price", "min_value": 1, "max_value": 10, "mostly": 0.9}),
        (0, {"column": "price", "min_value": 0, "severity": "info"}),
        (0, {"column": "price", "max_value": 12.5}),
        (1, {"tolerance": 0.5}),
        (2, {"column": "sku", "value_set": ["a", "c d", "3"]}),
        (2, {"value_set": ["x"], "on_fail": "flag", "column": "sku"}),
        (3, {"column": "sku", "value_set": ["z"]}),
    ],
)
def test_the_rule_has_the_settings_and_all_comments_stay(position: int, settings: dict[str, object], newline: str) -> None:
    before = TEXT.replace("\n", newline)
    after = change_step(before, "items", position, settings)
    assert settings_of(after, position) == settings
    assert [settings_of(after, other) for other in range(4) if other != position] == [settings_of(TEXT, other) for other in range(4) if other != position]
    assert "\n" not in after.replace(newline, "")
    lost = {"never below"} if "min_value" not in settings else set()
    comments = {line.partition("#")[2].strip() for line in TEXT.splitlines() if "#" in line} - (lost if position == 0 else set())
    assert [comment for comment in comments if comment not in after] == []


def test_unchanged_settings_change_nothing() -> None:
    assert change_step(TEXT, "items", 0, settings_of(TEXT, 0)) == TEXT


def test_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no rule 9"):
        change_step(TEXT, "items", 8, {})


def difference(before: str, after: str) -> str:
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), "a", "b", lineterm=""))


def test_a_change_is_taken_back_beside_later_edits() -> None:
    changed = change_step(TEXT, "items", 0, {"column": "price", "max_value": 12.5})
    edited = "# new\n" + changed.replace("# by its name alone", "# by its name").replace("key: [sku]", "key: [sku, price]")
    expected = "# new\n" + TEXT.replace("# by its name alone", "# by its name").replace("key: [sku]", "key: [sku, price]")
    assert reverse(changed, difference(TEXT, changed)) == TEXT
    assert reverse(edited, difference(TEXT, changed)) == expected


def test_a_change_that_was_changed_again_is_not_taken_back() -> None:
    changed = change_step(TEXT, "items", 0, {"column": "price", "max_value": 12.5})
    with pytest.raises(UsageError, match="read otherwise now"):
        reverse(changed.replace("12.5", "13"), difference(TEXT, changed))
