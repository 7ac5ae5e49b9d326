"""Measure the HTTP API under 50 clients that ask without a pause, beside a Starlette application that answers as many bytes.

The shop is a small one of the demo, with a serving recommender. Each client keeps its connection, and sends the next request once the one before is answered;
gates are asked without a pause between their computations, and users in turn. The 99th percentile of the time to an answer counts, and the answers a second.
Client and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, main, number
from sluice import demo
from sluice.app import build

CLIENTS, WAIT_SECONDS = 50, 60
SIZE = demo.Size(days=6, items=100, users=100, per_day=500)
ECHO = """import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def echo(request):
    return Response(b"x" * int(request.path_params["size"]), media_type="application/json")

uvicorn.run(Starlette(routes=[Route("/{size:int}", echo)]), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", http="h11", loop="asyncio")
"""


def ask_both(options: argparse.Namespace) -> Sequence[Figure]:
    """Ask each path of the API, and the echo beside it, in turn."""
    seconds, rounds = (1.0, 1) if options.quick else (5.0, options.seeds)
    token = secrets.token_hex(24)
    with tempfile.TemporaryDirectory() as folder:
        config, echo = _write_shop(Path(folder)), Path(folder) / "echo.py"
        echo.write_text(ECHO, encoding="utf-8")
        ours = [sys.executable, "-c", "from sluice.cli import main; main()", "api", "--config", str(config)]
        with _server(ours, _port_of(config), {"BENCH_TOKEN": token}) as api, _server([sys.executable, str(echo), str(port := _free_port())], port, {}) as plain:
            paths = {"gate": ["/v1/datasets/events/gate"], "recommend": [f"/v1/recommend?k=10&user=u{user:05}" for user in range(100)]}
            return [figure for name, chosen in paths.items() for figure in _measure(name, chosen, api, plain, token, seconds, rounds)]


def _measure(name: str, paths: Sequence[str], api: int, plain: int, token: str, seconds: float, rounds: int) -> Iterator[Figure]:
    size = len(_get(api, paths[0], token))
    _load(api, paths, token, 1.0)
    times = [(_load(api, paths, token, seconds), _load(plain, [f"/{size}"], token, seconds)) for _ in range(rounds)]
    ours, echo = (float(np.mean([np.quantile(one[side], 0.99) for one in times])) for side in (0, 1))
    yield Figure(f"HTTP API, {name}, {CLIENTS} clients, 99th percentile", ours * 1000, "ms", f"Starlette echo: {number(echo * 1000)}", ours / echo, rounds)
    ours, echo = (sum(len(one[side]) for one in times) / seconds / rounds for side in (0, 1))
    yield Figure(f"HTTP API, {name}, {CLIENTS} clients, answers a second", ours, "1/s", f"Starlette echo: {number(echo)}", ours / echo, rounds)


def _load(port: int, paths: Sequence[str], token: str, seconds: float) -> list[float]:
    """Ask for some seconds by all clients; return the seconds of each answer."""
    turn, until = count(), time.perf_counter() + seconds

    async def client() -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        times: list[float] = []
        while time.perf_counter() < until:
            start = time.perf_counter()
            path = paths[next(turn) % len(paths)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
            times.append(time.perf_counter() - start)
        writer.close()
        return times

    async def clients() -> list[list[float]]:
        return await asyncio.gather(*(client() for _ in range(CLIENTS)))

    return [value for times in asyncio.run(clients()) for value in times]


def _write_shop(folder: Path) -> Path:
    """Write a demo shop with a serving model and an API."""
    demo.write(folder, 7, SIZE)
    config = folder / "sluice.yaml"
    with config.open("a", encoding="utf-8") as file:
        file.write(f"api: {{port: {_free_port()}, tokens: {{viewer: BENCH_TOKEN}}, rate: 1000000}}\n")
    with build(config) as app:
        list(app.run(app.pending_arrivals()))
        assert app.retrain(by="benchmark").model is not None, "no model was trained"
    return config


def _port_of(config: Path) -> int:
    return int(config.read_text(encoding="utf-8").rpartition("api: {port: ")[2].partition(",")[0])


def _is_closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _server(command: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """Serve while the context lasts; give the port."""
    with subprocess.Popen(command, env={**os.environ, **environment}) as server:
        try:
            until = time.perf_counter() + WAIT_SECONDS
            while _is_closed(port) and time.perf_counter() < until and server.poll() is None:
                time.sleep(0.1)
            yield port
        finally:
            server.kill()


def _get(port: int, path: str, token: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    main(__doc__ or "", ask_both)
