"""Check the settings of a step (a cleaner, a detector, a judge) against the fields of the class that takes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from sluice.config.load import did_you_mean
from sluice.config.mistakes import describe_mistake
from sluice.domain import Message
from sluice.messages import error_message, render

T = TypeVar("T")


class SettingsError(ValueError):
    """Report settings that do not fit; `problems` pairs each setting's name (empty: the step itself) with what is wrong."""

    def __init__(self, problems: list[tuple[str, Message]]) -> None:
        """Store the problems."""
        self.problems = problems
        self.reason = Message.join(Message.of("setting_problem", name=name, problem=what) if name else what for name, what in problems)
        super().__init__(render(self.reason))


def build(cls: type[T], settings: Mapping[str, object], **fixed: object) -> T:
    """Build a dataclass from configured settings, each checked and cast by its field's type (`15m` where it is a Duration).

    Args:
        cls: A dataclass.
        settings: Settings of the configuration.
        fixed: Fields that the program fills in, such as the dataset's schema; no setting may name them.

    Raises:
        SettingsError: A setting is unknown, missing or of the wrong type.
    """
    hints = get_type_hints(cls, include_extras=True)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init and field.name not in fixed}  # type: ignore[arg-type]  # a dataclass by contract
    problems = [(name, Message.of("setting_unknown", hint=did_you_mean(name, list(fields)))) for name in settings if name not in fields]
    values: dict[str, object] = {}
    for name, field in fields.items():
        if name in settings:
            try:
                values[name] = TypeAdapter(hints[name]).validate_python(settings[name])
            except ValidationError as error:
                problems += [(name, describe_mistake(mistake)) for mistake in error.errors()]
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            problems.append(("", Message.of("setting_missing", name=name)))
    if problems:
        raise SettingsError(problems)
    try:
        return cls(**fixed, **values)
    except ValueError as error:
        raise SettingsError([("", error_message(error))]) from None
