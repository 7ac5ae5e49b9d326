"""Errors of who may reach dashboard and API."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "dashboard_unguarded": (
        "dashboard.host {host} can be reached from other machines, and nobody would have to sign in: set dashboard.oidc, "
        "dashboard.proxy or dashboard.passwords, or leave host at 127.0.0.1"
    ),
    "oidc_secret_unset": "dashboard.oidc: the environment variable {variable} is not set; it holds the secret of client {client}",
    "api_unguarded": (
        "api.host {host} can be reached from other machines, and nobody would need a token: set api.tokens, such as {{viewer: "
        "SLUICE_API_VIEWER}}, or leave host at 127.0.0.1"
    ),
    "token_unset": "api.tokens: the environment variable {variable} is not set; it holds a token of {length} characters or more",
    "token_unfit": "api.tokens: {variable} is no token: it needs {length} characters or more, of ASCII and without blanks",
    "token_shared": "api.tokens: two variables hold the same token; give each its own",
    "api_unconfigured": "{path} has no HTTP API; write `api: {{port: 8600}}` into it",
    "no_password_set": "dashboard.passwords: no password is set; set at least one of {variables}, of {letters} characters or more",
    "password_unset": "dashboard.passwords: {variables} is not set; set it to a password of {letters} characters or more, or remove its entry",
    "password_short": "dashboard.passwords: {variables} is shorter than {letters} characters",
    "password_shared": "dashboard.passwords: two roles have the same password; give each role its own",
}
