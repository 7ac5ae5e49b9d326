"""The product that stays, as `sluice match` lists it."""

from __future__ import annotations

from sluice.cli.match import keep_cell
from sluice.cli.output import Format


def test_a_table_says_yes_or_nothing_and_json_a_boolean() -> None:
    assert [keep_cell(Format.table, keeps=keeps) for keeps in (True, False)] == ["yes", ""]
    assert [keep_cell(Format.json, keeps=keeps) for keeps in (True, False)] == [True, False]
