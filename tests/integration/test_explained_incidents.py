"""A language model explains an incident from what was recorded of it; what rests on no fact is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.app import App
from sluice.cli.main import outcome
from sluice.domain import IncidentAct
from tests.chat_server import ChatServer, chat_server
from tests.integration.prices_shop import SUITE, config_of, published_shop, write_shop

ANSWER = {
    "summary": "Prices turned negative.",
    "causes": [{"text": "a sign before prices", "facts": [2]}, {"text": "a guess", "facts": []}, {"text": "of nowhere", "facts": [99]}],
    "steps": [{"text": "look at the export", "facts": [2, 3]}],
}
COLUMNS = "sku: {type: string}, price: {type: number}, mail: {type: string, personal: true}"


def config(url: str) -> str:
    return f"language_model: {{url: {url}, model: small, attempts: 1}}\n" + config_of(SUITE, "gate: {max_quarantined: 0.9}", columns=COLUMNS)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[App, ChatServer]]:
    with chat_server(lambda _: json.dumps(ANSWER)) as chat:
        lines = {day: [f"s{day}-{number},{-1 if number < 4 else 5},ann@mail.example" for number in range(20)] for day in (1, 2)}
        path = write_shop(tmp_path, config("http://127.0.0.1:9/v1"), lines, "sku,price,mail")
        with published_shop(path) as app:
            path.write_text(config(chat.url))
            yield app, chat


def test_each_sentence_names_the_facts_that_it_rests_on(served: tuple[App, ChatServer], capsys: pytest.CaptureFixture[str]) -> None:
    app, chat = served
    (incident,) = app.store.incidents.all()
    app.store.incidents.act(incident.id, IncidentAct("comment", "Bo Berg", "the supplier is to blame"))
    assert outcome(["incidents", "explain", str(incident.id), "--config", str(app.path), "--format", "json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert [one["text"] for one in out["causes"] + out["steps"]] == ["a sign before prices", "look at the export"]
    assert [one["fact"] for one in chat.data[0]["facts"]] == out["facts"]
    assert any("min_value" in fact for fact in out["facts"])
    assert all(word not in chat.sent for word in ("mail.example", "Bo Berg", "supplier"))
    assert outcome(["incidents", "explain", str(incident.id), "--config", str(app.path)]) == 0
    text = capsys.readouterr().out
    assert "a sign before prices [2]" in text
    assert "a guess" not in text


def test_an_incident_is_shown_as_before_while_the_model_is_away(served: tuple[App, ChatServer], capsys: pytest.CaptureFixture[str]) -> None:
    app, _ = served
    app.path.write_text(config("http://127.0.0.1:9/v1"))
    (incident,) = app.store.incidents.all()
    assert outcome(["incidents", "explain", str(incident.id), "--config", str(app.path)]) == 2
    assert "does not answer" in capsys.readouterr().err
    assert outcome(["incidents", "show", str(incident.id), "--config", str(app.path)]) == 0
