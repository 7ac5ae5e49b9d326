"""Write a shop with held rows, an incident and a personal column, and ask its HTTP API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sluice.api.application import Limits, Service
from sluice.api.routes import OPERATIONS
from sluice.api.shop import Shop
from sluice.config.api import Api
from sluice.domain import Role
from tests.coroutines import run_coroutine

CONFIG = """\
shop: Cups
clock: 2026-03-03
unmask: author
api: {{tokens: {{viewer: V, steward: S, author: A}}, write: true}}
datasets:
  orders:
    source: {{files: landing/orders-*.csv}}
    key: [id]
    columns: {{id: {{type: string}}, email: {{type: string, personal: true}}, price: {{type: number}}}}
    suite:
      - expect_column_values_to_be_between: {{column: price, min_value: 0, severity: critical}}
      - expect_column_values_to_match_regex: {{column: email, regex: "@"}}
    clean: [parse]
{more}"""
TOKENS: Mapping[Role, str] = {"viewer": "viewer-token-0123456789", "steward": "steward-token-0123456789", "author": "author-token-0123456789"}
API = Api(tokens={"viewer": "V", "steward": "S", "author": "A"}, write=True)


def write_shop(folder: Path, more: str = "") -> Path:
    """A shop whose second day has two rows of a price below zero, and one whose address is none."""
    landing = folder / "landing"
    landing.mkdir(parents=True)
    for day in (1, 2):
        rows = [f"{day}-{number},u{number}@x.example,{number + 1}" for number in range(20)]
        held = [f"{day}-{number},u{number}@x.example,-{number}" for number in (21, 22)] + [f"{day}-23,secret-address,5"] if day == 2 else []
        (landing / f"orders-2026-03-0{day}.csv").write_text("\n".join(["id,email,price", *rows, *held, ""]), encoding="utf-8")
    path = folder / "sluice.yaml"
    path.write_text(CONFIG.format(more=more), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Answered:
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@dataclass
class Client:
    """Ask an application in a thread of its own: where tests in a browser ran before, this one has an event loop."""

    path: Path
    api: Api = API
    tokens: Mapping[Role, str] = field(default_factory=lambda: TOKENS)
    limits: Limits = field(default_factory=Limits)
    timer: Callable[[], float] = lambda: 0.0
    needs_worker: bool = False
    _shop: Shop | None = None
    _app: Any = None

    def __call__(self, path: str, role: Role | None = "viewer", *, method: str = "", body: object = None, **headers: str) -> Answered:
        """Send one request."""
        if self._app is None:
            self._shop = Shop(self.path)
            self._app = Service(
                self._shop, self.api, {entry.variable: self.tokens[entry.role] for entry in self.api.tokens}, self.needs_worker, self.limits, self.timer
            ).application()
        sent = {"authorization": f"Bearer {self.tokens[role]}"} if role and self.tokens else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if content is not None:
            sent.setdefault("content-type", "application/json")

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=("192.0.2.9", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
                return await client.request(method or ("GET" if content is None else "POST"), path, content=content, headers=sent)

        answer = run_coroutine(send())
        return Answered(answer.status_code, dict(answer.headers), answer.text)

    def close(self) -> None:
        if self._shop is not None:
            self._shop.close()


def require_form(name: str, answered: Answered) -> None:
    """Pass only where an answer has the form that the table of operations names."""
    operation = next(operation for operation in OPERATIONS if operation.name == name)
    assert answered.status == operation.status, answered.text
    assert operation.answer is not None
    operation.answer.model_validate_json(answered.text, strict=True)
