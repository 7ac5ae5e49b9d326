"""Who looks on while a model learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Watch: TypeAlias = Callable[[str, float, int], None]  # told of a name such as `towers/loss`, its value, and the step


def unwatched(_name: str, _value: float, _step: int) -> None:
    """Nobody looks on."""
