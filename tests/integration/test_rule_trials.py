"""A rule is tried on published batches, written into sluice.yaml, counts at once, and is taken back."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.app import App, build, process_requests, rule_trials
from sluice.app.requests import PUBLISH_NOTHING
from sluice.app.suite_proposals import propose
from sluice.cli.daemon import JobRunner
from sluice.config.text import digest_of, read_text
from sluice.domain import Request, RequestKind, RuleEdit, Trial
from sluice.errors import Interrupted, UsageError
from sluice.messages import render
from sluice.store.dashboard_queries import all_runs
from sluice.store.undoable import undoable

CONFIG = """# the orders of a shop
clock: 2026-11-04T06:00:00Z
datasets:
  orders:
    source: {files: "landing/orders_*.csv"}
    key: [order_no]
    columns:
      order_no: {type: string}
      price: {type: number}
    suite:  # agreed with Ann
      - expect_column_values_to_be_between: {column: price, min_value: 0}  # no refunds
    gate: {minimum: 80}
"""
PRICES = "expect_column_values_to_be_between"
Opened = Callable[[Path], App]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of orders; each has 40 rows, of which one costs 41."""
    folder = tmp_path_factory.mktemp("trial")
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(CONFIG)
    for day in (1, 2, 3):
        land(folder, day)
    with build(folder / "sluice.yaml") as app:
        assert [run.bad for run in app.run(app.pending_arrivals())] == [0, 0, 0]
    return folder


def land(folder: Path, day: int) -> None:
    lines = [f"{day}-{number},{41 if number == 7 else number}" for number in range(40)]
    (folder / "landing" / f"orders_2026-11-{day:02}.csv").write_text("\n".join(["order_no,price", *lines]) + "\n")


@pytest.fixture
def app(published: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    with build(tmp_path / "sluice.yaml") as app:
        yield app


def ask(app: App, kind: RequestKind, name: str, about: str) -> Request:
    """File a request, carry it out, and return it with its answer."""
    app.store.requests.submit(Request(name, kind, "orders", "Ann", "as agreed", app.now(), (about,)))
    process_requests(app)
    request = app.store.requests.get(name)
    assert request is not None
    return request


def try_limit(app: App, limit: float = 40, **settings: object) -> Trial:
    """Try an upper limit of prices."""
    edit = RuleEdit("orders", PRICES, {"column": "price", "min_value": 0, "max_value": limit, **settings}, 0)
    app.store.trials.save(Trial("t1", edit, digest_of(read_text(app.path)), 14))
    request = ask(app, "try_rule", "t1", "t1")
    assert request.state == "done", render(request.answer)
    trial = app.store.trials.get("t1")
    assert trial is not None
    return trial


def test_a_trial_says_what_each_day_would_have_held_and_publishes_nothing(app: App) -> None:
    before = len(all_runs(app.store))
    trial = try_limit(app)
    assert [(batch["held"], batch["recorded_held"], batch["decision"]) for batch in trial.batches] == [(1, 0, "open")] * 3
    assert [(batch["incidents"], batch["recorded_incidents"]) for batch in trial.batches] == [(1, 0), (0, 0), (0, 0)]
    assert [(rule["rule"], rule["failing_rows"], rule["recorded_failing_rows"]) for rule in trial.rules] == [(f"{PRICES}:price", 3, 0)]
    assert (trial.done, trial.total) == (3, 3)
    assert [line for line in trial.difference.splitlines() if line.startswith("+ ")] == [
        f"+      - {PRICES}: {{column: price, min_value: 0, max_value: 40}}  # no refunds"
    ]
    assert len(all_runs(app.store)) == before
    assert read_text(app.path) == CONFIG
    assert [path.name for path in app.path.parent.glob(".try-*")] == []


def test_an_accepted_rule_judges_the_next_batch_and_is_undone_from_the_log(app: App) -> None:
    try_limit(app)
    assert ask(app, "change_rule", "c1", "t1").state == "done"
    land(app.path.parent, 4)
    with build(app.path) as changed:
        assert [run.bad for run in changed.run(changed.pending_arrivals())] == [1]
        assert [entry.request.id for entry in undoable(changed.store, all_runs(changed.store), changed.now())] == ["c1"]
        entry = changed.store.activity.entries()[0]
        assert (entry.who, entry.what, render(entry.subject), render(entry.reason)) == ("Ann", "change_rule", f"suite of orders: {PRICES}", "as agreed")
    app.path.write_text(app.path.read_text().replace("minimum: 80", "minimum: 81"))
    assert ask(app, "undo_change_rule", "u1", "c1").state == "done"
    assert read_text(app.path) == CONFIG.replace("minimum: 80", "minimum: 81")
    assert undoable(app.store, all_runs(app.store), app.now()) == []


def test_a_rule_is_refused_where_the_file_was_edited_meanwhile(app: App) -> None:
    try_limit(app)
    app.path.write_text(CONFIG + "# mine\n")
    request = ask(app, "change_rule", "c1", "t1")
    assert (request.state, render(request.answer)) == ("refused", "sluice.yaml was edited since; try the rule again, so that you see what it does there")
    assert read_text(app.path) == CONFIG + "# mine\n"


def test_a_rule_that_does_not_fit_is_refused_with_its_line(app: App) -> None:
    edit = RuleEdit("orders", "expect_column_value_lengths_to_equal", {"column": "prise", "value": 2})
    app.store.trials.save(Trial("t1", edit, digest_of(CONFIG), 14))
    request = ask(app, "try_rule", "t1", "t1")
    assert request.state == "refused"
    assert render(request.answer).startswith("sluice.yaml:12: ")
    assert "did you mean price?" in render(request.answer)
    assert ask(app, "change_rule", "c1", "t1").state == "refused"


def test_no_answer_names_a_path_of_the_server(app: App) -> None:
    bad: list[tuple[str, dict[str, object]]] = [(PRICES, {"column": "price", "min_value": "cheap"}), (PRICES, {"column": "price", "severity": "loud"})]
    for number, (name, settings) in enumerate(bad):
        app.store.trials.save(Trial(f"t{number}", RuleEdit("orders", name, settings), digest_of(CONFIG), 14))
        for kind in ("try_rule", "change_rule"):
            request = ask(app, kind, f"{kind}-{number}", f"t{number}")
            assert request.state == "refused"
            assert str(app.path.parent) not in render(request.answer)
            assert ".try-" not in render(request.answer)
    app.source("orders")
    shutil.rmtree(app.path.parent / "landing")
    app.store.requests.submit(Request("r1", "run", "orders", "Ann", "", app.now()))
    process_requests(app)
    (request,) = [entry for entry in app.store.requests.all() if entry.id == "r1"]
    assert request.state == "refused"
    assert str(app.path.parent) not in render(request.answer)


def test_a_trial_is_cancelled_between_two_batches_and_publishes_nothing(app: App) -> None:
    edit = RuleEdit("orders", PRICES, {"column": "price", "min_value": 0, "max_value": 40}, 0)
    app.store.trials.save(Trial("t1", edit, digest_of(CONFIG), 14))
    save = app.store.trials.save

    def save_and_cancel(trial: Trial) -> None:
        save(trial)
        if trial.done == 1:
            app.store.requests.cancel("q1", by="Bo")

    app.store.trials.save = save_and_cancel  # type: ignore[method-assign]  # Bo clicks once a batch is judged
    request = ask(app, "try_rule", "q1", "t1")
    assert (request.state, render(request.answer)) == ("refused", "cancelled by Bo; nothing was published")
    assert app.store.trials.get("t1").done == 1  # type: ignore[union-attr]  # it is there
    with pytest.raises(UsageError, match="neither waits nor is a trial"):
        app.store.requests.cancel("q1", by="Bo")


def test_a_trial_runs_beside_other_jobs_and_is_left_to_the_next_start_where_the_program_ends(app: App) -> None:
    edit = RuleEdit("orders", PRICES, {"column": "price", "min_value": 0, "max_value": 40}, 0)
    app.store.trials.save(Trial("t1", edit, digest_of(CONFIG), 14))
    app.store.requests.submit(Request("q1", "try_rule", "orders", "Ann", "", app.now(), ("t1",)))
    stop = threading.Event()
    runner = JobRunner(app, print, stop)
    runner.job("requests")()
    assert [request.state for request in app.store.requests.all()] == ["pending"]
    with runner.lock:  # another job is at it
        runner.beside(PUBLISH_NOTHING)()
    assert [request.state for request in app.store.requests.all()] == ["done"]
    app.store.requests.submit(Request("q2", "try_rule", "orders", "Ann", "", app.now(), ("t1",)))
    app.checkpoint = lambda: (_ for _ in ()).throw(Interrupted)
    with pytest.raises(Interrupted):
        process_requests(app)
    assert [request.state for request in app.store.requests.all()] == ["pending", "done"]


def test_a_trial_of_another_dataset_is_no_trial_of_the_one_that_a_request_names(app: App) -> None:
    app.store.trials.save(Trial("t1", RuleEdit("customers", PRICES, {"column": "price", "min_value": 0}), digest_of(CONFIG), 14))
    kinds: tuple[RequestKind, ...] = ("try_rule", "change_rule")
    for kind in kinds:
        request = ask(app, kind, f"{kind}-1", "t1")
        assert (request.state, render(request.answer)) == ("refused", "there is no trial t1; try the rule again")


def test_a_change_that_was_refused_is_not_undone(app: App) -> None:
    try_limit(app)
    app.path.write_text(CONFIG + "# mine\n")
    assert ask(app, "change_rule", "c1", "t1").state == "refused"
    assert ask(app, "undo_change_rule", "u1", "c1").state == "refused"


def test_an_edit_while_the_steps_of_a_candidate_are_built_is_not_lost(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    app.store.trials.save(Trial("t1", RuleEdit("orders", PRICES, {"column": "price", "max_value": 40}, 0), digest_of(CONFIG), 14))
    monkeypatch.setattr(rule_trials, "_validate", lambda *_: app.path.write_text(CONFIG + "# mine\n"))
    assert ask(app, "change_rule", "c1", "t1").state == "refused"
    assert read_text(app.path) == CONFIG + "# mine\n"


def test_a_folder_that_cannot_be_written_refuses_a_request_and_keeps_no_other_waiting(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "sluice.yaml")

    try_limit(app)
    monkeypatch.setattr(rule_trials, "replace_text", refuse)
    request = ask(app, "change_rule", "c1", "t1")
    assert request.state == "refused"
    assert "Permission denied" in render(request.answer)
    assert app.store.requests.unfinished() == []


def test_lines_that_were_edited_since_are_not_taken_back(app: App) -> None:
    try_limit(app)
    ask(app, "change_rule", "c1", "t1")
    app.path.write_text(app.path.read_text().replace("max_value: 40", "max_value: 50"))
    request = ask(app, "undo_change_rule", "u1", "c1")
    assert request.state == "refused"
    assert "edit sluice.yaml by hand" in render(request.answer)


def test_a_suggestion_is_kept_accepted_and_its_refusal_remembered(app: App) -> None:
    app.store.requests.submit(Request("s1", "suggest_rules", "orders", "Ann", "", app.now()))
    process_requests(app)
    by_rule = {entry.rule: entry for entry in app.store.suggestions.of("orders")}
    refused, accepted = by_rule["expect_column_values_to_not_be_null:price"], by_rule["expect_column_values_to_not_be_null:order_no"]
    assert render(refused.evidence) == "true in 3 of 3 batches; 0 of 120 rows would fail"
    app.store.suggestions.refuse(refused, by="Ann")
    app.store.suggestions.save("orders", list(by_rule.values()))
    assert app.store.suggestions.refused("orders") == {("add", refused.rule)}
    assert refused.rule not in [entry.rule for entry in propose(app, "orders").additions]
    app.store.trials.save(Trial("t1", accepted.edit, digest_of(CONFIG), 14))
    assert ask(app, "change_rule", "c1", "t1").state == "done"
    (line,) = set(read_text(app.path).splitlines()) - set(CONFIG.splitlines())
    assert line.startswith("      - expect_column_values_to_not_be_null: {column: order_no")
    assert "true in 3 of 3 batches" in line
    app.store.suggestions.reconsider(refused, by="Bo")
    assert [entry.what for entry in app.store.activity.entries(limit=4) if entry.who == "Bo"] == ["reconsider"]
    assert app.store.suggestions.refused("orders") == set()
