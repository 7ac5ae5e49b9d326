"""What a shop is told, as it arrives in a mailbox and at a webhook."""

from __future__ import annotations

import json
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from sluice import schedule
from sluice.app import App
from sluice.app.alerting import tell
from sluice.app.doctor import examine
from sluice.cli.daemon import JobRunner
from sluice.cli.main import outcome
from sluice.domain import Message
from sluice.messages import render
from sluice.rules.alerts import about_failure
from sluice.wiring import clock
from tests.patience import PATIENCE
from tests.processes import start_command
from tests.webhooks import receive_posts

Opened = Callable[[Path], App]
DEAD = "json://127.0.0.1:9/"
SHOP = """
shop: Ada's cups
alerts: {alerts}
datasets:
  a:
    source: {{files: "landing/*.csv"}}
    columns: {{id: {{type: string, required: true}}, secret: {{type: integer, required: true}}}}
"""
BLOCKED, HALF_HELD = "id\nconfidential\n", "id,secret\n1,2\n2,confidential\n"


class Mailbox:
    """Keeps what was sent to it by SMTP."""

    def __init__(self) -> None:
        self.got: queue.Queue[str] = queue.Queue()

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  # aiosmtpd's name
        self.got.put(mail_text(envelope.content))  # type: ignore[attr-defined]  # aiosmtpd carries no types
        return "250 OK"


def mail_text(mail: bytes) -> str:
    """Subject and text of a mail."""
    parsed = message_from_bytes(mail, policy=policy.default)
    body = parsed.get_body(("plain", "html"))
    return f"{parsed['Subject']}\n{body.get_content() if body else ''}"


@pytest.fixture
def mailbox(port: int) -> Iterator[tuple[str, queue.Queue[str]]]:
    """An apprise address of a mailbox, and what arrives there."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield f"mailto://127.0.0.1:{port}?from=sluice@shop.example&to=ada@shop.example&mode=insecure", box.got
    server.stop()


@pytest.fixture
def webhook() -> Iterator[tuple[str, queue.Queue[dict[str, str]]]]:
    """An apprise address of a webhook, and what arrives there."""
    with receive_posts() as hook:
        yield hook


def shop(folder: Path, rows: str | None, *addresses: str) -> Path:
    """A shop to which one file has come, or whose landing folder is missing."""
    if rows is not None:
        (folder / "landing").mkdir()
        (folder / "landing" / "a-2026-03-01.csv").write_text(rows)
    config = folder / "sluice.yaml"
    config.write_text(SHOP.format(alerts=json.dumps(addresses)))
    return config


def test_a_blocked_batch_is_told_by_mail_and_webhook_without_its_cells(
    tmp_path: Path, mailbox: tuple[str, queue.Queue[str]], webhook: tuple[str, queue.Queue[dict[str, str]]]
) -> None:
    assert outcome(["run", "--config", str(shop(tmp_path, BLOCKED, mailbox[0], webhook[0]))]) == 1
    mail, hook = mailbox[1].get(timeout=PATIENCE), webhook[1].get(timeout=PATIENCE)
    for text in (mail, f"{hook['title']}\n{hook['message']}"):
        assert "Ada's cups · a: batch" in text
        assert {"1 of 1 row is held", "the whole batch is held: column_present:secret failed"} <= set(text.splitlines())
        assert "confidential" not in text
    assert mailbox[1].empty()
    assert webhook[1].empty()


def test_a_sink_that_is_dead_undoes_no_work(tmp_path: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    config = shop(tmp_path, HALF_HELD, DEAD)
    assert outcome(["run", "--config", str(config)]) == 4
    assert "what was to be sent to json was not delivered: the service json did not answer" in capsys.readouterr().err
    (run,) = opened(config).store.runs.of("a")
    assert (run.state, run.good, run.bad, run.decision) == ("published", 1, 1, "closed")
    assert outcome(["run", "--config", str(config)]) == 0
    (doctor,) = [finding for finding in examine(config) if finding.subject == "alerts"]
    assert (doctor.state, render(doctor.message).partition(";")[0]) == ("warning", "1 alert to json not delivered yet")


def test_a_blocked_batch_that_nobody_could_be_told_of_says_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run", "--config", str(shop(tmp_path, BLOCKED, DEAD))]) == 1
    assert "was not delivered" in capsys.readouterr().err


def test_a_living_address_is_served_beside_a_dead_one(tmp_path: Path, webhook: tuple[str, queue.Queue[dict[str, str]]]) -> None:
    assert outcome(["run", "--config", str(shop(tmp_path, HALF_HELD, DEAD, webhook[0]))]) == 4
    assert "may not be learned from" in webhook[1].get(timeout=PATIENCE)["title"]


def test_a_closed_gate_and_a_failed_audit_are_told(tmp_path: Path, webhook: tuple[str, queue.Queue[dict[str, str]]]) -> None:
    config = shop(tmp_path, "id,secret\n1,2\n", webhook[0])
    daily = config.read_text().replace("  a:\n", "  a:\n    every: 1d\n")
    config.write_text(f"clock: 2026-03-02\n{daily}recommender: {{events: a, items: a, user: id, item: id, time: id}}\n")
    assert outcome(["run", "--config", str(config)]) == 0
    config.write_text(config.read_text().replace("clock: 2026-03-02", "clock: 2026-03-05"))
    assert outcome(["audit", "a", "--config", str(config)]) == 1
    assert webhook[1].get(timeout=PATIENCE)["title"] == "Ada's cups · a: the audit failed"
    assert outcome(["retrain", "--config", str(config)]) == 1
    assert webhook[1].get(timeout=PATIENCE)["title"] == "Ada's cups · a: the gate is closed"


def test_a_scheduled_job_that_fails_is_told_of_once_until_it_works_again(
    tmp_path: Path, opened: Opened, webhook: tuple[str, queue.Queue[dict[str, str]]]
) -> None:
    app, ended = opened(shop(tmp_path, None, webhook[0])), queue.Queue[bool]()
    log: list[str] = []
    worker = JobRunner(app, log.append, threading.Event())

    def heard(job: str, error: BaseException | None) -> None:
        worker.ended(job, error)
        ended.put(error is None)

    ticking = schedule.start({}, "UTC", app.store, clock.wall, every={"ingest": (0.2, worker.job("ingest"))}, ended=heard)
    assert [ended.get(timeout=PATIENCE) for _ in range(3)] == [False] * 3
    (tmp_path / "landing").mkdir()
    while not ended.get(timeout=PATIENCE):
        continue
    (tmp_path / "landing").rmdir()
    while ended.get(timeout=PATIENCE):
        continue
    ticking.shutdown(wait=True)
    worker.deliver()
    messages = [webhook[1].get(timeout=PATIENCE) for _ in range(2)]
    assert {message["title"] for message in messages} == {"Ada's cups · the job ingest failed"}
    assert "there is no folder" in messages[0]["message"]
    assert webhook[1].empty()
    assert (len(log), "ingest: works again, after" in log[1]) == (3, True)


def test_what_a_dead_address_missed_is_sent_once_it_lives(
    tmp_path: Path, opened: Opened, webhook: tuple[str, queue.Queue[dict[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop(tmp_path, BLOCKED, DEAD)
    assert outcome(["run", "--config", str(config)]) == 1
    capsys.readouterr()
    assert outcome(["alerts", "list", "--state", "failed", "--config", str(config), "--format", "json"]) == 0
    (failed,) = json.loads(capsys.readouterr().out)
    assert (failed["sink"], failed["attempts"], failed["dataset"], failed["error"]["code"]) == ("json", 1, "a", "alert_refused")
    config.write_text(SHOP.format(alerts=json.dumps([webhook[0]])))
    assert outcome(["run", "--config", str(config)]) == 0
    assert webhook[1].empty()  # the address is left alone for a minute
    with opened(config).store.database.write() as connection:
        connection.exec_driver_sql("UPDATE alerts SET due = '2026-01-01 00:00:00'")
    assert outcome(["run", "--config", str(config)]) == 0
    assert "1 of 1 row is held" in webhook[1].get(timeout=PATIENCE)["message"]
    (sent,) = opened(config).store.outbox.all()
    assert (sent.state, sent.repeated) == ("sent", False)


@pytest.mark.parametrize("kill_at", ["published", "delivered"])
def test_an_alert_survives_a_kill_and_is_marked_where_it_came_twice(tmp_path: Path, webhook: tuple[str, queue.Queue[dict[str, str]]], kill_at: str) -> None:
    config = shop(tmp_path, BLOCKED, webhook[0])
    start_command("run", "--config", str(config), kill_at=kill_at).expect(-signal.SIGKILL)
    first = [webhook[1].get(timeout=PATIENCE)["message"]] if kill_at == "delivered" else []
    assert webhook[1].empty()
    assert outcome(["run", "--config", str(config)]) == 0
    again = webhook[1].get(timeout=PATIENCE)["message"]
    assert ("may have reached you before" in again) is bool(first)
    assert not any("may have reached you before" in message for message in first)
    assert outcome(["run", "--config", str(config)]) == 0
    assert webhook[1].empty()


def test_an_address_gets_its_own_language_and_each_is_tested_by_name(
    tmp_path: Path, mailbox: tuple[str, queue.Queue[str]], webhook: tuple[str, queue.Queue[dict[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop(tmp_path, BLOCKED)
    named = [{"name": "desk", "to": mailbox[0], "language": "zh"}, webhook[0], DEAD.replace("://", "://user:geheim@")]
    config.write_text(SHOP.format(alerts=json.dumps(named)))
    assert outcome(["alerts", "test", "--config", str(config), "--format", "json"]) == 4
    captured = capsys.readouterr()
    assert {row["sink"]: row["state"] for row in json.loads(captured.out)} == {"desk": "sent", "json": "sent", "json-2": "failed"}
    assert "a test message was not delivered to json-2" in captured.err
    assert "geheim" not in captured.out + captured.err
    assert "测试消息" in mailbox[1].get(timeout=PATIENCE)
    assert webhook[1].get(timeout=PATIENCE)["title"] == "Ada's cups · test message"
    assert outcome(["alerts", "test", "desk", "--config", str(config)]) == 0
    assert outcome(["alerts", "test", "nobody", "--config", str(config)]) == 2
    assert "no address is called nobody; sluice.yaml has desk, json, json-2" in capsys.readouterr().err
    assert outcome(["run", "--config", str(config)]) == 1
    mailbox[1].get(timeout=PATIENCE)
    assert "1 行中有 1 行被隔离" in mailbox[1].get(timeout=PATIENCE)


def test_what_failed_is_tried_again_when_somebody_asks(
    tmp_path: Path, webhook: tuple[str, queue.Queue[dict[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop(tmp_path, BLOCKED, DEAD)
    assert outcome(["run", "--config", str(config)]) == 1
    assert outcome(["alerts", "retry", "1", "--by", "Ann", "--config", str(config)]) == 4
    config.write_text(SHOP.format(alerts=json.dumps([webhook[0]])))
    assert outcome(["alerts", "retry", "1", "--by", "Ann", "--config", str(config)]) == 0
    assert "may not be learned from" in webhook[1].get(timeout=PATIENCE)["title"]
    assert outcome(["alerts", "retry", "1", "--by", "Ann", "--config", str(config)]) == 2
    assert "alert 1 was sent already" in capsys.readouterr().err


def test_alerts_to_an_address_that_was_removed_are_given_up(tmp_path: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    config = shop(tmp_path, BLOCKED, DEAD)
    assert outcome(["run", "--config", str(config)]) == 1
    config.write_text(SHOP.format(alerts="[]"))
    with opened(config).store.database.write() as connection:
        connection.exec_driver_sql("UPDATE alerts SET due = '2026-01-01 00:00:00'")
    capsys.readouterr()
    assert outcome(["run", "--config", str(config)]) == 4
    assert "was given up: the address json is configured no longer" in capsys.readouterr().err
    assert outcome(["run", "--config", str(config)]) == 0
    assert outcome(["alerts", "retry", "1", "--by", "Ann", "--config", str(config)]) == 2
    assert "the address json is configured no longer" in capsys.readouterr().err
    finding = next(finding for finding in examine(config) if finding.subject == "alerts")
    assert render(finding.message).endswith("; 1 alert to json given up: the address is configured no longer")
    assert finding.state == "fine"


def test_a_database_that_does_not_answer_is_told_at_once(tmp_path: Path, opened: Opened, webhook: tuple[str, queue.Queue[dict[str, str]]]) -> None:
    app = opened(shop(tmp_path, HALF_HELD, webhook[0]))
    with app.store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE alerts")
    tell(app, about_failure("ingest", Message.text("the database is away")))
    assert webhook[1].get(timeout=PATIENCE)["message"] == "the database is away"


def test_an_edited_configuration_counts_from_the_next_job_on_and_a_wrong_one_is_told_once(
    tmp_path: Path, opened: Opened, webhook: tuple[str, queue.Queue[dict[str, str]]]
) -> None:
    app, log = opened(shop(tmp_path, None, webhook[0])), list[str]()
    worker, job = JobRunner(app, log.append, threading.Event()), "requests"
    text = app.path.read_text()
    app.path.write_text(text + "nonsense: 1\n")
    worker.job(job)()
    worker.job(job)()
    assert worker.app is app
    assert ["nonsense" in line for line in log] == [True]
    app.path.write_text(text.replace("Ada's", "Bo's"))
    worker.job(job)()
    assert worker.app.config.shop == "Bo's cups"
    worker.app.close()
    assert log[1:] == ["configuration: works again, after 1 failure", "sluice.yaml was edited: it counts from now on"]
