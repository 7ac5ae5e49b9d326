"""What a language model reads over the Model Context Protocol: the same answers as over HTTP, masked, and nothing that changes the shop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, types
from mcp.server import Server

from sluice.api.model_tools import TOOLS, server_of
from sluice.api.shop import Shop
from sluice.domain import MASK
from tests.unit.api.asking import Client as Asking

Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def server(shop_read: Path) -> Iterator[Server[Any]]:
    shop = Shop(shop_read)
    yield server_of(shop)
    shop.close()


async def _exchange(server: Server[Any] | StdioServerParameters, calls: Calls) -> tuple[list[types.Tool], list[types.CallToolResult]]:
    async with Client(server) as client:
        tools = (await client.list_tools()).tools
        return tools, [await client.call_tool(name, arguments) for name, arguments in calls]


def exchange(server: Server[Any] | StdioServerParameters, *calls: tuple[str, dict[str, Any]]) -> tuple[list[types.Tool], list[types.CallToolResult]]:
    """List the tools and call some, in a thread: where tests in a browser ran before, this one has an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _exchange(server, list(calls))).result()


def text_of(result: types.CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, types.TextContent)
    return content.text


def test_every_tool_only_reads_and_says_what_it_takes(server: Server[Any]) -> None:
    tools, _ = exchange(server)
    assert {tool.name for tool in tools} == set(TOOLS)
    assert {"listDatasets", "getGate", "listRuns", "listIncidents", "listQuarantine", "listModels", "recommend", "search"} <= set(TOOLS)
    assert not {"releaseRows", "rejectRows", "undoRequest", "recordEvent"} & set(TOOLS)
    assert all(tool.annotations and tool.annotations.read_only_hint and tool.description and tool.output_schema for tool in tools)
    gate = next(tool for tool in tools if tool.name == "getGate")
    assert gate.input_schema["required"] == ["dataset"]


@pytest.mark.parametrize(("tool", "arguments", "path"), [("getGate", {"dataset": "orders"}, "datasets/orders/gate"), ("listRuns", {"size": 1}, "runs?size=1")])
def test_a_tool_answers_as_the_api_does(server: Server[Any], ask: Asking, tool: str, arguments: dict[str, Any], path: str) -> None:
    _, (result,) = exchange(server, (tool, arguments))
    assert result.is_error is False
    answer = ask(f"/v1/{path}").json
    assert {name: value for name, value in (result.structured_content or {}).items() if name != "at"} == {n: v for n, v in answer.items() if n != "at"}


def test_personal_columns_are_masked(server: Server[Any]) -> None:
    _, (result,) = exchange(server, ("listQuarantine", {"dataset": "orders"}))
    assert {row["cells"]["email"] for row in (result.structured_content or {})["items"]} == {MASK}
    assert "secret-address" not in text_of(result)


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("getGate", {"dataset": "none"}, "getGate: dataset: there is no dataset none; the tool listDatasets lists them"),
        ("getRun", {"run": "none"}, "getRun: run: there is no run none; the tool listRuns lists them"),
        ("listQuarantine", {"dataset": "orders", "column": "none"}, "column: there is no column none in orders; the tool getDataset names the columns"),
        ("getGate", {}, "getGate: dataset: is missing"),
        ("getGate", {"dataset": "orders", "as": "admin"}, "getGate: as: is unknown"),
        ("releaseRows", {"dataset": "orders"}, "there is no tool releaseRows; there are listDatasets"),
    ],
    ids=["no dataset", "no run", "no column", "no argument", "unknown argument", "no tool"],
)
def test_a_mistake_is_answered_with_what_to_do_and_without_paths(
    server: Server[Any], shop_read: Path, tool: str, arguments: dict[str, Any], expected: str
) -> None:
    _, (mistake, gate) = exchange(server, (tool, arguments), ("getGate", {"dataset": "orders"}))
    assert mistake.is_error is True
    assert expected in text_of(mistake)
    assert str(shop_read.parent) not in text_of(mistake)
    assert "/v1" not in text_of(mistake)
    assert gate.is_error is False, "the server goes on"


@pytest.mark.slow
def test_the_command_serves_a_client_that_starts_it(shop_read: Path) -> None:
    arguments = ["-c", "from sluice.cli import main; main()", "mcp", "--config", str(shop_read)]
    tools, (gate,) = exchange(StdioServerParameters(command=sys.executable, args=arguments), ("getGate", {"dataset": "orders"}))
    assert len(tools) == len(TOOLS)
    assert (gate.structured_content or {})["dataset"] == "orders"
