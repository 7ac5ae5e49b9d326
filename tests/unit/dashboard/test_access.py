"""What stands before the pages: which address is answered, whom claims, headers and passwords name, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from dashboard.access import passwords
from dashboard.access.asgi import AsgiApp, Scope
from dashboard.access.guards import HostGuard, ProxyGuard
from dashboard.access.headers import HEADERS, SafeHeaders
from dashboard.access.identity import person_of_claims
from dashboard.access.passwords import COOKIE, PasswordGuard
from dashboard.access.requirements import require_guarded
from dashboard.access.returning import Returning
from dashboard.access.role_passwords import owner_of_secret
from dashboard.access.setup import guards_of, streamlit_secrets
from dashboard.access.tokens import read_token, write_token
from sluice.config.dashboard import Dashboard, Oidc, Proxy
from sluice.domain import Person
from sluice.errors import UsageError

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
OIDC = Oidc(metadata="https://id.example/m", client_id="sluice", redirect_uri="https://sluice.example/oauth2callback")
CLAIMS = {"email": "ann@shop.example", "groups": ["shop"], "exp": (NOW + HOUR).timestamp(), "iat": NOW.timestamp()}


async def pages(scope: Scope, receive: Any, send: Any) -> None:
    """What the guards stand before."""
    headers = [(b"location", b"/")] if scope["path"] == "/oauth2callback" else []
    await send({"type": "http.response.start", "status": 302 if headers else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"pages"})


def ask(
    app: AsgiApp, path: str = "/", *, kind: str = "http", client: str = "127.0.0.1", body: bytes = b"", **headers: str | list[str]
) -> tuple[int, dict[str, str], str]:
    """Ask an application, and return status, headers and body; of a web socket that is refused, status 0."""
    lines = [(key.replace("_", "-").encode(), one.encode()) for key, value in headers.items() for one in ([value] if isinstance(value, str) else value)]
    path, _, query = path.partition("?")
    scope = {
        "type": kind,
        "method": "POST" if body else "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": lines,
        "client": (client, 1),
        "scheme": "http",
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:  # where tests in a browser ran before, this one has an event loop
        thread.submit(lambda: asyncio.run(app(scope, receive, send))).result()  # type: ignore[arg-type]  # a coroutine is all that an application returns
    if sent[0]["type"] == "websocket.close":
        return 0, {}, ""
    return sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}, sent[1]["body"].decode()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, True),
        ({"exp": NOW.timestamp()}, False),
        ({"exp": None}, False),
        ({"exp": "tomorrow"}, False),
        ({"exp": 1e300}, False),
        ({"iat": (NOW - 9 * HOUR).timestamp()}, False),
        ({"auth_time": (NOW - 9 * HOUR).timestamp()}, False),
        ({"email_verified": False}, False),
        ({"email_verified": "false"}, False),
        ({"email_verified": True}, True),
        ({"email": ""}, False),
        ({"email": ["ann@shop.example"]}, False),
    ],
)
def test_claims_name_somebody_until_they_expire(changes: dict[str, object], named: bool) -> None:
    person = person_of_claims({**CLAIMS, **changes}, OIDC, 8 * HOUR, NOW)
    assert person == (Person("ann@shop.example", ("shop",)) if named else None)


def test_other_machines_are_answered_only_where_people_sign_in() -> None:
    proxy = Proxy(header="X-User", addresses=("10.0.0.2",))
    require_guarded(Dashboard(), {})
    require_guarded(Dashboard(host="0.0.0.0", proxy=proxy), {})
    require_guarded(Dashboard(host="0.0.0.0", oidc=OIDC), {"SLUICE_OIDC_SECRET": "s"})
    require_guarded(Dashboard(host="0.0.0.0", passwords=True), {"SLUICE_PASSWORD_VIEWER": "look-and-see-1"})
    with pytest.raises(UsageError, match=r"host 0\.0\.0\.0 can be reached .* set dashboard\.oidc, dashboard\.proxy or dashboard\.passwords"):
        require_guarded(Dashboard(host="0.0.0.0"), {})
    with pytest.raises(UsageError, match="SLUICE_OIDC_SECRET is not set"):
        require_guarded(Dashboard(oidc=OIDC), {})


@pytest.mark.parametrize(
    ("environment", "mistake"),
    [
        ({}, "no password is set; set at least one of SLUICE_PASSWORD_VIEWER"),
        ({"SLUICE_PASSWORD_ADMIN": "tiny"}, "SLUICE_PASSWORD_ADMIN is shorter than 12"),
        ({"SLUICE_PASSWORD_ADMIN": "the-same-one-1", "SLUICE_PASSWORD_VIEWER": "the-same-one-1"}, "two roles have the same password"),
    ],
)
def test_passwords_that_open_nothing_or_too_much_are_refused(environment: dict[str, str], mistake: str) -> None:
    with pytest.raises(UsageError, match=mistake) as refused:
        require_guarded(Dashboard(passwords=True), environment)
    assert not any(password in str(refused.value) for password in environment.values())


def test_passwords_that_are_listed_have_to_be_set_each() -> None:
    where = Dashboard(passwords=({"variable": "DESK", "role": "steward", "datasets": ["events"]}, {"variable": "BOSS", "role": "admin"}))
    require_guarded(where, {"DESK": "release-rows-1", "BOSS": "open-the-gate"})
    with pytest.raises(UsageError, match=r"dashboard\.passwords: BOSS is not set"):
        require_guarded(where, {"DESK": "release-rows-1"})


def test_each_answer_has_the_headers_of_security_and_keeps_its_own() -> None:
    status, headers, _ = ask(SafeHeaders(HostGuard(pages)), host="127.0.0.1:8501")
    assert (status, HEADERS.items() <= headers.items()) == (200, True)
    status, headers, _ = ask(SafeHeaders(HostGuard(pages)), host="evil.example")
    assert (status, HEADERS.items() <= headers.items()) == (421, True)
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ask(SafeHeaders(HostGuard(pages)), "/_stcore/stream", kind="websocket", host="evil.example")[0] == 0


def test_a_host_that_is_not_this_machine_is_refused() -> None:
    guard = HostGuard(pages)
    assert [ask(guard, host=host)[0] for host in ("127.0.0.1:8501", "localhost", "[::1]:8501", "evil.example", "127.0.0.1.evil.example:80")] == [
        200,
        200,
        200,
        421,
        421,
    ]
    assert ask(guard, "/_stcore/stream", kind="websocket", host="evil.example")[0] == 0


def test_only_the_proxy_is_answered_and_it_names_one_person() -> None:
    guard = ProxyGuard(pages, "X-User", None, ["10.0.0.0/24"])
    assert ask(guard, client="10.0.0.2", x_user="ann")[0] == 200
    assert ask(guard, client="10.0.1.2", x_user="ann")[0] == 403
    assert ask(guard, client="10.0.1.2", x_user="ann", x_forwarded_for="10.0.0.2")[0] == 403
    assert ask(guard, client="10.0.0.2", x_user=["ann", "eve"])[0] == 400
    assert ask(guard, "/_stcore/stream", kind="websocket", client="10.0.1.2", x_user="ann")[0] == 0
    assert ask(guard, "/_stcore/health", client="10.0.1.2")[0] == 200


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> PasswordGuard:
    """A dashboard with two passwords."""
    monkeypatch.setattr(passwords, "_PAUSE", 0)
    return PasswordGuard(pages, {"VIEWER_PASSWORD": "look-and-see-1", "DESK_PASSWORD": "release-rows-1"}, b"key", 8 * HOUR, lambda: NOW)


def test_a_password_opens_its_role_for_the_time_of_a_session(guard: PasswordGuard) -> None:
    status, _, form = ask(guard, "/runs?run=b1", accept_language="zh-CN,zh")
    assert (status, "登录" in form, 'value="/runs?run=b1"' in form, "pages" in form) == (401, True, True, False)
    form_fields = urlencode({"name": "Ann", "password": "release-rows-1", "next": "/runs?run=b1"}).encode()
    status, headers, _ = ask(guard, "/sign-in", body=form_fields, host="sluice.example", origin="https://sluice.example")
    assert (status, headers["location"]) == (303, "/runs?run=b1")
    token = headers["set-cookie"].partition(";")[0].partition("=")[2]
    assert {"HttpOnly", "SameSite=Lax"} <= {*headers["set-cookie"].split("; ")}
    assert read_token(token, b"key", NOW) == Person("Ann", variable="DESK_PASSWORD")
    assert ask(guard, "/runs", cookie=f"a=b; {COOKIE}={token}")[0] == 200
    assert ask(guard, "/_stcore/stream", kind="websocket", cookie=f"{COOKIE}={token}x")[0] == 0
    assert read_token(token, b"key", NOW + 8 * HOUR) is None


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"name": "Ann", "password": "release-rows-2"}, {}),
        ({"name": "", "password": "release-rows-1"}, {}),
        ({"name": "Ann"}, {}),
        ({"name": "Ann", "password": "release-rows-1"}, {"host": "sluice.example", "origin": "https://evil.example"}),
        ({"name": "A" * 9000, "password": "release-rows-1"}, {}),
    ],
)
def test_a_wrong_password_and_a_form_of_another_site_open_nothing(guard: PasswordGuard, fields: dict[str, str], headers: dict[str, str]) -> None:
    status, answered, form = ask(guard, "/sign-in", body=urlencode(fields).encode(), **headers)
    assert (status, "set-cookie" in answered, "not right" in form) == (401, False, True)


def test_a_name_in_the_form_is_text(guard: PasswordGuard) -> None:
    fields = urlencode({"name": '"><script>alert(1)</script>', "password": "x", "next": '/"><img src=x>'}).encode()
    form = ask(guard, "/sign-in", body=fields)[2]
    assert "<script>" not in form and "<img" not in form


def test_nobody_makes_a_token_without_the_key() -> None:
    token = write_token(Person("Ann", role="viewer"), NOW + HOUR, b"key")
    payload, _, signature = token.partition(".")
    for forged in ("", ".", payload, f"{payload}.", f"{payload[:-2]}AA.{signature}", write_token(Person("Ann", role="admin"), NOW + HOUR, b"")):
        assert read_token(forged, b"key", NOW) is None
    assert owner_of_secret("look", {}) is None


def test_a_page_that_was_asked_for_is_opened_after_the_sign_in() -> None:
    app = Returning(pages)
    headers = ask(app, "/quarantine?row=b1.0", accept="text/html")[1]
    cookie = headers["set-cookie"].partition(";")[0]
    assert ask(app, "/oauth2callback?code=1", cookie=cookie)[1]["location"] == "/quarantine?row=b1.0"
    assert ask(app, "/oauth2callback?code=1", cookie="sluice_next=%2F%2Fevil.example")[1]["location"] == "/"
    assert "set-cookie" not in ask(app, "/static/a.js", accept="*/*")[1]


def test_the_secret_of_the_client_stays_out_of_the_cookies_key() -> None:
    auth = streamlit_secrets(Dashboard(oidc=OIDC), {"SLUICE_OIDC_SECRET": "hush"})["auth"]
    assert (auth["client_secret"], auth["cookie_secret"] != "hush") == ("hush", True)
    assert streamlit_secrets(Dashboard(), {}) == {}


def test_a_dashboard_answers_for_the_hosts_that_are_named() -> None:
    def answered(where: Dashboard) -> list[int]:
        (guard, *_) = guards_of(where, {}, lambda: NOW)[1]
        return [ask(guard(pages), host=host)[0] for host in ("127.0.0.1:8501", "sluice.example:8501", "SLUICE.example", "evil.example")]

    assert answered(Dashboard()) == [200, 421, 421, 421]
    assert answered(Dashboard(hosts=("sluice.example",))) == [200, 200, 200, 421]
    proxy = Proxy(header="X-User", addresses=("10.0.0.2",))
    assert len(guards_of(Dashboard(proxy=proxy), {}, lambda: NOW)[1]) == 1, "where people sign in, any name is answered unless some are named"
    assert answered(Dashboard(proxy=proxy, hosts=("sluice.example",))) == [200, 200, 200, 421]
