"""Define the keys of sluice.yaml about people: who has which role on which datasets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import Field, model_validator

from sluice.config.api import Api, TokenConfig
from sluice.config.dashboard import Dashboard, PasswordConfig
from sluice.config.model import Model
from sluice.domain import EMPTY, Grant, Message, People, Role
from sluice.errors import InvalidValue
from sluice.messages import make_error


class PersonConfig(Model):
    """Give a role to a person, or to a group of the identity provider."""

    person: str | None = Field(None, min_length=1, description="name of the person as the sign-in says it: ann@shop.example; `*` is everybody who signs in")
    group: str | None = Field(None, min_length=1, description="name of a group, in place of a person")
    role: Role = Field(
        description="viewer looks; steward also decides on held rows, repairs and incidents; author also writes tried rules, retrains, refits and rolls models "
        "back; admin also opens gates"
    )
    datasets: tuple[str, ...] = Field((), description="datasets that the role is about; all unless given")

    @model_validator(mode="after")
    def _names_one(self) -> PersonConfig:
        if (self.person is None) == (self.group is None):
            raise make_error(InvalidValue, "person_or_group")
        return self

    def grant(self) -> Grant:
        """Return the role as a value of the domain."""
        return Grant(self.role, self.person or "", self.group or "", frozenset(self.datasets))


def people_of(dashboard: Dashboard, people: tuple[PersonConfig, ...], unmask: Role | None, api: Api | None) -> People:
    """Return who may do what."""
    return People(
        dashboard.sign_in,
        bool(dashboard.passwords),
        tuple(entry.grant() for entry in people),
        unmask,
        tuple(entry.grant() for entry in (api.tokens if api else ())),
        tuple(entry.grant() for entry in dashboard.password_roles),
    )


def mistake_in(dashboard: Dashboard, people: tuple[PersonConfig, ...], datasets: Collection[str], unmask: Role | None, api: Api | None) -> Message:
    """Return what is wrong with the roles; nothing where they can be used."""
    if unmask and not dashboard.sign_in and not (api and api.tokens):
        return Message.of("unmask_without_sign_in")
    named: Mapping[str, Sequence[PersonConfig | TokenConfig | PasswordConfig]]
    named = {"people": people, "api.tokens": api.tokens if api else (), "dashboard.passwords": dashboard.password_roles}
    for key, entries in named.items():
        if unknown := sorted({name for entry in entries for name in entry.datasets} - set(datasets)):
            return Message.of("role_on_no_dataset", key=key, names=tuple(unknown), datasets=tuple(datasets))
    if people and dashboard.passwords:
        return Message.of("people_beside_passwords")
    if people and not dashboard.sign_in:
        return Message.of("people_without_sign_in")
    if dashboard.sign_in and not dashboard.passwords and not people:
        return Message.of("people_without_role")
    return EMPTY
