"""Define the setting `key` of a dataset: names of columns, or names with what a blank part means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from sluice.config.model import Model


class Key(Model):
    """Name the columns that name a row."""

    columns: tuple[str, ...] = Field((), description="the columns")
    blank: Literal["held", "allowed"] = Field(
        "held", description="a row in which a part of the key is blank: held; allowed: a blank is a value like others, unless all parts are blank"
    )

    def __bool__(self) -> bool:
        """Return True where there are columns."""
        return bool(self.columns)


def _columns(value: object) -> object:
    return {"columns": value} if isinstance(value, list | tuple) else value


def _short(key: Key) -> object:
    """Return names alone where blank parts are held, so that fingerprints of earlier versions stay."""
    return list(key.columns) if key.blank == "held" else {"columns": list(key.columns), "blank": key.blank}


KeySetting = Annotated[Key, BeforeValidator(_columns, json_schema_input_type=Key | tuple[str, ...]), PlainSerializer(_short)]
