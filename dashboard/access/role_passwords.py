"""Read the password of each role from the environment, and find the role that a password opens."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import TypeVar

from sluice.domain import EMPTY, ROLES, Message, Role

N = TypeVar("N", bound=str)
MIN_LENGTH = 12  # characters of a password


def variable_of(role: Role) -> str:
    """Return the environment variable of a role's password."""
    return f"SLUICE_PASSWORD_{role.upper()}"


def passwords_of(environment: Mapping[str, str]) -> Mapping[Role, str]:
    """Return the passwords of the roles that have one."""
    return {role: environment[variable_of(role)] for role in ROLES if environment.get(variable_of(role))}


def mistake_in(passwords: Mapping[Role, str]) -> Message:
    """Return what is wrong with passwords; nothing where they can be used. No password is named."""
    if not passwords:
        return Message.of("no_password_set", variables=tuple(map(variable_of, ROLES)), letters=MIN_LENGTH)
    short = [variable_of(role) for role, password in passwords.items() if len(password) < MIN_LENGTH]
    if short:
        return Message.of("password_short", variables=tuple(short), letters=MIN_LENGTH)
    if len(set(passwords.values())) < len(passwords):
        return Message.of("password_shared")
    return EMPTY


def owner_of_secret(secret: str, secrets: Mapping[N, str]) -> N | None:
    """Return the name whose secret it is, such as the role of a password, comparing all of them in the same time; None where it is wrong."""
    digest, owner = _digest(secret), None
    for name, right in secrets.items():
        if hmac.compare_digest(digest, _digest(right)):
            owner = name
    return owner


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.encode()).digest()
