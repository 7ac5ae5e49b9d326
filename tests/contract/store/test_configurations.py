"""Versions of the configuration are recorded, approved and named by runs: the same on each database."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from sluice.domain import ConfigText
from sluice.errors import UsageError

Shop: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def test_each_text_is_a_version_that_follows_the_one_in_force(shop: Shop) -> None:
    versions = shop.store.configurations
    assert versions.in_force() is None
    first = versions.record(ConfigText("a"), author="Ann", note="begin")
    assert versions.record(ConfigText("a"), author="Bo") == first  # nothing changed
    second = versions.record(ConfigText("b"), author="Bo")
    third = versions.record(ConfigText("a"), author="Ann", note="put back")
    assert [version.number for version in versions.all()] == [3, 2, 1]
    assert [first.base, second.base, third.base] == [0, 1, 2]
    assert versions.in_force() == third
    assert versions.content(2) == ConfigText("b")
    with pytest.raises(UsageError, match="no version 9"):
        versions.content(9)


def test_a_draft_is_in_force_once_somebody_else_approves_it(shop: Shop) -> None:
    versions = shop.store.configurations
    live = versions.record(ConfigText("a"), author="Ann")
    draft = versions.record(ConfigText("b"), author="Ann", state="draft")
    assert versions.in_force() == live
    with pytest.raises(UsageError, match="another person has to approve"):
        versions.approve(draft.number, by=" ann ")
    with pytest.raises(UsageError, match="needs the name"):
        versions.approve(draft.number, by=" ")
    approved = versions.approve(draft.number, by="Bo", note="agreed")
    assert (approved.state, approved.approved_by, versions.in_force()) == ("live", "Bo", approved)
    with pytest.raises(UsageError, match="is no draft"):
        versions.approve(draft.number, by="Bo")
    entries = [(entry.who, entry.what) for entry in shop.store.activity.entries() if entry.subject.code == "about_config"]
    assert entries == [("Bo", "approve_config"), ("Ann", "draft_config"), ("Ann", "change_config")]


def test_a_draft_from_an_older_version_is_filed_again(shop: Shop) -> None:
    versions = shop.store.configurations
    versions.record(ConfigText("a"), author="Ann")
    draft = versions.record(ConfigText("b"), author="Ann", state="draft")
    versions.record(ConfigText("c"), author="Cy")
    with pytest.raises(UsageError, match="came into force since"):
        versions.approve(draft.number, by="Bo")


def test_rule_files_are_part_of_a_version(shop: Shop) -> None:
    versions = shop.store.configurations
    first = versions.record(ConfigText("a", {"rules.json": "{}"}), author="Ann")
    assert versions.record(ConfigText("a", {"rules.json": "{}"}), author="Bo") == first
    second = versions.record(ConfigText("a", {"rules.json": "[]"}), author="Bo")
    assert (second.number, second.digest != first.digest) == (2, True)
    assert versions.content(1).files == {"rules.json": "{}"}
