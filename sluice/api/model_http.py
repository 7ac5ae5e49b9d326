"""Offer the tools of the Model Context Protocol over HTTP, behind the tokens of the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from mcp.server import ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sluice.api.errors import ApiError
from sluice.api.model_tools import server_of
from sluice.api.shop import Shop
from sluice.domain import Person

_PERSON = "sluice_person"


class ModelTools:
    """Answer language models; each request is told by its token, and none opens a session."""

    def __init__(self, shop: Shop, identify: Callable[[Request], Person | None], refuse: Callable[[ApiError], Response], longest: int) -> None:
        """Keep what is asked.

        Args:
            shop: The shop.
            identify: Returns who sends a request, and counts it; raises ApiError where the token is wrong.
            refuse: Returns the answer to a request that is refused.
            longest: Bytes of a request.
        """
        self._identify, self._refuse = identify, refuse
        server = server_of(shop, _person_of)
        self._sessions = StreamableHTTPSessionManager(server, json_response=True, stateless=True, max_request_body_size=longest)

    def run(self) -> AbstractAsyncContextManager[None]:
        """Return a context within which requests are answered."""
        return self._sessions.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            person = self._identify(Request(scope))
        except ApiError as error:
            await self._refuse(error)(scope, receive, send)
            return
        await self._sessions.handle_request({**scope, "state": {**scope.get("state", {}), _PERSON: person}}, receive, send)


def _person_of(context: ServerRequestContext[None]) -> Person | None:
    person = context.request.scope["state"][_PERSON] if context.request is not None else None
    return person if isinstance(person, Person) else None
