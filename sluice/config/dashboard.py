"""Define the keys of sluice.yaml about the dashboard: its address, and how people sign in."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from sluice.config.duration import Duration
from sluice.config.model import Model
from sluice.config.variable_name import VariableName
from sluice.domain import ROLES, Grant, Role
from sluice.errors import InvalidValue
from sluice.messages import make_error

CALLBACK = "/oauth2callback"
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$")]


class Oidc(Model):
    """Let people sign in at an OpenID Connect provider; the client's secret is the environment variable SLUICE_OIDC_SECRET."""

    metadata: str = Field(description="address of the provider's metadata: https://id.shop.example/.well-known/openid-configuration")
    client_id: str = Field(description="id of the client that is registered there")
    redirect_uri: str = Field(description="address of the dashboard as people open it, and /oauth2callback: https://sluice.shop.example/oauth2callback")
    name: str = Field("email", description="claim that names the person; an e-mail address that the provider says is not verified is no name")
    groups: str = Field("groups", description="claim that lists the person's groups")
    scope: str = Field("openid email profile", description="scopes that are asked for")

    @field_validator("redirect_uri")
    @classmethod
    def _is_callback(cls, value: str) -> str:
        if not value.endswith(CALLBACK) or not value.startswith(("https://", "http://")):
            raise make_error(InvalidValue, "redirect_unfit", callback=CALLBACK)
        return value


class Proxy(Model):
    """Take who signed in from headers that a proxy sets; every other address than the proxy's is refused."""

    header: str = Field(description="header that names the person: X-Forwarded-Email; the proxy must drop it from what browsers send")
    groups: str | None = Field(None, description="header that lists the person's groups, separated by commas: X-Forwarded-Groups")
    addresses: tuple[str, ...] = Field(min_length=1, description="addresses or networks of the proxy: [10.0.0.2, 10.1.0.0/24]")

    @field_validator("addresses")
    @classmethod
    def _are_networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            try:
                ipaddress.ip_network(value)
            except ValueError:
                raise make_error(InvalidValue, "address_unfit", text=value) from None
        return values


class PasswordConfig(Model):
    """Give a role to whoever signs in with a password; several entries may name one variable."""

    variable: VariableName = Field(description="environment variable that holds the password, of 12 characters or more")
    role: Role = Field(description="as under people")
    datasets: tuple[str, ...] = Field((), description="datasets that the role is about; all unless given")

    def grant(self) -> Grant:
        """Return the role as a value of the domain."""
        return Grant(self.role, self.variable, datasets=frozenset(self.datasets))


class Dashboard(Model):
    """Set the address of the dashboard, and how people sign in: one of oidc, proxy and passwords; without one it listens on this machine alone."""

    host: str = Field("127.0.0.1", description="address to listen on; another one than this machine's own needs oidc, proxy or passwords")
    port: int = Field(8501, ge=1, le=65535)
    url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="address as people open it, for links in alerts: https://sluice.shop.example; by default that of oidc or host",
    )
    hosts: tuple[HostName, ...] = Field(
        (),
        description="names of the dashboard that requests may name as their host, beside localhost and loopback addresses: [sluice.shop.example]; "
        "unless set, any name where people sign in, and none where nobody does",
    )
    oidc: Oidc | None = None
    proxy: Proxy | None = None
    passwords: bool | tuple[PasswordConfig, ...] = Field(
        default=False,
        description="true: one password for each role, from the environment: SLUICE_PASSWORD_VIEWER, SLUICE_PASSWORD_STEWARD, SLUICE_PASSWORD_AUTHOR, "
        "SLUICE_PASSWORD_ADMIN; those that are not set open nothing. Or a list of passwords, each with its role, which may name datasets: "
        "[{variable: DESK_PASSWORD, role: steward, datasets: [events]}]",
    )
    session: Duration = Field(timedelta(hours=8), description="longest time until a person has to sign in again; an identity that expires earlier ends earlier")

    @model_validator(mode="after")
    def _one_sign_in(self) -> Dashboard:
        if sum((self.oidc is not None, self.proxy is not None, bool(self.passwords))) > 1:
            raise make_error(InvalidValue, "several_ways_to_sign_in")
        return self

    @property
    def address(self) -> str:
        """Return the address of the dashboard as people open it, for links; empty where it is not configured."""
        if self.url or self.oidc:
            return (self.url or (self.oidc.redirect_uri.removesuffix(CALLBACK) if self.oidc else "")).rstrip("/")
        return "" if self.host in ("0.0.0.0", "::") else f"http://{self.host}:{self.port}"  # noqa: S104  # all addresses are none that people open

    @property
    def sign_in(self) -> bool:
        """Return whether people sign in."""
        return self.oidc is not None or self.proxy is not None or bool(self.passwords)

    @property
    def password_roles(self) -> tuple[PasswordConfig, ...]:
        """Return the roles that passwords give, by the environment variable of each."""
        if isinstance(self.passwords, bool):
            return tuple(PasswordConfig(variable=f"SLUICE_PASSWORD_{role.upper()}", role=role) for role in ROLES) if self.passwords else ()
        return self.passwords
