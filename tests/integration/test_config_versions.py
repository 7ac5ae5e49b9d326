"""The configuration in force is a version in the database: runs name it, two files are not raced, and with `approval: two` another person decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from sluice.app import App, process_requests
from sluice.app.expected_rules import adjust_rule
from sluice.cli.main import outcome
from sluice.domain import Request
from sluice.errors import UsageError
from sluice.messages import render
from sluice.store.configurations import Configurations
from sluice.store.tables import CONFIGURATIONS

CONFIG = """
datasets:
  items:
    source: {files: "landing/*.csv"}
    key: [id]
    columns: {id: {type: string, required: true}, price: {type: number}}
    suite:
      - expect_column_values_to_be_between: {column: price, max_value: 50}
"""
SUITE = """{"expectations": [
    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "price", "max_value": LIMIT}}
]}
"""
Opened = Callable[[Path], App]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    land(tmp_path, 1)
    return tmp_path / "sluice.yaml"


def land(folder: Path, day: int) -> None:
    (folder / f"landing/items-2026-03-0{day}.csv").write_text(f"id,price\na{day},10\nb{day},80\n")


def run(app: App) -> list[int | None]:
    return [done.configuration for done in app.run(app.pending_arrivals())]


def sluice(path: Path, *arguments: str) -> int:
    return outcome([*arguments, "--config", str(path)])


def require_two(path: Path) -> None:
    path.write_text("approval: two\n" + CONFIG)


def test_runs_name_the_version_and_an_edited_file_is_the_next_one_by_itself(path: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    app = opened(path)
    assert run(app) == [1]
    path.write_text(CONFIG.replace("50", "90"))
    land(path.parent, 2)
    assert run(opened(path)) == [2]
    assert sluice(path, "config", "list", "-f", "json") == 0
    assert sluice(path, "config", "show", "2") == 0
    assert "+      - expect_column_values_to_be_between: {column: price, max_value: 90}" in capsys.readouterr().out
    assert sluice(path, "config", "restore", "1", "--by", "Ann", "--reason", "too wide") == 0
    assert path.read_text() == CONFIG
    (newest, *_) = app.store.configurations.all()
    assert (newest.number, newest.author, newest.note) == (3, "Ann", "too wide")


def test_another_file_on_another_machine_is_told_and_judges_nothing(path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(path)
    run(app)
    with app.store.database.write() as connection:
        connection.execute(CONFIGURATIONS.update().values(machine="elsewhere"))
    monkeypatch.setattr(Configurations, "__init__", _shared(Configurations.__init__))
    path.write_text(CONFIG.replace("50", "90"))
    land(path.parent, 2)
    other = opened(path)
    with pytest.raises(UsageError, match="differs from version 1 of the configuration"):
        run(other)
    assert len(other.store.runs.of("items")) == 1
    assert sluice(path, "apply", "--by", "Ann") == 0
    assert run(other) == [2]
    path.write_text(CONFIG)
    assert sluice(path, "config", "export") == 0
    assert "90" in path.read_text()


def _shared(initialise: Callable[..., None]) -> Callable[..., None]:
    def make(self: Configurations, database: object, clock: object, *, shared: bool) -> None:
        initialise(self, database, clock, shared=True)
        del shared

    return make


def test_with_two_people_an_edited_file_waits_for_the_other_one(path: Path, opened: Opened) -> None:
    require_two(path)
    assert run(opened(path)) == [1]
    path.write_text(CONFIG.replace("50", "90"))  # which leaves out the need for approval too
    land(path.parent, 2)
    app = opened(path)
    with pytest.raises(UsageError, match="another person has to approve"):
        run(app)
    assert sluice(path, "apply", "--by", "Ann") == 0
    assert sluice(path, "config", "approve", "2", "--by", "Ann") == 2
    assert sluice(path, "config", "approve", "2", "--by", "Bo") == 0
    assert run(app) == [2]


def test_with_two_people_a_change_from_the_page_waits_for_the_other_one(path: Path, opened: Opened) -> None:
    require_two(path)
    app = opened(path)
    run(app)
    incident = next(incident for incident in app.store.incidents.all("items") if incident.rule.startswith("expect_"))
    before = path.read_text()
    adjust_rule(app, incident, by="Ann", note="promotion")
    (request,) = [request for request in app.store.requests.all() if request.kind == "change_rule"]
    assert (request.state, path.read_text()) == ("asked", before)
    with pytest.raises(UsageError, match="another person has to approve it"):
        app.store.requests.confirm(request.id, by="Ann")
    app.store.requests.confirm(request.id, by="Bo")
    process_requests(app)
    assert "max_value: 80" in path.read_text()
    (newest, *_) = app.store.configurations.all()
    assert (newest.author, newest.approved_by, newest.note) == ("Ann", "Bo", "promotion")
    land(path.parent, 2)
    assert cast("list[int]", run(opened(path))) == [newest.number]


def test_a_rule_file_is_part_of_the_version_and_is_put_back_with_it(path: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    rules = path.parent / "rules.json"
    wide, narrow = (SUITE.replace("LIMIT", limit) for limit in ("90", "50"))
    rules.write_text(wide)
    path.write_text(CONFIG[: CONFIG.index("    suite:")] + "    suite: rules.json\n")
    app = opened(path)
    assert run(app) == [1]
    rules.write_text(narrow)
    land(path.parent, 2)
    assert run(opened(path)) == [2]
    assert sluice(path, "config", "diff", "1") == 0
    printed = capsys.readouterr().out
    assert "--- version 1 rules.json" in printed
    assert '-    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "price", "max_value": 90}}' in printed
    request = app.store.requests.submit(Request("back", "restore_config", "items", "Ann", "too narrow", app.now(), ("1",)))
    assert process_requests(app) == 1
    done = next(one for one in app.store.requests.all() if one.id == request.id)
    assert (done.state, render(done.answer)) == ("done", "version 1 of the configuration is written into sluice.yaml again, as version 3")
    assert rules.read_text() == wide
    land(path.parent, 3)
    assert run(opened(path)) == [3]


def test_with_two_people_an_earlier_version_is_put_back_by_the_other_one(path: Path, opened: Opened) -> None:
    require_two(path)
    app = opened(path)
    run(app)
    first = path.read_text()
    path.write_text(first.replace("50", "90"))
    assert sluice(path, "apply", "--by", "Ann") == 0
    assert sluice(path, "config", "approve", "2", "--by", "Bo") == 0
    app.store.requests.submit(Request("back", "restore_config", "items", "Ann", "", app.now(), ("1",)))
    process_requests(app)
    assert path.read_text() != first
    app.store.requests.confirm("back", by="Bo")
    process_requests(app)
    newest = app.store.configurations.in_force()
    assert path.read_text() == first
    assert newest is not None and (newest.number, newest.author, newest.approved_by) == (3, "Ann", "Bo")
