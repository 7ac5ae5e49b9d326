"""Define the keys of sluice.yaml that say where OpenLineage events are sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from sluice.config.model import Model
from sluice.errors import InvalidValue
from sluice.messages import make_error

_VARIABLE = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]


class Lineage(Model):
    """Send an OpenLineage event for each run: what it read and published, what each rule found, and which columns were repaired."""

    url: str = Field(description="address of the receiver, such as Marquez: http://marquez.shop.example:5000")
    endpoint: str = Field("api/v1/lineage", description="path below it")
    namespace: str = Field("", description="namespace of the jobs; the name of the shop unless given")
    token: _VARIABLE | None = Field(None, description="environment variable that holds a token, sent as `Authorization: Bearer`")

    @field_validator("url")
    @classmethod
    def _is_plain_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise make_error(InvalidValue, "lineage_no_http")
        if "@" in value or "?" in value:
            raise make_error(InvalidValue, "lineage_secret")
        return value.rstrip("/")
