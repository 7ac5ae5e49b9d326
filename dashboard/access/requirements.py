"""Check that the dashboard may listen on its address, and that people can sign in, before it is started."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.access.role_passwords import mistake_in
from sluice.config.dashboard import Dashboard
from sluice.domain import Message
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.addresses import is_local

OIDC_SECRET = "SLUICE_OIDC_SECRET"  # noqa: S105  # the name of an environment variable


def require_guarded(where: Dashboard, environment: Mapping[str, str]) -> None:
    """Pass only where the dashboard may listen on its address, and people can sign in.

    Raises:
        UsageError: What is missing, and what to do.
    """
    if not where.sign_in and not is_local(where.host):
        raise make_error(UsageError, "dashboard_unguarded", host=where.host)
    if where.passwords and (mistake := mistake_in(where, environment)):
        raise make_error(UsageError, mistake)
    if where.oidc is not None and not environment.get(OIDC_SECRET):
        raise make_error(UsageError, "oidc_secret_unset", variable=OIDC_SECRET, client=where.oidc.client_id)


def describe_access(where: Dashboard) -> Message:
    """Return who can reach the dashboard, for the person at the terminal."""
    if not where.sign_in:
        return Message.of("nobody_signs_in")
    if where.passwords:
        return Message.of("sign_in_by_password")
    return Message.of("sign_in_at_proxy") if where.proxy else Message.of("sign_in_by_oidc")
