"""Keep what a language model proposes, and what people decided on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from sluice.domain import Message, ModelProposal
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.store.activity_log import log_act
from sluice.store.database import Database
from sluice.store.model_answers import storable
from sluice.store.tables import MODEL_PROPOSALS, REQUESTS

_COLUMNS = MODEL_PROPOSALS.c


class ModelProposals:
    """Add, list, refuse and accept them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates refusals."""
        self._database, self._clock = database, clock

    def add(self, proposals: Sequence[ModelProposal]) -> int:
        """Add what was not proposed before, and return its number: what somebody refused is not proposed again."""
        with self._database.write() as connection:
            number = connection.execute(select(func.coalesce(func.max(_COLUMNS.number), 0))).scalar_one()
            subjects = {_subject(row) for row in connection.execute(select(MODEL_PROPOSALS))}
            new = [one for one in proposals if _subject(one) not in subjects]
            for place, one in enumerate(new, number + 1):
                connection.execute(insert(MODEL_PROPOSALS).values({"number": place, **_values(one)}))
        return len(new)

    def of(self, dataset: str) -> Sequence[ModelProposal]:
        """Return what was proposed for a dataset, in order; decided ones are among them, and those whose request was refused are open again."""
        refused = select(REQUESTS.c.id).where(REQUESTS.c.dataset == dataset, REQUESTS.c.state == "refused")
        query = select(MODEL_PROPOSALS, _COLUMNS.request.in_(refused).label("again")).where(_COLUMNS.dataset == dataset).order_by(_COLUMNS.number)
        with self._database.read() as connection:
            return [_to_proposal(row, "" if row.again else row.request) for row in connection.execute(query)]

    def named(self, dataset: str, ids: Sequence[str]) -> Sequence[ModelProposal]:
        """Return some proposals for a dataset, which nobody has decided on.

        Raises:
            UsageError: One is not there, or somebody has decided on it.
        """
        by_id = {one.id: one for one in self.of(dataset)}
        for name in ids:
            if name not in by_id:
                raise make_error(UsageError, "proposal_unknown", proposal=name, dataset=dataset)
            if not by_id[name].is_open:
                raise make_error(UsageError, "proposal_decided", proposal=name)
        return [by_id[name] for name in dict.fromkeys(ids)]

    def refuse(self, proposal: ModelProposal, *, by: str) -> None:
        """Remember that somebody refuses a proposal, also when it is made again.

        Raises:
            UsageError: Nobody is named.
        """
        if not by.strip():
            raise make_error(UsageError, "decision_without_name")
        subject = Message.of("about_proposal", dataset=proposal.dataset, proposal=proposal.id)
        with self._database.write() as connection:
            connection.execute(update(MODEL_PROPOSALS).where(_COLUMNS.id == proposal.id, _COLUMNS.request == "").values(refused_by=by.strip()))
            log_act(connection, at=self._clock(), who=by.strip(), what="refuse", subject=subject, reason=Message.text(""))

    def accept(self, proposals: Sequence[ModelProposal], request: str) -> None:
        """Remember which request carries proposals out."""
        with self._database.write() as connection:
            connection.execute(update(MODEL_PROPOSALS).where(_COLUMNS.id.in_([one.id for one in proposals])).values(request=request))


def _subject(one: Row[Any] | ModelProposal) -> tuple[object, ...]:
    row = one.row if isinstance(one, ModelProposal) else one.row_id
    return one.dataset, one.kind, row, one.column, one.value, one.text


def _values(one: ModelProposal) -> dict[str, object]:
    texts = {"value": one.value and storable(one.value), "text": one.text and storable(one.text), "why": storable(one.why), "note": one.note.dumps()}
    plain = ("id", "dataset", "kind", "column", "check", "model", "version", "at", "refused_by", "request")
    return {**{name: getattr(one, name) for name in plain}, **texts, "row_id": one.row}


def _to_proposal(row: Row[Any], request: str) -> ModelProposal:
    subject = (row.id, row.dataset, row.kind, row.row_id, row.column, row.value, row.text)
    return ModelProposal(*subject, row.why, row.check, Message.loads(row.note), row.model, row.version, row.at, row.refused_by, request)
