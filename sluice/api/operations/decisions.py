"""Take decisions on held rows as requests: filed here, carried out by a worker."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from sluice.api.answers import Answer
from sluice.api.errors import ApiError
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.operations.requests import State, require_request
from sluice.api.parameters import DatasetName, Identifier, Parameters, Text
from sluice.domain import Message, Request, RequestKind
from sluice.errors import InvalidValue
from sluice.messages import make_error, render
from sluice.rules.people import NEEDED, dataset_of
from sluice.rules.undo import UNDONE_BY, inverse_of
from sluice.store.ids import new_id

MAX_ROWS = 1000  # that one request may name
_VIA = " (API)"  # follows the name, which nobody has proved, in the log


class Signed(Parameters):
    """Say who decides, and why."""

    by: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", description="who decides, for the log")]
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="why, for the log")] = ""

    @field_validator("by")
    @classmethod
    def _names_somebody(cls, value: str) -> str:
        if not value.strip():
            raise make_error(InvalidValue, "names_nobody")
        return value.strip()


class RowsDecision(Signed):
    """Choose held rows."""

    dataset: DatasetName
    rows: Annotated[tuple[Identifier, ...], Field(max_length=MAX_ROWS, description="ids of held rows")] = ()
    rule: Text | None = Field(None, description="in place of rows: every row that is held for this rule alone")
    ask: bool = Field(default=False, description="whether a release waits for a person on the dashboard where its effect is large")

    @model_validator(mode="after")
    def _names_rows_or_rule(self) -> RowsDecision:
        if bool(self.rows) == (self.rule is not None):
            raise make_error(InvalidValue, "rows_or_rule")
        return self


class OfDecision(Signed):
    """Name a request that was carried out."""

    request: Identifier


class AcceptedAnswer(Answer):
    """Name the request that was filed; `href` says what becomes of it."""

    request: str
    kind: RequestKind
    state: State
    href: str


def _release(call: Call, decision: RowsDecision) -> object:
    return _decide(call, "release", decision)


def _reject(call: Call, decision: RowsDecision) -> object:
    return _decide(call, "reject", decision)


def _decide(call: Call, kind: Literal["release", "reject"], decision: RowsDecision) -> object:
    dataset, rows = require_dataset(call, decision.dataset), tuple(dict.fromkeys(decision.rows))
    return _file(call, decision, Request("", kind, dataset, "", decision.reason, call.app.now(), rows, decision.rule, ask=decision.ask and kind == "release"))


def _undo(call: Call, decision: OfDecision) -> object:
    decided = require_request(call, decision.request)
    call.require_role(NEEDED[UNDONE_BY.get(decided.kind, decided.kind)], dataset_of(decided, call.app.config.learns_from))
    inverse = inverse_of(decided)
    if isinstance(inverse, Message):
        raise ApiError(409, inverse.code, render(inverse))
    kind, names = inverse
    return _file(call, decision, Request("", kind, decided.dataset, "", decision.reason, call.app.now(), names, model=decided.model))


def _file(call: Call, signed: Signed, request: Request) -> object:
    by = f"{signed.by}{_VIA}"
    person = None if call.person is None else replace(call.person, name=by)
    filed = call.app.store.requests.submit(replace(request, id=new_id(), by=by, person=person))
    return {"request": filed.id, "kind": filed.kind, "state": filed.state, "href": f"/v1/requests/{filed.id}"}


OPERATIONS = (
    Operation(
        "releaseRows",
        "POST",
        "/v1/datasets/{dataset}/release",
        "Request that held rows are published, judged again without the rules that held them.",
        RowsDecision,
        AcceptedAnswer,
        _release,
        role="steward",
        status=202,
    ),
    Operation(
        "rejectRows", "POST", "/v1/datasets/{dataset}/reject", "Request that held rows are rejected.", RowsDecision, AcceptedAnswer, _reject, "steward", 202
    ),
    Operation("undoRequest", "POST", "/v1/requests/{request}/undo", "Request that a decision is undone.", OfDecision, AcceptedAnswer, _undo, "steward", 202),
)
