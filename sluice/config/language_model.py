"""Define the keys of sluice.yaml that say which language model may be asked, and how much."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator

from sluice.config.duration import Duration
from sluice.config.model import Model
from sluice.errors import InvalidValue
from sluice.messages import make_error

_VARIABLE = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
LONGEST_TIMEOUT = timedelta(hours=1)


class LanguageModel(Model):
    """Ask a language model where a person requests it: for repairs, contradictions, rules and explanations, which people decide on.

    No cell of a personal column is sent; other cells are, so that who serves the model reads them.
    """

    url: str = Field(description="address that speaks the chat completions of OpenAI, as Ollama and vLLM do: http://127.0.0.1:11434/v1")
    model: str = Field(min_length=1, max_length=200, description="name of the model there, such as qwen3:8b")
    key: _VARIABLE | None = Field(None, description="environment variable that holds a key, sent as `Authorization: Bearer`")
    calls: int = Field(200, ge=1, description="calls a day (UTC), repeated ones among them")
    tokens: int = Field(500_000, ge=1, description="tokens a day (UTC), of questions and answers together")
    timeout: Duration = Field(timedelta(seconds=60), description="how long a call may take")
    attempts: int = Field(3, ge=1, le=10, description="calls for one question, with growing pauses, where the server is busy or fails")
    rows: int = Field(10, ge=1, le=100, description="rows of a question at most")
    cell: int = Field(500, ge=20, le=20_000, description="letters of a cell that are sent at most")
    strict: bool = Field(default=True, description="send the JSON schema of the answer as `response_format`; `false` for servers that know none")

    @field_validator("url")
    @classmethod
    def _is_plain_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise make_error(InvalidValue, "lineage_no_http")
        if "@" in value or "?" in value:
            raise make_error(InvalidValue, "language_model_secret")
        return value.rstrip("/")

    @field_validator("timeout")
    @classmethod
    def _ends(cls, value: timedelta) -> timedelta:
        if not timedelta(0) < value <= LONGEST_TIMEOUT:
            raise make_error(InvalidValue, "language_model_timeout")
        return value
