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
}
