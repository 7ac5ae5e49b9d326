"""`init` suggests `traffic` for the events of users, and in a form that holds nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sluice.domain import EMPTY, Column
from sluice.sources.infer.recommender_settings import suggest_recommender
from sluice.sources.infer.traffic_settings import PATTERNS, suggest_traffic
from tests.unit.sources.test_recommender_settings import CLICKED, ROWS, SOLD

SUGGESTED = suggest_recommender([SOLD, CLICKED], ROWS)


def test_the_events_of_users_get_the_detector_which_flags_alone() -> None:
    settings = suggest_traffic(CLICKED, SUGGESTED)
    assert settings == {"user": "customerId", "item": "sku", "kind": "event", "patterns": list(PATTERNS), "severity": "info", "on_fail": "flag"}


def test_the_session_is_named_where_there_is_one() -> None:
    settings = suggest_traffic(replace(CLICKED, columns=(*CLICKED.columns, (Column("session_id"), EMPTY))), SUGGESTED)
    assert settings is not None
    assert settings["session"] == "session_id"


@pytest.mark.parametrize("kind", ["catalog", "snapshot", "no time", "personal user"])
def test_other_tables_and_personal_users_get_none(kind: str) -> None:
    dataset = {
        "catalog": SOLD,
        "snapshot": replace(CLICKED, mode="snapshot"),
        "no time": replace(CLICKED, time=None),
        "personal user": replace(CLICKED, columns=tuple((replace(column, personal=column.name == "customerId"), note) for column, note in CLICKED.columns)),
    }[kind]
    assert suggest_traffic(dataset, SUGGESTED) is None
    assert suggest_traffic(CLICKED, []) is None
