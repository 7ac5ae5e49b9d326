"""The dashboard in a browser: nothing is fetched from elsewhere, and a held row is released and published."""

from __future__ import annotations

import contextlib
import re
from typing import Any, TypeAlias

import polars as pl
import pytest
from playwright.sync_api import Download, Locator, Page
from playwright.sync_api import TimeoutError as TooLate

from sluice.app import App, process_requests
from sluice.domain import ROW, Alert, Message, Request, Route, Routing
from sluice.messages import render
from sluice.store.alert_records import record_alert
from sluice.store.label_file import read_label_file
from tests.patience import PATIENCE

Visit: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
TITLES = {
    "": ("Today", "今日"),
    "runs": ("Runs", "运行记录"),
    "incidents": ("Incidents", "事件"),
    "quarantine": ("Quarantine", "隔离区"),
    "repairs": ("Repairs", "修复"),
    "values": ("Values", "取值"),
    "labels": ("Labels", "标注"),
    "detectors": ("Detectors", "检测器"),
    "recommender": ("Recommender", "推荐模型"),
    "schedule": ("Schedule", "调度"),
    "alerts": ("Alerts", "提醒"),
    "activity": ("Activity", "操作记录"),
}
HEADER, LINE, TICK = 35, 35, 16  # pixels of the grid, which is drawn on a canvas


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_opens_and_fetches_nothing_from_elsewhere(visit: Visit, language: str) -> None:
    refused: list[str] = []
    visit.page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    for path, titles in TITLES.items():
        visit.open(f"{path}?lang={language}", titles[language == "zh"])
        assert visit.page.get_by_test_id("stException").count() == 0
    assert visit.outside == []
    assert refused == [], "the policy of the pages refuses what they need"


def test_the_language_is_switched_and_stays(visit: Visit) -> None:
    visit.open("?lang=en", "Today")
    visit.page.get_by_role("radio", name="中文").click()
    visit.page.get_by_role("heading", name="今日", level=1).wait_for()
    visit.page.get_by_role("link", name="隔离区").click()
    visit.page.get_by_role("heading", name="隔离区", level=1).wait_for()
    assert "lang=zh" in visit.page.url


def test_texts_of_streamlit_follow_the_language(visit: Visit) -> None:
    visit.open("quarantine?lang=zh&quarantine_dataset=events", "隔离区")
    page = visit.page
    page.locator('html[lang="zh-CN"]').wait_for(state="attached")
    page.get_by_test_id("stFileUploader").get_by_text("上传", exact=True).wait_for()
    switch(visit, "English", "Quarantine")
    page.locator('html[lang="en"]').wait_for(state="attached")
    page.get_by_test_id("stFileUploader").get_by_text("Upload", exact=True).wait_for()


def test_choices_speak_the_language_that_was_switched_to_and_stay_chosen(visit: Visit) -> None:
    visit.open("runs?lang=en", "Runs")
    page = visit.page
    choose(page, 0, "events")
    switch(visit, "中文", "运行记录")
    assert chosen(visit) == ["events", "全部"]
    switch(visit, "English", "Runs")
    assert chosen(visit) == ["events", "All"]

    visit.open("quarantine?lang=en&quarantine_dataset=events", "Quarantine")
    choose(page, 1, "Released")
    switch(visit, "中文", "隔离区")
    assert chosen(visit)[:3] == ["events", "已放行", "全部原因"]


def switch(visit: Visit, language: str, title: str) -> None:
    """Switch the language, and wait until the page is drawn in it."""
    visit.page.get_by_role("radio", name=language).click()
    visit.page.get_by_role("heading", name=title, exact=True, level=1).wait_for()
    visit.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def choose(page: Page, position: int, name: str) -> None:
    """Choose an option of a select box: its menu is opened until the option is clicked, since a page that is drawn anew closes it."""
    for _ in range(9):
        with contextlib.suppress(TooLate):
            page.get_by_test_id("stSelectbox").nth(position).click(timeout=100 * PATIENCE)
            page.get_by_role("option", name=name).click(timeout=100 * PATIENCE)
            return
    raise AssertionError(f"no option {name}")


def chosen(visit: Visit) -> list[str]:
    """The label that each select box shows."""
    boxes = visit.page.get_by_test_id("stSelectbox")
    return [boxes.nth(position).get_by_role("combobox").input_value() for position in range(boxes.count())]


def test_a_held_row_is_released_in_the_browser_and_published(visit: Visit, app: App) -> None:
    visit.open("quarantine?lang=en&quarantine_dataset=events", "Quarantine")
    page = visit.page
    choose(page, 2, "price is below 0")
    page.get_by_role("button", name=re.compile(r"^Release \d+ rows of this reason$")).wait_for()
    page.get_by_test_id("stDataFrame").first.click(position={"x": TICK, "y": HEADER + LINE // 2})
    page.get_by_role("heading", name="One row, cell by cell").wait_for()
    row = page.get_by_text(re.compile(r"^Row \S+\.\d+$")).inner_text().removeprefix("Row ")
    assert page.locator("table.cells tr.blamed td").first.inner_text() == "price"
    assert "203.0.113" not in page.content()
    page.get_by_label("Your name").last.fill("Ann")  # requests of others may wait above
    page.get_by_label("Reason for the request").fill("a refund, not a mistake")
    assert page.get_by_role("button", name="rows of this reason").count() == 0  # the ticked row wins over the reason
    page.get_by_role("button", name="Release 1 row").click()
    page.get_by_text("The request was submitted.").wait_for()

    (request,) = app.store.requests.pending("events")
    assert (request.kind, request.rows, request.by) == ("release", (row,), "Ann")
    assert process_requests(app) == 1
    page.get_by_role("listitem").filter(has_text="it waives a critical rule").first.wait_for()  # the page follows the request by itself
    assert row not in published(app)
    confirm = page.locator(f".st-key-confirm_{request.id} button")
    confirm.click()
    confirm.wait_for(state="detached")
    assert process_requests(app) == 1
    assert row in published(app)

    visit.open(f"quarantine?lang=en&quarantine_dataset=events&row={row}", "Quarantine")
    page.get_by_text("Released · ").wait_for()
    assert visit.outside == []


def click_for_file(page: Page, button: Locator) -> Download:
    """Click until the file comes: a click while Streamlit draws the page anew asks for a file of the page before, which is gone."""
    for _ in range(9):
        with contextlib.suppress(TooLate):
            with page.expect_download(timeout=100 * PATIENCE) as download:
                button.click()
            return download.value
    raise AssertionError("no file came")


def test_a_held_row_is_corrected_in_a_sheet_and_published(visit: Visit, app: App) -> None:
    visit.open("quarantine?lang=en&quarantine_dataset=events", "Quarantine")
    page = visit.page
    page.get_by_text("CSV", exact=True).click()
    export = page.get_by_role("button", name=re.compile(r"^Export \d+ held rows$"))
    download = click_for_file(page, export)
    assert download.suggested_filename == "held-events.csv"
    sheet = pl.read_csv(download.path(), infer_schema=False)
    assert set(sheet["ip"]) == {"•••"}
    row, filled = sheet["Row id"][0], pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("12.5")).alias("right value of price")
    page.locator("input[type=file]").set_input_files({"name": "held.csv", "mimeType": "text/csv", "buffer": sheet.with_columns(filled).write_csv().encode()})
    page.get_by_text("right values of 1 row: 1").wait_for()
    page.get_by_role("button", name="Check 1 corrected row, and publish it").wait_for()
    page.get_by_label("Your name").last.fill("Ann")  # any of the fields for a name
    page.get_by_label("Your name").last.press("Enter")
    page.wait_for_timeout(500)  # until the page begins to run again: a click on a button that is drawn anew is lost
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.get_by_role("button", name="Check 1 corrected row, and publish it").click()
    page.get_by_text("The request was submitted.").wait_for()
    assert process_requests(app) == 1
    page.get_by_text("1 of 1 corrected row was published").wait_for(state="attached")  # in a grid, which is drawn on a canvas
    assert app.store.snapshot().published("events").filter(pl.col(ROW) == row).collect()["price"].item() == 12.5
    assert visit.outside == []


def test_a_release_is_undone_in_the_browser(visit: Visit, app: App) -> None:
    row = app.store.quarantine.held("events")[ROW][0]
    app.store.requests.submit(Request("undone", "release", "events", "Ann", "a refund", app.now(), (row,)))
    assert process_requests(app) == 1
    assert row in published(app)
    visit.open("activity?lang=en", "Activity")
    page = visit.page
    page.get_by_label("Your name").fill("Bo")
    page.get_by_role("button", name="Hold 1 row again").click()
    page.get_by_text("The request was submitted.").wait_for()
    assert process_requests(app) == 1
    assert row not in published(app)
    assert row in app.store.quarantine.held("events")[ROW]
    assert visit.outside == []


def test_a_rejection_is_undone_in_the_browser(visit: Visit, app: App) -> None:
    row = app.store.quarantine.held("events")[ROW][0]
    app.store.requests.submit(Request("spam", "reject", "events", "Ann", "", app.now(), (row,)))
    assert process_requests(app) == 1
    assert row not in app.store.quarantine.held("events")[ROW]
    visit.open("activity?lang=en", "Activity")
    page = visit.page
    page.get_by_label("Your name").fill("Bo")
    page.get_by_role("button", name="Hold 1 row again").click()
    page.get_by_text("The request was submitted.").wait_for()
    assert process_requests(app) == 1
    assert row in app.store.quarantine.held("events")[ROW]


def test_a_dataset_is_read_now_by_click_and_what_waits_is_cancelled(visit: Visit, app: App) -> None:
    visit.open("schedule?lang=en", "Schedule")
    page = visit.page
    page.get_by_label("Your name").fill("Bo")
    page.get_by_role("button", name="Read catalog now").click()
    page.get_by_text("The request was submitted.").wait_for()
    (filed,) = [request for request in app.store.requests.unfinished() if request.kind == "run"]
    assert (filed.dataset, filed.by) == ("catalog", "Bo")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Nothing is in progress, and nothing waits.").wait_for()
    assert app.store.requests.unfinished() == []


def test_an_alert_to_an_address_that_is_gone_is_not_tried_again_by_click(visit: Visit, app: App) -> None:
    with app.store.database.write() as connection:
        record_alert(connection, Routing((Route("desk"),)), Alert(Message.of("alert_job", job="ingest"), (Message.text("the disk is full"),)))
    (alert,) = app.store.outbox.due()
    app.store.outbox.finish(app.store.outbox.begin(alert), Message.of("alert_refused", service="json"))
    visit.open("alerts?lang=en", "Alerts")
    page = visit.page
    page.get_by_text("the job ingest failed").first.wait_for()
    page.get_by_text("Its address is configured no longer").first.wait_for()
    assert page.get_by_role("button", name="Try again").count() == 0
    assert visit.outside == []


def test_a_value_is_searched_and_the_life_of_its_row_opened(visit: Visit, app: App) -> None:
    row = app.store.quarantine.held("events")[ROW][0]
    visit.open("?lang=en", "Today")
    page = visit.page
    page.get_by_label("Find").fill(row)
    page.get_by_label("Find").press("Enter")
    page.get_by_role("heading", name="Find", exact=True, level=1).wait_for()
    page.get_by_test_id("stDataFrame").first.click(position={"x": TICK, "y": HEADER + LINE // 2})
    page.get_by_role("heading", name="One row", exact=True, level=1).wait_for()
    page.get_by_text("price is below 0").first.wait_for()
    assert f"row={row}" in page.url
    assert visit.outside == []


def test_a_detector_is_shown_and_a_row_explained(visit: Visit) -> None:
    visit.open("detectors?lang=en&detector=events.isolation_forest", "Detectors")
    page = visit.page
    page.get_by_text("False positive rate, on average").wait_for()
    page.get_by_role("heading", name="One row, explained").wait_for()
    cells = page.locator("table.cells tbody tr")
    assert {cells.nth(position).locator("td").first.inner_text() for position in range(cells.count())} == {"price", "ts"}
    assert page.locator("table.cells .bar").count() == 2
    page.get_by_text(re.compile(r"^sluice explain \S+\.\d+")).wait_for()
    assert page.locator('[data-testid="stVegaLiteChart"]').count() == 4
    assert visit.outside == []


def test_a_detector_is_refitted_and_rolled_back_by_click(visit: Visit, app: App) -> None:
    page = visit.page
    serving = app.store.models.versions("events.isolation_forest")[0].version
    for button, kind, answer in (
        ("Refit", "refit", f"version {serving + 1} was fitted and is the champion"),
        ("Roll back", "rollback", f"version {serving} is the champion again"),
    ):
        visit.open("detectors?lang=en&detector=events.isolation_forest", "Detectors")
        page.get_by_label("Your name").fill("Ann")
        page.get_by_label("Reason for the request").fill("it flags too much")
        page.get_by_role("button", name=button).click()
        page.get_by_text("The request was submitted.").wait_for()
        (request,) = app.store.requests.all(state="pending")
        assert (request.kind, request.model) == (kind, "events.isolation_forest")
        assert process_requests(app) == 1
        assert render(next(stored for stored in app.store.requests.all() if stored.id == request.id).answer) == answer
    visit.open("detectors?lang=zh&detector=events.isolation_forest", "检测器")
    page.get_by_role("button", name="回退", exact=True).wait_for()
    assert visit.outside == []


def published(app: App) -> list[str]:
    """The ids of the published events."""
    return app.store.snapshot().published("events").select(pl.col(ROW)).collect().to_series().to_list()


def test_rows_are_labelled_by_keys_alone(visit: Visit, app: App) -> None:
    visit.open("labels?lang=en&labels_dataset=events", "Labels")
    page, rest = visit.page, visit.page.get_by_role("button", name="The rest is right")
    idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Your name").press("Enter")
    page.wait_for_timeout(500)  # until the page begins to run again: a click on a button that is drawn anew is lost
    idle.wait_for()
    page.locator(".st-key-label_choose button").click()
    page.get_by_text("Waits for the scheduler").wait_for()
    assert process_requests(app) == 1
    rest.wait_for()  # the page follows the request by itself
    idle.wait_for()
    page.get_by_role("textbox", name="price").fill("7.5")
    page.get_by_role("textbox", name="price").press("Enter")
    page.get_by_text("1 row is labelled").wait_for()
    idle.wait_for()  # a key that is pressed while the next row is drawn is lost
    page.keyboard.press("Enter")
    page.get_by_text("2 rows are labelled").wait_for()
    idle.wait_for()
    page.keyboard.press("u")
    page.get_by_text("1 row is labelled").wait_for()
    idle.wait_for()  # a key that is pressed while the next row is drawn is lost
    page.keyboard.press("Enter")
    page.get_by_text("2 rows are labelled").wait_for()
    process_requests(app)
    lines = read_label_file(app.config.root / "labels" / "events.csv")
    first, second = (row.row for row in app.store.label_plans.of("events").rows[:2])
    assert sorted(lines.select("row", "column").rows()) == sorted([(first, "*"), (first, "price"), (second, "*")])
    assert lines.filter(pl.col("column") == "price")["value"].to_list() == ["7.5"] and "203.0.113" not in str(lines.rows())
    assert visit.outside == []
