"""Keep the rules that accepted batches suggest, and which of them people refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from sluice.domain import Message, RuleEdit, RuleSuggestion
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.store.activity_log import log_act
from sluice.store.database import Database
from sluice.store.records import get_record, save_record, update_record
from sluice.store.tables import SUGGESTIONS


class Suggestions:
    """Save, list and refuse suggestions."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates refusals."""
        self._database, self._clock = database, clock

    def save(self, dataset: str, suggestions: Sequence[RuleSuggestion]) -> None:
        """Replace the suggestions for a dataset; those that were refused stay refused."""
        with self._database.write() as connection:
            connection.execute(delete(SUGGESTIONS).where(SUGGESTIONS.c.dataset == dataset, SUGGESTIONS.c.refused_by == ""))
            for number, entry in enumerate(suggestions):
                values = {"position": number, "edit": asdict(entry.edit), "reason": entry.reason.dumps(), "evidence": entry.evidence.dumps()}
                save_record(connection, SUGGESTIONS, dataset, entry.kind, entry.rule, **values, at=entry.at)

    def of(self, dataset: str) -> Sequence[RuleSuggestion]:
        """Return the suggestions for a dataset, in their order; refused ones are among them."""
        query = select(SUGGESTIONS).where(SUGGESTIONS.c.dataset == dataset).order_by(SUGGESTIONS.c.position)
        with self._database.read() as connection:
            return [_to_suggestion(row) for row in connection.execute(query)]

    def refused(self, dataset: str) -> frozenset[tuple[str, str]]:
        """Return kind and rule of the suggestions for a dataset that were refused."""
        return frozenset((entry.kind, entry.rule) for entry in self.of(dataset) if entry.refused_by)

    def refuse(self, suggestion: RuleSuggestion, *, by: str) -> None:
        """Remember that somebody refuses a suggestion, also when it is made again.

        Raises:
            UsageError: Nobody is named.
        """
        self._decide(suggestion, "refuse", by, refused_by=by.strip())

    def reconsider(self, suggestion: RuleSuggestion, *, by: str) -> None:
        """Take a refusal back.

        Raises:
            UsageError: Nobody is named.
        """
        self._decide(suggestion, "reconsider", by, refused_by="")

    def _decide(self, suggestion: RuleSuggestion, what: str, by: str, **values: str) -> None:
        if not by.strip():
            raise make_error(UsageError, "decision_without_name")
        dataset = suggestion.edit.dataset
        subject = Message.of("about_suite", dataset=dataset, rule=suggestion.rule)
        with self._database.write() as connection:
            if get_record(connection, SUGGESTIONS, dataset, suggestion.kind, suggestion.rule, for_update=True) is None:
                return
            update_record(connection, SUGGESTIONS, dataset, suggestion.kind, suggestion.rule, **values)
            log_act(connection, at=self._clock(), who=by.strip(), what=what, subject=subject, reason=suggestion.reason)


def _to_suggestion(row: Row[Any]) -> RuleSuggestion:
    return RuleSuggestion(row.kind, row.rule, RuleEdit(**row.edit), Message.loads(row.reason), Message.loads(row.evidence), row.at, row.refused_by)
