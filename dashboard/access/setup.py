"""Choose from the configuration what stands before the pages, and what Streamlit's sign-in needs to know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from dashboard.access.asgi import AsgiApp
from dashboard.access.guards import HostGuard, ProxyGuard
from dashboard.access.installed import Guarding
from dashboard.access.passwords import PasswordGuard
from dashboard.access.requirements import OIDC_SECRET, require_guarded
from dashboard.access.returning import Returning
from dashboard.access.role_passwords import passwords_of
from sluice.config.dashboard import Dashboard

Guard = Callable[[AsgiApp], AsgiApp]


def guards_of(where: Dashboard, environment: Mapping[str, str], clock: Callable[[], datetime]) -> tuple[Guarding, Sequence[Guard]]:
    """Return what stands before the pages.

    Raises:
        UsageError: The dashboard may not be reached this way.
    """
    require_guarded(where, environment)
    hosts = [partial(HostGuard, hosts=where.hosts)] if where.hosts or not where.sign_in else []
    if where.passwords:
        key = secrets.token_bytes(32)  # a restart ends all sessions
        by_password = partial(PasswordGuard, passwords=passwords_of(where, environment), key=key, session=where.session, clock=clock)
        return Guarding(sign_in=True, key=key), [*hosts, by_password]
    if where.proxy is not None:
        proxy = where.proxy
        return Guarding(sign_in=True), [*hosts, partial(ProxyGuard, header=proxy.header, groups=proxy.groups, addresses=proxy.addresses)]
    return Guarding(sign_in=where.sign_in), [*hosts, *([Returning] if where.sign_in else [])]


def streamlit_secrets(where: Dashboard, environment: Mapping[str, str]) -> Mapping[str, dict[str, Any]]:
    """Return what `st.login` needs; nothing where people do not sign in by OpenID Connect. The cookie's key follows from the client's secret."""
    if where.oidc is None:
        return {}
    secret = environment[OIDC_SECRET]
    cookie = hmac.new(secret.encode(), b"sluice dashboard cookie", hashlib.sha256).hexdigest()
    settings = {"redirect_uri": where.oidc.redirect_uri, "client_id": where.oidc.client_id, "server_metadata_url": where.oidc.metadata}
    return {"auth": {**settings, "client_secret": secret, "cookie_secret": cookie, "client_kwargs": {"scope": where.oidc.scope}}}
