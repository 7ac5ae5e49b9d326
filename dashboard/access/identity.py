"""Read who signed in from the claims of an identity provider, or from the headers of a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.config.dashboard import Oidc, Proxy
from sluice.domain import Person

MAX_NAME = 200  # characters


def person_of_claims(claims: Mapping[str, Any], oidc: Oidc, session: timedelta, now: datetime) -> Person | None:
    """Return whom the claims of an ID token name; None where it has expired, is older than a session may be, or names nobody.

    Args:
        claims: Claims of the token, its signature checked.
        oidc: Which claims name the person and the groups.
        session: Longest time since the person signed in.
        now: Time by the computer's clock.
    """
    ends, began = _moment(claims.get("exp")), _moment(claims.get("auth_time")) or _moment(claims.get("iat"))
    if ends is None or ends <= now or (began is not None and began + session <= now):
        return None
    if oidc.name == "email" and str(claims.get("email_verified")).lower() == "false":  # anybody may have written it
        return None
    name, groups = claims.get(oidc.name), claims.get(oidc.groups)
    return Person(name.strip()[:MAX_NAME], _texts(groups)) if isinstance(name, str) and name.strip() else None


def person_of_headers(headers: Mapping[str, str], proxy: Proxy) -> Person | None:
    """Return whom the headers of a proxy name; None where they name nobody.

    Example:
        >>> proxy = Proxy(header="x-user", groups="x-groups", addresses=("10.0.0.2",))
        >>> person_of_headers({"x-user": "ann@shop.example", "x-groups": "shop, data"}, proxy)
        Person(name='ann@shop.example', groups=('shop', 'data'), role=None, token=False, variable='')
    """
    name = str(headers.get(proxy.header) or "").strip()[:MAX_NAME]
    groups = str(headers.get(proxy.groups) or "") if proxy.groups else ""
    return Person(name, tuple(group.strip() for group in groups.split(",") if group.strip())) if name else None


def _moment(value: object) -> datetime | None:
    """Return a time that a claim gives in seconds; None where it is none."""
    try:
        return datetime.fromtimestamp(float(value), UTC) if isinstance(value, int | float) else None
    except (OverflowError, ValueError, OSError):
        return None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else (value,) if isinstance(value, str) else ()
