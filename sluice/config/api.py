"""Define the keys of sluice.yaml about the HTTP API: its address, the tokens of the roles, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from sluice.config.dashboard import Dashboard, HostName
from sluice.config.model import Model
from sluice.config.variable_name import VariableName
from sluice.domain import EMPTY, ROLES, Grant, Message, Role
from sluice.errors import InvalidValue
from sluice.messages import make_error


class TokenConfig(Model):
    """Give a role to whoever comes with a token; several entries may name one variable."""

    variable: VariableName = Field(description="environment variable that holds the token, of 20 characters or more")
    role: Role = Field(description="viewer reads; steward also decides on held rows; author and admin may do what stewards may")
    datasets: tuple[str, ...] = Field((), description="datasets that the role is about; all unless given")

    def grant(self) -> Grant:
        """Return the role as a value of the domain."""
        return Grant(self.role, self.variable, datasets=frozenset(self.datasets))


def _listed(value: object) -> object:
    """Return tokens as a list of entries, where they are written as a mapping of roles."""
    if isinstance(value, Mapping) and (unknown := [str(role) for role in value if role not in ROLES]):
        raise make_error(InvalidValue, "role_unknown", role=unknown[0], roles=tuple(ROLES))
    return [{"role": role, "variable": variable} for role, variable in value.items()] if isinstance(value, Mapping) else value


Tokens = Annotated[tuple[TokenConfig, ...], BeforeValidator(_listed, json_schema_input_type=Mapping[Role, VariableName] | tuple[TokenConfig, ...])]


class Api(Model):
    """Let other systems read gates, runs and held rows over HTTP; without this key there is no HTTP API."""

    host: str = Field("127.0.0.1", description="address to listen on; another one than this machine's own needs tokens")
    port: int = Field(8600, ge=1, le=65535)
    hosts: tuple[HostName, ...] = Field(
        (), description="names of this service that requests may name as their host, beside localhost and loopback addresses: [sluice.shop.example]"
    )
    tokens: Tokens = Field(
        (),
        description="environment variable that holds the token of each role: {viewer: SLUICE_API_VIEWER, steward: SLUICE_API_STEWARD}; or a list, which may "
        "name datasets",
    )
    mcp: bool = Field(default=False, description="whether language models may read at /mcp, by the Model Context Protocol; needs the extra `mcp`")
    write: bool = Field(default=False, description="whether decisions on held rows and events can be posted; needs tokens")
    body: int = Field(
        16 * 2**20, ge=2**10, le=2**30, description="bytes of rows that are posted at once (`/v1/land`); four such bodies are read at the same time"
    )
    rate: int = Field(600, ge=1, le=1_000_000, description="requests a minute that each token may send, or each address without tokens")

    @model_validator(mode="after")
    def _writes_with_tokens(self) -> Api:
        if self.write and not self.tokens:
            raise make_error(InvalidValue, "api_write_without_role")
        return self


def mistake_in_api(api: Api | None, dashboard: Dashboard) -> Message:
    """Return what is wrong with the API beside the dashboard; nothing where both can be used."""
    if api is None:
        return EMPTY
    if dashboard.sign_in and not api.tokens:
        return Message.of("api_without_tokens")
    return Message.of("api_port_taken", port=api.port, next=api.port + 1) if api.port == dashboard.port else EMPTY
