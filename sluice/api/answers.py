"""Define what answers of the HTTP API have in common: for the OpenAPI document, and for tests that compare each answer with it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Answer(BaseModel):
    """Describe an answer, or a part of one: it has these fields and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MessageAnswer(Answer):
    """Say why something happened: for programs by its code and parameters, for people as a sentence."""

    code: str
    params: dict[str, Any] = Field(description="values of the sentence; a message again, or a list, where one is within it")
    text: str


class FieldMistake(Answer):
    """Name a parameter that is wrong."""

    name: str
    message: str


class ErrorFacts(Answer):
    """Say what is wrong with a request, and what to do."""

    code: str
    message: str
    fields: list[FieldMistake] = Field(default=[], description="parameters that are wrong")


class ErrorAnswer(Answer):
    """Refuse a request."""

    error: ErrorFacts
