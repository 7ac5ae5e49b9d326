"""PyOD detectors that are refused by name, so that whoever asks for them learns why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sluice.domain import Schema

_WHY = "{} scores a row by its rank among the batch that it comes in, so its verdicts cannot be repeated; use hbos or isolation_forest"
UNSUPPORTED: Mapping[str, str] = {"ecod": _WHY.format("ECOD"), "copod": _WHY.format("COPOD")}


@dataclass(frozen=True)
class UnsupportedDetector:
    """Not offered: its scores of a row change with the other rows of the batch, so no verdict could be repeated.

    Attributes:
        schema: The dataset (filled in by the program).
    """

    schema: Schema

    title: ClassVar[str]

    def __post_init__(self) -> None:
        """Refuse.

        Raises:
            ValueError: Always.
        """
        raise ValueError(UNSUPPORTED[self.title])


@dataclass(frozen=True)
class Ecod(UnsupportedDetector):
    """Refuse PyOD's ECOD, whose score of a row depends on the other rows of its batch.

    Example:
        >>> from sluice.domain import Schema
        >>> Ecod(Schema("orders"))
        Traceback (most recent call last):
        ...
        ValueError: ...
    """

    title: ClassVar[str] = "ecod"


@dataclass(frozen=True)
class Copod(UnsupportedDetector):
    """Refuse PyOD's COPOD, whose score of a row depends on the other rows of its batch.

    Example:
        >>> from sluice.domain import Schema
        >>> Copod(Schema("orders"))
        Traceback (most recent call last):
        ...
        ValueError: ...
    """

    title: ClassVar[str] = "copod"
