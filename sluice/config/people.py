"""Define the keys of sluice.yaml about people: who has which role on which datasets."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import Field, model_validator

from sluice.config.api import Api
from sluice.config.dashboard import Dashboard
from sluice.config.model import Model
from sluice.domain import Grant, People, Role


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
            raise ValueError("name either a person or a group")
        return self

    def grant(self) -> Grant:
        """Return the role as a value of the domain."""
        return Grant(self.role, self.person or "", self.group or "", frozenset(self.datasets))


def people_of(dashboard: Dashboard, people: tuple[PersonConfig, ...], unmask: Role | None, api: Api | None) -> People:
    """Return who may do what."""
    return People(
        dashboard.sign_in, dashboard.passwords, tuple(entry.grant() for entry in people), unmask, tuple(entry.grant() for entry in (api.tokens if api else ()))
    )


def mistake_in(dashboard: Dashboard, people: tuple[PersonConfig, ...], datasets: Collection[str], unmask: Role | None, api: Api | None) -> str:
    """Return what is wrong with the roles; nothing where they can be used."""
    if unmask and not dashboard.sign_in and not (api and api.tokens):
        return (
            "unmask: nobody is known before they sign in, and personal columns stay masked; set dashboard.oidc, dashboard.proxy, dashboard.passwords "
            "or api.tokens"
        )
    for key, entries in (("people", people), ("api.tokens", api.tokens if api else ())):
        if unknown := sorted({name for entry in entries for name in entry.datasets} - set(datasets)):
            return f"{key}: no dataset is called {', '.join(unknown)}; known: {', '.join(datasets)}"
    if people and dashboard.passwords:
        return "people: with dashboard.passwords the password gives the role; remove people, or sign in by oidc or proxy"
    if people and not dashboard.sign_in:
        return "people: nobody is known before they sign in; set dashboard.oidc or dashboard.proxy"
    if dashboard.sign_in and not dashboard.passwords and not people:
        return "people: nobody who signs in has a role; write `people: [{person: ann@shop.example, role: admin}]`"
    return ""
