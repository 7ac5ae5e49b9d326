"""The page of rules shows what an earlier version of the configuration says otherwise, and asks to put it back."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.widgets import config_versions
from sluice.config.texts import read_texts
from sluice.domain import ConfigText

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


@pytest.fixture
def page(own: Corner, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with two versions, of which the earlier one is selected."""
    present = read_texts(own.path)
    own.store.configurations.record(ConfigText(present.text + "# before\n", {"rules.json": "{}"}), author="Ann", note="begin")
    own.store.configurations.record(present, author="Bo", note="shorter")
    monkeypatch.setattr(config_versions, "draw_choice", lambda rows, _key: len(rows) - 1)
    app: AppTest = own.page("rules", monkeypatch)
    return app


def test_a_version_says_what_it_has_otherwise_and_is_put_back_by_a_request(own: Corner, page: AppTest) -> None:
    assert not page.exception
    assert any("--- version 2" in element.value and "+# before" in element.value and "+++ version 1 rules.json" in element.value for element in page.code)
    page.button(key="restore_version").click().run()
    assert not [request for request in own.store.requests.all() if request.kind == "restore_config"]  # nobody is named
    page.text_input(key="restore_by").input("Cy")
    page.text_input(key="restore_note").input("too short")
    page.button(key="restore_version").click().run()
    (request,) = [request for request in own.store.requests.all() if request.kind == "restore_config"]
    assert (request.kind, request.rows, request.by, request.note) == ("restore_config", ("1",), "Cy", "too short")
