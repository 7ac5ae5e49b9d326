"""Define an operation of the HTTP API: one row of the table from which routes and the OpenAPI document are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from sluice.api.errors import not_there
from sluice.api.parameters import Parameters
from sluice.api.shop import Shop
from sluice.app import App
from sluice.domain import Person, Role
from sluice.errors import UsageError

P = TypeVar("P", bound=Parameters)
_IN_PATH = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Call:
    """Hold what every operation needs.

    Attributes:
        shop: The shop.
        person: Who comes with a token; None where nobody needs one.
        record: Count queries that nothing answers.
    """

    shop: Shop
    person: Person | None
    record: bool = True

    @property
    def app(self) -> App:
        """Return the application."""
        return self.shop.app


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

    @property
    def writes(self) -> bool:
        """Return True where it changes something."""
        return self.method == "POST"

    @property
    def in_path(self) -> tuple[str, ...]:
        """Return the names of the parameters in the path."""
        return tuple(_IN_PATH.findall(self.path))


def require_dataset(app: App, dataset: str) -> str:
    """Return the name of a configured dataset.

    Raises:
        ApiError: No dataset has that name.
    """
    try:
        return app.require_dataset(dataset)
    except UsageError:
        raise not_there(f"dataset {dataset}; /v1/datasets lists them") from None
