"""Make the ASGI application: a route for each operation, each request identified, counted, read and answered in the same way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.api.access import person_of
from sluice.api.docs_page import POLICY, docs_page
from sluice.api.errors import ApiError, refusal_of
from sluice.api.guard import Guard
from sluice.api.health import require_health
from sluice.api.keys import HEADER, REPEATED, KeysInProgress, read_key
from sluice.api.openapi import openapi
from sluice.api.operation import Call, Operation
from sluice.api.parameters import P, Parameters, read_arguments, read_body, read_query
from sluice.api.rates import Rates
from sluice.api.routes import OPERATIONS
from sluice.api.shared import SharedAnswers
from sluice.api.shop import Shop
from sluice.config.api import Api
from sluice.domain import Person
from sluice.errors import panics_as_errors
from sluice.messages import missing_extra
from sluice.messages.plain import to_json
from sluice.store.idempotency import KeyedAnswer, KeyedRequest

if TYPE_CHECKING:
    from sluice.api.model_http import ModelTools

Endpoint = Callable[[Request], Awaitable[Response]]
_PATHS: Mapping[str, str] = {operation.name: operation.path for operation in OPERATIONS}
_LARGE_BODIES = 4  # that are in memory at the same time
_JSON, _HTML = "application/json", "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what one request may cost.

    Attributes:
        body: Bytes of a body.
        seconds: Time that a body may take to arrive.
        seconds_of_rows: Time that rows may take which are posted.
        health_seconds: Time after which the database counts as away.
        threads: Requests that are computed at the same time; others wait.
    """

    body: int = 64 * 1024
    seconds: float = 10.0
    seconds_of_rows: float = 60.0
    health_seconds: float = 5.0
    threads: int = 8


@dataclass(frozen=True, slots=True)
class _Answer:
    """Hold an answer as it is sent, with headers of its own."""

    content: bytes
    headers: Mapping[str, str]


@dataclass
class Service:
    """Answer requests.

    Attributes:
        shop: The shop.
        api: The settings.
        tokens: Tokens by the variables that hold them.
        needs_worker: Whether the service is healthy only where a worker is alive.
        limits: What one request may cost.
        timer: Seconds that pass, from any origin.
    """

    shop: Shop
    api: Api
    tokens: Mapping[str, str]
    needs_worker: bool = False
    limits: Limits = Limits()
    timer: Callable[[], float] = time.monotonic
    _rates: Rates = field(init=False)
    _threads: CapacityLimiter = field(init=False)
    _shared: SharedAnswers[_Answer] = field(init=False)
    _bodies: asyncio.Semaphore = field(init=False)
    _in_progress: KeysInProgress = field(default_factory=KeysInProgress)

    def __post_init__(self) -> None:
        """Start without a request."""
        self._rates = Rates(self.api.rate, self.timer)
        self._threads = CapacityLimiter(self.limits.threads)
        self._shared = SharedAnswers(self.timer)
        self._bodies = asyncio.Semaphore(_LARGE_BODIES)

    def application(self) -> Starlette:
        """Return the ASGI application."""
        routes = [Route(operation.path, self._guarded(partial(self._answer, operation)), methods=[operation.method]) for operation in OPERATIONS]
        routes.append(Route("/healthz", self._guarded(self._health), methods=["GET"]))
        routes.append(Route("/openapi.json", self._guarded(partial(self._static, json.dumps(openapi(OPERATIONS)), {"content-type": _JSON}))))
        routes.append(Route("/docs", self._guarded(partial(self._static, docs_page(OPERATIONS), {"content-type": _HTML, "content-security-policy": POLICY}))))
        tools = self._model_tools()
        if tools is not None:
            routes.append(Route("/mcp", tools))
        app = Starlette(
            routes=routes,
            lifespan=None if tools is None else lambda _: tools.run(),
            middleware=[Middleware(Guard, hosts=self.api.hosts)],
            exception_handlers={HTTPException: self._refuse_route},
        )
        app.router.redirect_slashes = False
        return app

    def _model_tools(self) -> ModelTools | None:
        """Return what answers language models, where the configuration asks for it.

        Raises:
            MissingExtra: The package that it needs is not installed.
        """
        if not self.api.mcp:
            return None
        try:
            from sluice.api.model_http import ModelTools
        except ModuleNotFoundError as error:
            raise missing_extra(error) or error from None
        return ModelTools(self.shop, self._identify, _refused, self.limits.body)

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that answers every exception."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets no trace
                return _refused(refusal_of(error, self.shop.path.parent))

        return answer

    async def _answer(self, operation: Operation[Any], request: Request) -> Response:
        """Answer one request of an operation."""
        person = self._identify(request)
        call = Call(self.shop, person)
        if operation.writes and not self.api.write:
            raise ApiError(403, "read_only", "this service changes nothing; set `api: {write: true}` in sluice.yaml to allow it")
        parameters = await self._parameters(operation, request, person)
        keyed = read_key(request.headers.get(HEADER), operation, parameters, person)
        compute = partial(anyio.to_thread.run_sync, partial(_compute, operation, call, parameters, keyed), limiter=self._threads)
        async with self._in_progress.hold(keyed):
            answer = await (self._shared.get((operation.name, parameters, person), operation.shared, compute) if operation.shared else compute())
        return Response(answer.content, operation.status, headers={"content-type": operation.media, **answer.headers})

    async def _parameters(self, operation: Operation[P], request: Request, person: Person | None) -> P:
        """Read the parameters of a request."""
        if not operation.writes:
            return read_query(operation.parameters, request.path_params, request.query_params.multi_items())
        media = _media_of(request, operation.takes or (_JSON,))
        if not operation.takes:
            return read_body(operation.parameters, request.path_params, await self._body(request, self.limits.body, self.limits.seconds))
        call = Call(self.shop, person)
        await anyio.to_thread.run_sync(call.require_role, operation.role, limiter=self._threads)  # before a large body is read
        async with self._bodies:
            content = await self._body(request, self.api.body, self.limits.seconds_of_rows)
        key = request.headers.get(HEADER)
        sender = (person.variable, key) if person and key else None
        return read_arguments(operation.parameters, {**request.path_params, "media": media, "content": content, "sender": sender})

    async def _health(self, request: Request) -> Response:
        self._rates.require(_address(request))
        try:
            async with asyncio.timeout(self.limits.health_seconds):
                await anyio.to_thread.run_sync(self._require_health, abandon_on_cancel=True)
        except TimeoutError:
            raise ApiError(503, "store_unavailable", "the database does not answer in time") from None
        return Response('{"status": "ok"}', media_type=_JSON)

    def _require_health(self) -> None:
        with panics_as_errors():
            require_health(self.shop.app, needs_worker=self.needs_worker)

    async def _static(self, text: str, headers: Mapping[str, str], request: Request) -> Response:
        """Answer with a text that says nothing of the shop, with or without a token."""
        self._rates.require(_address(request))
        return Response(text, headers=dict(headers))

    def _identify(self, request: Request) -> Person | None:
        """Return who sends a request, and count it."""
        address = _address(request)
        try:
            person = person_of(request.headers.get("authorization", ""), self.tokens)
        except ApiError:
            self._rates.require(address)  # whoever tries tokens is slowed down, too
            raise
        self._rates.require(f"token {person.variable}" if person else address)
        return person

    async def _body(self, request: Request, longest: int, seconds: float) -> bytes:
        """Read the body of a request, as far as it may be long."""
        too_long = ApiError(413, "too_large", f"the body is longer than {longest:,} bytes")
        length = request.headers.get("content-length", "0")
        if length.isdecimal() and int(length[:19]) > longest:
            raise too_long
        body = bytearray()
        try:
            async with asyncio.timeout(seconds):
                async for part in request.stream():
                    body += part
                    if len(body) > longest:
                        raise too_long
        except TimeoutError:
            raise ApiError(408, "too_slow", "the body did not arrive in time") from None
        return bytes(body)

    async def _refuse_route(self, request: Request, error: Exception) -> Response:
        """Answer a request for which there is no route."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 405:
            return _refused(ApiError(405, "method_not_allowed", f"{request.method} is not allowed here", headers=getattr(error, "headers", None) or {}))
        return _refused(ApiError(status, "not_found", "there is no such path; /openapi.json lists them"))


def _compute(operation: Operation[Any], call: Call, parameters: Parameters, keyed: KeyedRequest | None) -> _Answer:
    """Compute an answer, in the thread for it; that of a request under a key is computed once.

    Raises:
        ApiError: The token has the role on no dataset.
    """
    with panics_as_errors():
        call.require_role(operation.role)
        operation.prepare(call)
        handle = partial(_handle, operation, call, parameters)
        answer = KeyedAnswer(handle(), repeated=False) if keyed is None else call.app.store.idempotency_keys.once(keyed, handle)
        place = json.loads(answer.text).get("href") if operation.writes else None
        return _Answer(answer.text.encode(), {**({"location": place} if place else {}), **({REPEATED: "true"} if answer.repeated else {})})


def _handle(operation: Operation[Any], call: Call, parameters: Parameters) -> str:
    """Return an answer as it is sent: text or JSON."""
    answer = operation.handle(call, parameters)
    return answer if isinstance(answer, str) else json.dumps(answer, default=to_json, ensure_ascii=False)


def _address(request: Request) -> str:
    return f"address {request.client.host if request.client else ''}"


def _media_of(request: Request, taken: Sequence[str]) -> str:
    """Return the media type of a body, without its parameters.

    Raises:
        ApiError: It is none of those that are taken.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in taken:
        return kind
    if taken == (_JSON,):
        raise ApiError(415, "not_json", "send a JSON object with the header `Content-Type: application/json`")
    raise ApiError(415, "not_rows", f"send rows with the header `Content-Type`, which is one of {', '.join(taken)}")


def _refused(error: ApiError) -> Response:
    return Response(json.dumps(error.body(_PATHS.__getitem__), ensure_ascii=False), error.status, headers=dict(error.headers), media_type=_JSON)
