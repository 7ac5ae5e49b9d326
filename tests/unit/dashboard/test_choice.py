"""Choices outlast a switch of the language, also one that arrives in the same moment as the choice."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.patience import PATIENCE


def draw_page() -> None:
    """Draw a language switch and two choices."""
    import streamlit as st

    from dashboard.i18n.language import choose_language
    from dashboard.widgets.choice import choose, choose_segment

    choose_language()
    choose(st.selectbox, "State", ["held", "released"], str.upper, "state")
    choose_segment("Days", ["7", "30"], str.upper, "days")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(draw_page, default_timeout=PATIENCE).run()


def chosen(page: AppTest) -> list[str]:
    """What is chosen on the page, as code."""
    return [page.session_state["chosen state"], page.session_state["chosen days"]]


def test_a_choice_and_a_switch_of_the_language_that_arrive_together_both_count(page: AppTest) -> None:
    assert chosen(page) == ["held", "7"]
    page.selectbox(key="state en").set_value("released")
    page.button_group(key="days en").set_value("30")
    page.button_group(key="language").set_value("zh").run()
    assert chosen(page) == ["released", "30"]
    assert (page.selectbox(key="state zh").value, page.button_group(key="days zh").value) == ("released", "30")


def test_a_choice_stays_when_the_language_is_switched_and_switched_back(page: AppTest) -> None:
    page.selectbox(key="state en").set_value("released").run()
    page.button_group(key="language").set_value("zh").run()
    page.selectbox(key="state zh").set_value("held").run()
    page.button_group(key="language").set_value("en").run()
    assert page.selectbox(key="state en").value == "held"
