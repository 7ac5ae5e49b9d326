"""A finding of a cleaner names the cleaner as sluice.yaml does, and no code."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sluice.app import findings
from sluice.domain import Message
from sluice.store.dashboard_queries import StoredVerdict


@pytest.mark.parametrize(
    ("rule", "columns", "named"),
    [("deduplicate:overlap", (), "deduplicate: "), ("normalize_text:damaged_code", ("ean",), "normalize_text:ean: ")],
)
def test_a_cleaner_is_named_with_its_columns_where_it_has_some(monkeypatch: pytest.MonkeyPatch, rule: str, columns: tuple[str, ...], named: str) -> None:
    app: Any = SimpleNamespace(store=None)
    run: Any = SimpleNamespace(id="b1", dataset="sales", uri="landing/a.csv")
    message = Message.of("overlap_is_sure")
    verdict = StoredVerdict("cleaned", rule, "cleaner", "uniqueness", "info", "failed", "flag", 0, 1, columns, message, message)
    monkeypatch.setattr(findings, "run_verdicts", lambda _store, _run: [verdict])
    (line,) = findings.finding_lines(app, [run])
    assert line.startswith(f"sales a.csv: {named}")
    assert "::" not in line
