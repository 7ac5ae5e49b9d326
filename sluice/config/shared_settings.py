"""Check the settings that every expectation takes: severity, on_fail, dimension, description, mostly, row_condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from sluice.config.mistakes import describe_mistake
from sluice.domain import Dimension, Message, OnFail, Severity


@dataclass(frozen=True)
class SharedSettings:
    """Hold the settings that every expectation takes."""

    severity: Severity | None = None
    on_fail: OnFail | None = None
    dimension: Dimension | None = None
    description: str = ""
    mostly: float = 1.0
    row_condition: Any = None

    __pydantic_config__ = ConfigDict(extra="forbid")


SHARED = TypeAdapter(SharedSettings)


def shared_misfits(settings: Mapping[str, object]) -> Iterator[tuple[str, Message]]:
    """Yield each shared setting whose value does not fit, with the reason; settings of single expectations are passed over.

    Example:
        >>> from sluice.messages import render
        >>> [(name, render(reason)) for name, reason in shared_misfits({"severity": "fatal", "column": "price"})]
        [('severity', "must be 'critical', 'warning' or 'info'")]
    """
    shared = {key: value for key, value in settings.items() if key in SharedSettings.__dataclass_fields__}
    try:
        SHARED.validate_python(shared)
    except ValidationError as error:
        yield from ((str(item["loc"][0]), describe_mistake(item)) for item in error.errors())
