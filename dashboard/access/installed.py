"""Remember how this process guards the pages: they are drawn only behind a guard that fits the configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guarding:
    """Say what stands before the pages.

    Attributes:
        sign_in: Whether people sign in.
        key: Key of the cookies of passwords.
    """

    sign_in: bool
    key: bytes = b""


_CURRENT: list[Guarding] = []


def install(guarding: Guarding) -> None:
    """Record what stands before the pages of this process."""
    _CURRENT[:] = [guarding]


def installed() -> Guarding | None:
    """Return what stands before the pages; None where Streamlit was started without the server of this package."""
    return _CURRENT[0] if _CURRENT else None
