"""A language model finds rows that contradict themselves: findings that hold nothing, newest rows first, each asked about once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sluice.app import App, build
from sluice.app.language_model import propose
from sluice.cli.main import outcome
from tests.chat_server import ChatServer, chat_server
from tests.integration.prices_shop import write_shop

CONFIG = """
clock: 2026-03-03T06:00:00Z
language_model: {url: URL, model: small, attempts: 1, rows: 4}
datasets:
  prices:
    source: {files: "landing/*.csv"}
    key: [sku]
    columns: {sku: {type: string}, title: {type: string}, category: {type: string}}
  reviews:
    source: {files: "reviews/*.csv"}
    key: [id]
    time: ts
    columns: {id: {type: string}, user: {type: string, personal: true}, sku: {type: string}, words: {type: string}, ts: {type: timestamp}}
recommender:
  {events: reviews, items: prices, user: user, item: sku, time: ts, title: title, reviews: {dataset: reviews, item: sku, text: words}}
"""


def contradict(body: dict[str, Any]) -> str:
    """Say that a sofa is no lamp, that words about a lamp are about no sofa, and things that nobody asked about."""
    named: list[dict[str, Any]] = [{"row": 99, "columns": ["title", "category"], "why": ""}, {"row": 1, "columns": ["title", "secret"], "why": ""}]
    for one in json.loads(body["messages"][1]["content"])["rows"]:
        cells, product = one["cells"], one.get("product", {})
        if "Sofa" in (cells.get("title") or "") and cells.get("category") == "Lamps":
            named.append({"row": one["row"], "columns": ["title", "category"], "why": "a sofa is no lamp"})
        if "lamp" in (cells.get("words") or "") and "Sofa" in (product.get("title") or ""):
            named.append({"row": one["row"], "columns": ["words", "product.title"], "why": "words about a lamp"})
    return json.dumps({"contradictions": named})


@pytest.fixture
def served(tmp_path: Path, opened: Callable[[Path], App]) -> Iterator[tuple[App, ChatServer]]:
    """A catalog of 12 sofas, one of them among the lamps, with two reviews."""
    with chat_server(contradict) as chat:
        lines = {1: [f"s{number},Sofa {number},{'Lamps' if number == 7 else 'Sofas'}" for number in range(12)]}
        path = write_shop(tmp_path, CONFIG.replace("URL", chat.url), lines, "sku,title,category")
        (tmp_path / "reviews").mkdir()
        reviews = ["r1,ann@mail.example,s1,a lamp as bright as day,2026-03-01T10:00:00Z", "r2,bo@mail.example,s2,a fine sofa,2026-03-01T11:00:00Z"]
        (tmp_path / "reviews" / "reviews-2026-03-01.csv").write_text("\n".join(["id,user,sku,words,ts", *reviews]) + "\n")
        app = opened(path)
        list(app.run(app.pending_arrivals()))
        yield app, chat


def test_a_title_in_another_category_is_found_and_stays_published(served: tuple[App, ChatServer]) -> None:
    app, chat = served
    before = app.store.snapshot().published("prices").collect()
    (finding,) = propose(app, "prices", "contradictions").result.proposals
    assert (finding.kind, finding.column, finding.why) == ("contradiction", "title, category", "a sofa is no lamp")
    assert app.store.snapshot().published("prices").collect().equals(before)
    assert len(chat.bodies) == 3
    assert outcome(["proposals", "accept", "prices", finding.id, "--by", "Ann", "--config", str(app.path)]) == 2
    assert outcome(["proposals", "refuse", "prices", finding.id, "--by", "Ann", "--config", str(app.path)]) == 0


def test_each_row_is_asked_about_once(served: tuple[App, ChatServer]) -> None:
    app, chat = served
    assert [propose(app, "prices", "contradictions", 5).result.count for _ in range(3)] == [2, 1, 0]
    skus = [one["cells"]["sku"] for data in chat.data for one in data["rows"]]
    assert (len(skus), len(set(skus))) == (12, 12)


def test_a_review_is_compared_with_its_product_and_names_nobody(served: tuple[App, ChatServer]) -> None:
    app, chat = served
    (finding,) = propose(app, "reviews", "contradictions").result.proposals
    assert (finding.column, finding.why) == ("words, product.title", "words about a lamp")
    assert [one["product"] for one in chat.data[0]["rows"]] == [{"title": "Sofa 1"}, {"title": "Sofa 2"}]
    assert "mail.example" not in chat.sent


def test_the_words_of_the_command_name_what_there_is(served: tuple[App, ChatServer], capsys: pytest.CaptureFixture[str]) -> None:
    app, _ = served
    assert outcome(["proposals", "ask", "prices", "--kind", "poems", "--config", str(app.path)]) == 2
    assert "contradictions" in capsys.readouterr().err
    with build(app.path) as other:
        assert other.store.model_proposals.of("prices") == []
