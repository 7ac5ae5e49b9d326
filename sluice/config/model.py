"""Define the base of every part of sluice.yaml."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sluice.errors import InvalidValue
from sluice.messages import make_error


def _without_capitals(name: str) -> str:
    if not name.isidentifier() or name != unicodedata.normalize("NFC", name.lower()):
        raise make_error(InvalidValue, "name_unfit", name=name)
    return name


Name = Annotated[
    str,
    AfterValidator(_without_capitals),
    Field(pattern=r"^[a-z\u00df-\uffff][a-z0-9_\u00df-\uffff]{0,62}$", description="lower-case letters, digits and underscores"),
]


Language = Literal["en", "zh"]


class Model(BaseModel):
    """Validate a part of sluice.yaml: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Model):
    """Name a rule, cleaner or detector with its settings: written `- name` or `- name: {setting: value}`."""

    name: str
    settings: Mapping[str, object] = Field(default_factory=dict)


def _step(value: object) -> object:
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, settings),) = value.items()
        return {"name": name, "settings": settings or {}}
    raise make_error(InvalidValue, "step_unfit")


StepConfig = Annotated[Step, BeforeValidator(_step)]
