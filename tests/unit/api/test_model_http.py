"""Language models read over HTTP with the tokens of the API: by role and dataset, masked, and only where the configuration asks for it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from sluice.api.application import Service
from sluice.api.model_tools import TOOLS
from sluice.api.shop import Shop
from sluice.config import load
from sluice.config.api import Api
from sluice.domain import MASK, Role
from tests.coroutines import run_coroutine
from tests.patience import PATIENCE
from tests.unit.api.asking import API, TOKENS
from tests.unit.api.asking import Client as Asking

MCP = API.model_copy(update={"mcp": True})
ROLES: tuple[Role, ...] = ("viewer", "steward")
HEAD = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@contextmanager
def serving(path: Path, api: Api) -> Iterator[str]:
    """The API on a port of its own; gives its address."""
    shop = Shop(path)
    app = Service(shop, api, {entry.variable: TOKENS[entry.role] for entry in api.tokens}).application()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="on" if api.mcp else "off", ws="none", http="h11", loop="asyncio"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + PATIENCE
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        shop.close()


def call(address: str, token: str, name: str, **arguments: object) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    with httpx.Client() as client:
        return client.post(f"{address}/mcp", json=body, headers={**HEAD, **({"authorization": f"Bearer {token}"} if token else {})})


def test_a_tool_answers_whoever_has_a_token_and_masks_personal_columns(shop_read: Path) -> None:
    with serving(shop_read, MCP) as address:
        answered = call(address, TOKENS["author"], "listQuarantine", dataset="orders")  # over HTTP an author sees personal columns
        assert answered.status_code == 200, answered.text
        assert MASK in answered.text
        assert "x.example" not in answered.text
        assert [call(address, token, "getGate", dataset="orders").status_code for token in ("", "wrong", TOKENS["viewer"])] == [401, 401, 200]
        assert "x-content-type-options" in answered.headers


def test_a_client_of_the_protocol_lists_the_tools_and_calls_one(shop_read: Path) -> None:
    async def exchange(address: str) -> tuple[list[str], Any]:
        async with httpx_client() as http, Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client:
            tools = (await client.list_tools()).tools
            return [tool.name for tool in tools], await client.call_tool("getGate", {"dataset": "orders"})

    with serving(shop_read, MCP) as address:
        names, answer = run_coroutine(exchange(address))
    assert names == list(TOOLS)
    assert answer.structured_content["dataset"] == "orders"


def httpx_client() -> Any:
    from mcp.shared._httpx_utils import create_mcp_http_client

    return create_mcp_http_client(headers={"authorization": f"Bearer {TOKENS['viewer']}"})


def test_a_token_of_another_dataset_sees_nothing_of_this_one(own: Path) -> None:
    listed = "tokens: [{variable: V, role: viewer, datasets: [items]}, {variable: S, role: steward}], mcp: true"
    more = "  items: {source: {files: items/*.csv}, columns: {id: {type: string}}}\n"
    own.write_text(own.read_text().replace("tokens: {viewer: V, steward: S, author: A}", listed) + more)
    with serving(own, load(own).api or MCP) as address:
        answers = [call(address, TOKENS[role], "listQuarantine", dataset="orders").json()["result"].get("isError") for role in ROLES]
    assert answers == [True, False]


def test_without_the_setting_there_is_no_such_path(shop_read: Path, client_of: Callable[..., Asking]) -> None:
    assert client_of(shop_read)("/mcp", "viewer", body={}).status == 404
