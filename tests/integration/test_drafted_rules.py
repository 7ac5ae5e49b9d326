"""Rules are drafted from a sentence: a difference with its back-test, of rules that exist, from names of columns alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sluice.app import App
from sluice.cli.main import outcome
from tests.chat_server import ChatServer, chat_server
from tests.integration.prices_shop import config_of, published_shop, write_shop

COLUMNS = "sku: {type: string}, category: {type: string}, price: {type: number}, mail: {type: string, personal: true}"
BETWEEN = "expect_column_values_to_be_between"
PROSE = "prices are never above 50 for socks, and everybody is happy"


def rule(name: str = BETWEEN, why: str = "never above 50 for socks", **settings: Any) -> dict[str, str]:
    return {"expectation": name, "settings": json.dumps(settings), "why": why}


def config(url: str) -> str:
    settings = ("suite:", "  - expect_column_values_to_not_be_null: {column: sku}")
    return f"language_model: {{url: {url}, model: small, attempts: 1}}\n" + config_of(*settings, columns=COLUMNS)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[App, ChatServer, list[str]]]:
    """Two days of 10 rows, one of them of socks for 90; the server answers what stands in the list."""
    answers: list[str] = []
    with chat_server(lambda _: answers[0]) as chat:
        lines = {day: [f"s{day}-{n},{'socks' if n < 5 else 'sofas'},{90 if n in (0, 7) else 5},ann@mail.example" for n in range(10)] for day in (1, 2)}
        path = write_shop(tmp_path, config("http://127.0.0.1:9/v1"), lines, "sku,category,price,mail")
        with published_shop(path) as app:
            path.write_text(config(chat.url))
            yield app, chat, answers


def answer(*rules: dict[str, str], unclear: tuple[str, ...] = ()) -> str:
    return json.dumps({"rules": rules, "unclear": unclear})


def test_a_drafted_rule_is_shown_with_its_back_test_and_written_when_asked(shop: tuple[App, ChatServer, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    app, chat, answers = shop
    socks = rule(column="price", max_value=50, row_condition='category == "socks"', on_fail="quarantine")
    answers.append(answer(socks, unclear=("everybody is happy",)))
    before = app.path.read_text()
    suggest = ["suggest", "prices", "--from", PROSE, "--config", str(app.path)]
    assert outcome([*suggest, "--format", "json"]) == 0
    read = capsys.readouterr()
    out = json.loads(read.out)
    assert [(batch["held"], batch["recorded_held"]) for batch in out["batches"]] == [(1, 0), (1, 0)]
    assert "everybody is happy" in read.err
    assert "max_value" in out["difference"]
    assert app.path.read_text() == before
    assert outcome([*suggest, "--write"]) == 0
    assert "# never above 50 for socks" in app.path.read_text()
    assert len(chat.bodies) == 1  # the second time from the database
    assert "ann@mail.example" not in chat.sent


def test_what_is_no_rule_of_this_table_is_left_out(shop: tuple[App, ChatServer, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    app, _, answers = shop
    odd = [rule("delete_all_rows"), rule(column="colour", min_value=0), rule(column="price", limit=3), {**rule(), "settings": "price < 50"}]
    filled = rule("expect_column_values_to_match_regex", column="sku", regex="${HOME}")
    answers.append(answer(*odd, filled))
    assert outcome(["suggest", "prices", "--from", PROSE, "--config", str(app.path), "--write"]) == 0
    read = capsys.readouterr()
    assert "nothing to suggest for prices" in read.out + read.err
    assert "3 drafted rules are left out" in read.err
    assert read.err.count(f"a drafted rule {BETWEEN} is left out") == 2
    assert BETWEEN not in app.path.read_text()


def test_text_of_an_answer_adds_no_line_to_the_configuration(shop: tuple[App, ChatServer, list[str]]) -> None:
    app, _, answers = shop
    answers.append(answer(rule(why="never\nlanguage_model: null\n# x", column="price", min_value=0)))
    assert outcome(["suggest", "prices", "--from", PROSE, "--config", str(app.path), "--write"]) == 0
    assert len(app.path.read_text().splitlines()) == len(config("u").splitlines()) + 1


def test_without_an_answer_nothing_is_drafted(shop: tuple[App, ChatServer, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    app, _, answers = shop
    answers.append("I would rather not.")
    assert outcome(["suggest", "prices", "--from", PROSE, "--config", str(app.path)]) == 2
    assert "did not fit its form" in capsys.readouterr().err
