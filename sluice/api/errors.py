"""Define what the HTTP API refuses, and turn every exception into an answer without secrets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sluice.domain import Message
from sluice.errors import MigrationNeeded, MissingExtra, SluiceError, StoreError, UsageError
from sluice.messages import error_message, render
from sluice.messages.paths import without_folder

_LOG = logging.getLogger(__name__)
_OF_POSTED: Mapping[str, int] = {
    "posted_no_place": 409,
    "posted_unfit_source": 409,
    "posted_other_form": 415,
    "posted_unreadable": 422,
    "posted_lacks_columns": 422,
    "posted_no_rows": 422,
}
_STATUS: Mapping[str, int] = {"event_id_used": 409, "event_of_future": 422, "event_too_old": 422, "idempotency_key_used": 422, **_OF_POSTED}

_NAMELESS = '""'  # a parameter whose name is empty


class ApiError(Exception):
    """Refuse a request."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        fields: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        parameter: str = "",
        look: tuple[str, str] | None = None,
    ) -> None:
        """Store what the answer says.

        Args:
            status: Status of HTTP.
            code: Names the kind of error, for programs.
            message: Says what is wrong and what to do.
            fields: Parameters that are wrong, each with `name` and `message`.
            headers: Headers of the answer.
            parameter: The parameter that names what is not there.
            look: The operation that helps, and how: `("listRuns", "lists them")`.
        """
        super().__init__(message)
        self.parameter, self._look = parameter, look
        self.status, self.code, self.message, self.fields, self.headers = status, code, message, fields, headers or {}

    def sentence(self, name_of: Callable[[str], str]) -> str:
        """Return what is wrong and what to do.

        Args:
            name_of: Returns how the caller calls an operation, such as by its path.
        """
        return self.message if self._look is None else f"{self.message}; {name_of(self._look[0])} {self._look[1]}"

    def body(self, name_of: Callable[[str], str] = str) -> Mapping[str, object]:
        """Return the body of the answer; the argument is that of `sentence`."""
        return {"error": {"code": self.code, "message": self.sentence(name_of), **({"fields": list(self.fields)} if self.fields else {})}}


def not_there(what: str, parameter: str, lists: str = "", *, how: str = "lists them") -> ApiError:
    """Return the refusal of something that does not exist.

    Args:
        what: Its kind and name.
        parameter: The parameter that names it.
        lists: The operation that lists what exists.
        how: What that operation does.
    """
    return ApiError(404, "not_found", f"there is no {what}", parameter=parameter, look=(lists, how) if lists else None)


def invalid(fields: Sequence[Mapping[str, str]]) -> ApiError:
    """Return the refusal of parameters that do not fit; each is named with what is wrong.

    Args:
        fields: The parameters, each with `name` and `message`; what is wrong with several together has a `message` alone.

    Example:
        >>> invalid([{"name": "k", "message": "is missing"}, {"message": "name rows, or a rule"}]).message
        'k: is missing; name rows, or a rule'
    """
    named = "; ".join(f"{field['name'] or _NAMELESS}: {field['message']}" if "name" in field else field["message"] for field in fields)
    return ApiError(400, "invalid_parameter", named, fields=[field for field in fields if "name" in field])


def refusal_of(error: BaseException, folder: Path) -> ApiError:
    """Return the answer to an exception; what is not the caller's doing is logged, and told without addresses and paths.

    Args:
        error: What was raised.
        folder: Folder of the shop, which no message names.
    """
    if isinstance(error, ApiError):
        return error
    if isinstance(error, MissingExtra):
        return ApiError(501, "not_installed", str(error))
    if isinstance(error, UsageError):
        return _refusal_of_usage(without_folder(error_message(error), folder))
    if isinstance(error, StoreError):
        _LOG.warning("the HTTP API cannot reach the store: %s", error)
        text = "the database needs `sluice db upgrade`" if isinstance(error, MigrationNeeded) else "the database or the lake does not answer; try again"
        return ApiError(503, "store_unavailable", text, headers={"retry-after": "5"})
    if isinstance(error, SluiceError):
        _LOG.warning("the HTTP API cannot answer: %s", error)
        return ApiError(503, "unavailable", "this cannot be answered now; the log of the service says why", headers={"retry-after": "30"})
    _LOG.error("the HTTP API failed", exc_info=error)
    return ApiError(500, "internal", "this is an error of Sluice; the log of the service has its trace")


def _refusal_of_usage(message: Message) -> ApiError:
    status = 403 if message.code.startswith("role_needed") else _STATUS.get(message.code, 400)
    return ApiError(status, message.code if message.code != "text" else "invalid_request", render(message))
