"""Name who signs in, and the roles that the configuration gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Role: TypeAlias = Literal["viewer", "steward", "author", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Roles, the least first; each may do what those before it may."""


@dataclass(frozen=True, slots=True)
class Person:
    """Represent who signed in.

    Attributes:
        name: E-mail address or other name, as the identity provider or the proxy says it; typed by the person where passwords are used.
        groups: Groups of the person, as the identity provider or the proxy says them.
        role: Role of the password, as earlier versions recorded it; None otherwise.
        token: Whether a program came with a token of the HTTP API; the name is then what it says.
        variable: Environment variable of the token or password, by which the configuration gives its roles. Earlier versions recorded the role alone.
    """

    name: str
    groups: tuple[str, ...] = ()
    role: Role | None = None
    token: bool = False
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Give a role to a person, to a group or to a token.

    Attributes:
        person: Name of the person, or environment variable of the token or password; `*` is everybody who signs in; empty with a group.
        group: Name of the group; empty with a person.
        datasets: Datasets that the role is about; empty means all.
    """

    role: Role
    person: str = ""
    group: str = ""
    datasets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class People:
    """Hold who may do what.

    Attributes:
        sign_in: Whether people sign in; otherwise everybody who reaches the dashboard may do everything.
        passwords: Whether the role is that of a password.
        grants: Roles of people and groups.
        unmask: The least role that sees personal columns as they are; None: nobody does.
        tokens: Roles of the tokens of the HTTP API.
        password_grants: Roles of the passwords, by the environment variable of each.
    """

    sign_in: bool = False
    passwords: bool = False
    grants: tuple[Grant, ...] = ()
    unmask: Role | None = None
    tokens: tuple[Grant, ...] = ()
    password_grants: tuple[Grant, ...] = ()
