"""Answer what became of requests that people and programs filed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sluice.api.answers import Answer, MessageAnswer, Moment
from sluice.api.errors import invalid, not_there
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.parameters import DatasetName, Identifier, Parameters, Size
from sluice.app.facts import request_facts
from sluice.domain import Request, RequestKind
from sluice.rules.people import dataset_of

State = Literal["pending", "taken", "asked", "done", "refused"]


class RequestsQuery(Parameters):
    """Choose requests."""

    dataset: DatasetName | None = None
    state: State | None = None
    size: Size = 50
    before: Identifier | None = Field(None, description="`next` of the page before")


class OfRequest(Parameters):
    """Name a request."""

    request: Identifier


class RequestAnswer(Answer):
    """Describe a request; once it is done or refused, `answer` says what became of it."""

    request: str
    kind: RequestKind
    state: State
    answer: MessageAnswer | None
    dataset: str | None
    model: str | None
    by: str
    reason: str | None
    at: Moment
    rows: int = Field(description="number of rows, repairs or requests that it names")
    rule: str | None
    until: Moment | None


class RequestsAnswer(Answer):
    """List requests, the newest first; a page may have fewer items than `size`, and a next one all the same."""

    items: list[RequestAnswer]
    next: str | None = Field(description="`before` of the next page; null on the last one")


def _list_requests(call: Call, query: RequestsQuery) -> object:
    requests = call.app.store.requests
    dataset = require_dataset(call, query.dataset) if query.dataset else None
    before = requests.get(query.before) if query.before else None
    if query.before and (before is None or not call.sees(_dataset_of(call, before))):
        raise invalid([{"name": "before", "message": "is no request; take `next` of the page before"}])
    page = requests.page(query.size + 1, dataset=dataset, state=query.state, before=before, among=call.among)
    listed = page[: query.size]
    return {
        "items": [request_facts(request) for request in listed if call.sees(_dataset_of(call, request))],
        "next": listed[-1].id if len(page) > query.size else None,
    }


def _show_request(call: Call, parameters: OfRequest) -> object:
    return request_facts(require_request(call, parameters.request))


def require_request(call: Call, name: str) -> Request:
    """Return a request that the token may see.

    Raises:
        ApiError: There is none, or the token may not see it.
    """
    request = call.app.store.requests.get(name)
    if request is None or not call.sees(_dataset_of(call, request)):
        raise not_there(f"request {name}", "request", "listRequests")
    return request


def _dataset_of(call: Call, request: Request) -> str:
    return dataset_of(request, call.app.config.learns_from)


OPERATIONS = (
    Operation("listRequests", "GET", "/v1/requests", "List requests, the newest first.", RequestsQuery, RequestsAnswer, _list_requests),
    Operation("getRequest", "GET", "/v1/requests/{request}", "Say what became of one request.", OfRequest, RequestAnswer, _show_request),
)
