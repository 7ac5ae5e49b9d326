"""Define an operation of the HTTP API: one row of the table from which routes and the OpenAPI document are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from sluice.api.errors import ApiError, not_there
from sluice.api.parameters import Parameters
from sluice.api.shop import Shop
from sluice.app import App
from sluice.domain import Person, Role
from sluice.messages import render
from sluice.rules.people import datasets_of, has_role, lacks

P = TypeVar("P", bound=Parameters)
_IN_PATH = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Call:
    """Hold what every operation needs.

    Attributes:
        shop: The shop.
        person: Who comes with a token; None where nobody needs one.
        record: Count queries that nothing answers.
        masked: Mask personal columns, whoever asks.
    """

    shop: Shop
    person: Person | None
    record: bool = True
    masked: bool = False

    @property
    def app(self) -> App:
        """Return the application."""
        return self.shop.app

    @property
    def among(self) -> tuple[str, ...] | None:
        """Return the datasets that the token may see; None where it may see all of the shop."""
        roles = self.app.config.roles
        return None if has_role(roles, self.person, "viewer", "") else datasets_of(roles, self.person, self.app.config.datasets)

    def sees(self, dataset: str) -> bool:
        """Return whether the token may see what is about a dataset; what is about none, or one that is configured no longer, needs a role on all."""
        return has_role(self.app.config.roles, self.person, "viewer", dataset)

    def require_role(self, needed: Role, *datasets: str) -> None:
        """Pass only where the token has a role, or a greater one.

        Args:
            needed: The role.
            datasets: Datasets on each of which it is needed; on any of the shop unless given.

        Raises:
            ApiError: It has not.
        """
        roles = self.app.config.roles
        if not datasets and datasets_of(roles, self.person, ("", *self.app.config.datasets), needed):
            return
        for dataset in datasets or ("",):
            if refused := lacks(roles, self.person, needed, dataset):
                raise ApiError(403, refused.code, render(refused))


def _prepare_nothing(_: Call) -> None:
    """Load nothing."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[P]):
    """Describe one operation.

    Attributes:
        name: Its `operationId`.
        method: Method of HTTP.
        path: Path with the names of its parameters in braces.
        summary: What it does.
        parameters: Parameters of path and query, or of path and body.
        answer: Model of the answer, for the OpenAPI document and the tests; None where it is text.
        handle: Computes the answer, in a thread.
        role: The least role that may use it.
        status: Status of HTTP when it succeeds.
        media: Media type of the answer.
        shared: Seconds for which an answer is given to all who ask the same with the same role; 0: each is computed.
        prepare: Loads what takes long, before what changes something opens a transaction.
        takes: Media types of a body that is a file; none: its body is a JSON object with the parameters.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    parameters: type[P]
    answer: type[BaseModel] | None
    handle: Callable[[Call, P], object]
    role: Role = "viewer"
    status: int = 200
    media: str = "application/json"
    shared: float = 0.0
    prepare: Callable[[Call], object] = _prepare_nothing
    takes: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Return True where it changes something."""
        return self.method == "POST"

    @property
    def in_path(self) -> tuple[str, ...]:
        """Return the names of the parameters in the path."""
        return tuple(_IN_PATH.findall(self.path))


def require_dataset(call: Call, dataset: str) -> str:
    """Return the name of a configured dataset that the token may see.

    Raises:
        ApiError: No dataset has that name, or the token may not see it.
    """
    if dataset in call.app.config.datasets and call.sees(dataset):
        return dataset
    raise not_there(f"dataset {dataset}", "dataset", "listDatasets")
