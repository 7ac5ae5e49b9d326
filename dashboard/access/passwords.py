"""Let people sign in with the password of a role: a form before every page, and a signed cookie for the time of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from dashboard.access.asgi import AsgiApp, Receive, Scope, Send, address_of, answer, cookie_of, header_values, is_request, read_body, safe_address
from dashboard.access.identity import MAX_NAME
from dashboard.access.role_passwords import owner_of_secret
from dashboard.access.sign_in_form import sign_in_form
from dashboard.access.tokens import read_token, write_token
from sluice.domain import Person

COOKIE = "sluice_session"
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_PAUSE = 1.0  # seconds until a wrong password is answered


class PasswordGuard:
    """Draw the form in place of every page until somebody signs in."""

    def __init__(self, app: AsgiApp, passwords: Mapping[str, str], key: bytes, session: timedelta, clock: Callable[[], datetime]) -> None:
        """Keep the application behind it, the passwords by their variables, the key of the cookie, and how long a session lasts."""
        self.app, self.passwords, self.key, self.session, self.clock = app, passwords, key, session, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request of somebody who signed in on; answer the others with the form."""
        if not is_request(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == SIGN_IN and scope["method"] == "POST":
            await self._sign_in(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == SIGN_OUT:
            await answer(scope, send, 303, "", headers={"location": "/", "set-cookie": f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"})
        elif read_token(cookie_of(scope, COOKIE), self.key, self.clock()) is not None:
            await self.app(scope, receive, send)
        else:
            await answer(scope, send, 401, sign_in_form(_languages(scope), address_of(scope)), kind="text/html; charset=utf-8")

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the cookie where the password is right, and lead to the page that was asked for."""
        body = await read_body(receive)
        fields = {key: values[0] for key, values in parse_qs((body or b"").decode("utf-8", "replace")).items()}
        name, back = fields.get("name", "").strip()[:MAX_NAME], safe_address(fields.get("next", "/"))
        variable = owner_of_secret(fields.get("password", ""), self.passwords) if name and _is_same_origin(scope) else None
        if variable is None:
            await asyncio.sleep(_PAUSE)
            await answer(scope, send, 401, sign_in_form(_languages(scope), back, name=name, refused=True), kind="text/html; charset=utf-8")
            return
        token = write_token(Person(name, variable=variable), self.clock() + self.session, self.key)
        secure = "; Secure" if "https" in (scope.get("scheme"), *header_values(scope, "x-forwarded-proto")) else ""
        lasts = int(self.session.total_seconds())
        await answer(
            scope, send, 303, "", headers={"location": back, "set-cookie": f"{COOKIE}={token}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}"}
        )


def _languages(scope: Scope) -> str:
    return "".join(header_values(scope, "accept-language"))


def _is_same_origin(scope: Scope) -> bool:
    """Return False for a form that another site sent."""
    origins, hosts = header_values(scope, "origin"), header_values(scope, "host")
    return not origins or any(origin.partition("://")[2] in hosts for origin in origins)
