"""Held rows are decided on by keys alone, also by keys that are pressed while the page is drawn."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from sluice.app import App

Visit: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def test_keys_go_through_held_rows_and_each_decides_on_the_row_on_the_page(visit: Visit, app: App) -> None:
    visit.open("quarantine?lang=en&quarantine_dataset=events", "Quarantine")
    page, name = visit.page, visit.page.get_by_label("Your name").last
    idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.get_by_role("button", name="Next row").wait_for()
    page.keyboard.press("j")
    page.get_by_role("heading", name="One row, cell by cell").wait_for()
    name.fill("Kim")
    name.press("Enter")
    page.wait_for_timeout(500)
    idle.wait_for()
    first = opened(page)
    page.evaluate("document.activeElement.blur()")  # letters that are typed into a field are no keys
    for _ in range(3):  # while the page is drawn; what comes faster than Streamlit takes clicks counts once
        page.keyboard.press("j")
        page.wait_for_timeout(250)
    page.wait_for_url(lambda url: opened_in(url) not in ("", first))
    page.wait_for_timeout(2000)
    idle.wait_for()
    row = opened(page)
    assert int(row.rpartition(".")[2]) > int(first.rpartition(".")[2])
    page.keyboard.press("x")
    page.keyboard.press("x")  # meant for the row that is on the page
    page.wait_for_url(lambda url: opened_in(url) not in ("", row))
    idle.wait_for()
    page.wait_for_timeout(1000)
    requests = [request.rows for request in app.store.requests.all("events") if request.by == "Kim"]
    assert (row,) in requests
    assert len(set(requests)) == len(requests)  # no row is asked for twice
    assert len(requests) <= 2
    for request in app.store.requests.unfinished("events"):  # other tests count rows
        if request.by == "Kim":
            app.store.requests.cancel(request.id, by="Kim")
    assert visit.outside == []


def opened(page: Any) -> str:
    return opened_in(page.url)


def opened_in(url: str) -> str:
    """The row that an address names."""
    named = re.search(r"[?&]row=([^&]+)", url)
    return named.group(1) if named else ""
