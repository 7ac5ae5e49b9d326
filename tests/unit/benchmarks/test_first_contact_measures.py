"""Planted faults, labels of persons, and the order in which a case's files land are what they say they are."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from benchmarks.first_contact.__main__ import PARTS
from benchmarks.first_contact.cases import waves
from benchmarks.first_contact.figures_of_month import month_figures, role_figures
from benchmarks.first_contact.labelled import HEADERS, card, chinese_id, iban, sheets
from benchmarks.first_contact.month import FileResult, Followed
from benchmarks.first_contact.personal import recall_and_precision
from benchmarks.first_contact.planted import KINDS, faults_of
from benchmarks.first_contact.platforms import own_shops
from benchmarks.first_contact.roles import Role, judge_roles
from benchmarks.first_contact.shop import draw_shop
from benchmarks.results import HERE, describe

SHOP = draw_shop(7, products=30, customers=20, orders_a_day=8, events_a_day=20)


def test_each_kind_of_fault_changes_its_column_and_no_other() -> None:
    right = own_shops.PLATFORM.files(SHOP, 1)[1]
    planted = {fault.kind: fault for fault in faults_of(right)}
    assert set(planted) == set(KINDS)
    before = list(csv.DictReader(io.StringIO(right.content().decode())))
    for fault in planted.values():
        after = list(csv.DictReader(io.StringIO(fault.sheet.content().decode())))
        changed = {name for old, new in zip(before, after, strict=True) for name in new if old.get(name) != new[name]}
        assert changed == {fault.column}
    assert planted["unit change"].sheet.rows[0]["price"] == right.rows[0]["price"] * 100


def test_numbers_of_persons_have_their_check_digits() -> None:
    digits = [int(digit) for digit in reversed(card(12345))]
    assert sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10 == 0
    account = iban(12345)
    assert int(account[4:] + "1314" + account[2:4]) % 97 == 1
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # as the standard lists them
    number = chinese_id(12345)
    assert "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11] == number[-1]


def test_every_labelled_column_has_values() -> None:
    for sheet, header in zip(sheets(SHOP), HEADERS, strict=True):
        assert len(sheet.table.columns) == len(header.personal) + len(header.other)
        assert all(str(row[column.name]) for row in sheet.rows for column in sheet.table.columns)


def test_recall_and_precision() -> None:
    assert recall_and_precision([True, True, False, False], [True, False, True, False]) == (0.5, 0.5)
    assert recall_and_precision([False], [False]) == (1.0, 1.0)


def test_files_land_by_their_dates() -> None:
    names = ["b_20261128.csv", "a.csv", "a_2026-11-27.csv", "export.csv", "export_2.csv"]
    assert [[file.name for file in wave] for wave in waves([Path(name) for name in names])] == [
        ["a.csv", "export.csv"],
        ["export_2.csv"],
        ["a_2026-11-27.csv"],
        ["b_20261128.csv"],
    ]


def test_without_a_configuration_every_role_is_wrong() -> None:
    roles = judge_roles(own_shops.PLATFORM, None, {})
    assert {role.kind for role in roles} == {"type", "key", "time", "mode", "reference", "personal"}
    assert not any(role.correct for role in roles if role.kind != "personal" or role.right == "True")


def test_figures_of_a_month() -> None:
    held = FileResult("p", 1, "t", "f", "d", 100, 5, 400, {"price": 2})
    right = FileResult("p", 0, "t", "e", "d", 100, 0, 400, {})
    months = [Followed("p", "", (right, held), ((1, "d", "rule"),), {"t": (6, 7)}), Followed("q", "no such format", open_days={"u": (0, 7)})]
    values = {figure.figure: figure.value for figure in month_figures(months)}
    assert values == {
        "platforms whose export `init` cannot describe": 1,
        "right cells changed to a wrong value": 2,
        "right rows held, day 1": 0.0,
        "right rows held, day 2": 0.05,
        "right rows held, all days": 0.025,
        "findings a dataset and week, right data": pytest.approx(0.5),
        "days with the gate open, right data": pytest.approx(6 / 14),
    }


def test_the_parts_can_run_alone_and_are_described() -> None:
    assert describe("first_contact")[0].startswith("Land the exports of many systems")
    for part in PARTS:
        text = (HERE / "first_contact" / f"{part}.py").read_text(encoding="utf-8")
        assert "def measure(" in text
        assert 'if __name__ == "__main__":' in text


def test_figures_of_roles_leave_personal_columns_out() -> None:
    roles = [Role("p", "t", "type", "a", "string", "number", correct=False), Role("p", "t", "personal", "a", "True", "True", correct=True)]
    assert [(figure.figure, figure.value) for figure in role_figures(roles)] == [("roles right: all", 0.0), ("roles right: type", 0.0)]
