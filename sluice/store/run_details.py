"""Insert what belongs to the record of a run: verdicts, profiles of columns, scores by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert

from sluice.store.run_record import RunRecord
from sluice.store.tables import PROFILES, VALUE_SCORES, VERDICTS


@dataclass(frozen=True, slots=True)
class RunDetails:
    """Hold the columns of each record that belongs to a run."""

    verdicts: Sequence[Mapping[str, Any]]
    profiles: Sequence[Mapping[str, Any]]
    value_scores: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, run: str, record: RunRecord) -> RunDetails:
        """Return what a record says of a run."""
        verdicts = [
            {"run_id": run, "phase": phase, "position": position, **facts} for phase, judged in record.verdicts.items() for position, facts in enumerate(judged)
        ]
        profiles = [{"run_id": run, "position": position, **profile} for position, profile in enumerate(record.profile)]
        return cls(verdicts, profiles, [{"run_id": run, "position": position, **one} for position, one in enumerate(record.value_scores)])

    def insert(self, connection: Connection) -> None:
        """Insert the records."""
        for table, facts in ((VERDICTS, self.verdicts), (PROFILES, self.profiles), (VALUE_SCORES, self.value_scores)):
            if facts:
                connection.execute(insert(table), list(facts))
