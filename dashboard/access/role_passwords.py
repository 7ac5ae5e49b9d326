"""Read the passwords from the environment, and find the one that somebody typed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import TypeVar

from sluice.config.dashboard import Dashboard
from sluice.domain import EMPTY, Message

N = TypeVar("N", bound=str)
MIN_LENGTH = 12  # characters of a password


def passwords_of(where: Dashboard, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the passwords that are set, by the variables that hold them."""
    names = dict.fromkeys(entry.variable for entry in where.password_roles)
    return {name: environment[name] for name in names if environment.get(name)}


def mistake_in(where: Dashboard, environment: Mapping[str, str]) -> Message:
    """Return what is wrong with the passwords; nothing where they can be used. No password is named."""
    passwords, names = passwords_of(where, environment), tuple(dict.fromkeys(entry.variable for entry in where.password_roles))
    unset = tuple(name for name in names if name not in passwords)
    if not passwords:
        return Message.of("no_password_set", variables=names, letters=MIN_LENGTH)
    if unset and where.passwords is not True:  # each that is listed is meant to open something
        return Message.of("password_unset", variables=unset, letters=MIN_LENGTH)
    short = [name for name, password in passwords.items() if len(password) < MIN_LENGTH]
    if short:
        return Message.of("password_short", variables=tuple(short), letters=MIN_LENGTH)
    return Message.of("password_shared") if len(set(passwords.values())) < len(passwords) else EMPTY


def owner_of_secret(secret: str, secrets: Mapping[N, str]) -> N | None:
    """Return the name whose secret it is, such as the variable of a password, comparing all of them in the same time; None where it is wrong."""
    digest, owner = _digest(secret), None
    for name, right in secrets.items():
        if hmac.compare_digest(digest, _digest(right)):
            owner = name
    return owner


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.encode()).digest()
