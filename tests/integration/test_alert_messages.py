"""What arrives in a mailbox and at a webhook of an incident: its cause, its numbers and a link, and later that it is over, in both languages."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from sluice.cli.main import outcome
from tests.patience import PATIENCE
from tests.webhooks import receive_posts

SHOP = """
shop: Ada's cups
dashboard: {{url: "https://sluice.shop.example"}}
alerts:
  - {{name: desk, to: "{mail}", language: zh, when: {{rules: ["*not_be_null:price"], datasets: [orders]}}}}
  - {{name: hook, to: "{hook}", max_per_hour: 5}}
  - {{name: items, to: "{hook}", when: {{datasets: [items]}}}}
datasets:
  orders:
    source: {{files: "landing/orders*.csv"}}
    columns: {{id: {{type: string}}, country: {{type: string}}, price: {{type: number}}}}
    suite: [{{expect_column_values_to_not_be_null: {{column: price, severity: critical}}}}]
  items:
    source: {{files: "landing/items*.csv"}}
    columns: {{id: {{type: string}}}}
"""
RULE = "expect_column_values_to_not_be_null:price"


@pytest.fixture
def mailbox(port: int) -> Iterator[tuple[str, queue.Queue[str]]]:
    """An apprise address of a mailbox, and the mails that arrive there."""
    got: queue.Queue[str] = queue.Queue()

    class Mailbox:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  # aiosmtpd's name
            parsed = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[attr-defined]  # aiosmtpd carries no types
            body = parsed.get_body(("plain", "html"))
            got.put(f"{parsed['Subject']}\n{body.get_content() if body else ''}")
            return "250 OK"

    server = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    server.start()
    yield f"mailto://127.0.0.1:{port}?from=sluice@shop.example&to=ada@shop.example&mode=insecure", got
    server.stop()


@pytest.fixture
def webhook() -> Iterator[tuple[str, queue.Queue[dict[str, str]]]]:
    """An apprise address of a webhook, and what arrives there."""
    with receive_posts() as hook:
        yield hook


def land(folder: Path, day: int, *, missing: bool) -> None:
    """Let a batch arrive; where prices are missing, those of one country are."""
    (folder / "landing").mkdir(exist_ok=True)
    rows = [f"{day}-{number},{'DE' if number % 4 else 'FR'},{'' if missing and number % 4 == 0 else number}" for number in range(200)]
    (folder / "landing" / f"orders-2026-03-0{day}.csv").write_text("\n".join(["id,country,price", *rows, ""]))


def test_an_incident_arrives_once_with_its_cause_and_link_and_then_its_end(
    tmp_path: Path, mailbox: tuple[str, queue.Queue[str]], webhook: tuple[str, queue.Queue[dict[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text(SHOP.format(mail=mailbox[0], hook=webhook[0]))
    for day in (1, 2):  # the second batch is no news
        land(tmp_path, day, missing=True)
        outcome(["run", "--config", str(config)])
    mail, posted = mailbox[1].get(timeout=PATIENCE), webhook[1].get(timeout=PATIENCE)
    hook = posted["message"]
    assert "50 of 200 rows are held" in posted["title"] + hook
    assert (
        "incident 1: likely cause: 50 of 50 failing rows have country = FR: 100.0% of these 50 rows fail, 0.0% of the others (in the newest batch)"
        in hook.splitlines()
    )
    assert "https://sluice.shop.example/incidents?incident=1" in hook.splitlines()
    assert "不可用于训练" in mail
    assert "事件 1：可能的原因" in mail  # noqa: RUF001  # Chinese marks
    assert "https://sluice.shop.example/incidents?incident=1" in mail
    assert outcome(["quarantine", "reject", "orders", "--rule", RULE, "--by", "Ann", "--config", str(config)]) == 0
    land(tmp_path, 3, missing=False)
    assert outcome(["run", "--config", str(config)]) == 0
    assert "Ada's cups · orders: an incident is resolved" in webhook[1].get(timeout=PATIENCE)["title"]
    assert "1 个事件已解决" in mailbox[1].get(timeout=PATIENCE)
    assert outcome(["run", "--config", str(config)]) == 0
    assert mailbox[1].empty()
    assert webhook[1].empty()
    capsys.readouterr()
    assert outcome(["alerts", "explain", "1", "--config", str(config), "--format", "json"]) == 0
    explained = {row["sink"]: (row["state"], row["why"]["code"]) for row in json.loads(capsys.readouterr().out)}
    assert explained["hook"] == ("sent", "route_all")
    assert explained["items"] == ("not told", "route_dataset")
