"""Templates of sentences."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plural:
    """Represent a sentence that depends on a number.

    Attributes:
        by: The parameter that is the number.
        one: The sentence where it is 1.
        many: The sentence otherwise.
    """

    by: str
    one: str
    many: str


Template: TypeAlias = str | Plural


def fields_of(template: str) -> frozenset[str]:
    """Return the names of the parameters that a sentence has places for."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)
