"""Keep a record of each published run in the lake too, so that a database that is restored from an older backup learns of the runs since."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Row, Table

from sluice.domain.value_places import PLACES
from sluice.store.blobs import Blobs
from sluice.store.quarantine_changes import QuarantineChanges
from sluice.store.tables import PROFILES, QUARANTINE_STATUS, RUNS, UNDONE_REPAIRS, VALUE_SCORES, VERDICTS
from sluice.store.utc import Utc

FOLDER = "_runs"
_NEWEST = f"{FOLDER}/newest.json"
_UNRECORDED = f"{FOLDER}/unrecorded.json"
_TABLES: Mapping[str, Table] = {"run": RUNS, "verdicts": VERDICTS, "statuses": QUARANTINE_STATUS, "profiles": PROFILES, "value_scores": VALUE_SCORES}


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """Hold all records that a published run has in the database.

    Attributes:
        run: The columns of its record.
        verdicts: The columns of its verdicts.
        changes: What it changes in the records of held rows.
        profiles: The columns of the profiles of its columns.
        value_scores: The columns of its scores by value.
    """

    run: Mapping[str, Any]
    verdicts: Sequence[Mapping[str, Any]]
    changes: QuarantineChanges
    profiles: Sequence[Mapping[str, Any]] = ()
    value_scores: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(
        cls,
        row: Row[Any],
        verdicts: Sequence[Mapping[str, Any]],
        changes: QuarantineChanges,
        profiles: Sequence[Mapping[str, Any]] = (),
        value_scores: Sequence[Mapping[str, Any]] = (),
    ) -> Self:
        """Return the records of a run from its row in the database."""
        return cls(dict(row._mapping), verdicts, changes, profiles, value_scores)  # noqa: SLF001  # SQLAlchemy documents it: a tuple keeps its own names free

    def dumps(self) -> str:
        """Return the records as JSON."""
        facts = {
            "run": self.run,
            "verdicts": self.verdicts,
            "cleared": self.changes.cleared,
            "statuses": self.changes.statuses,
            "undone": self.changes.undone,
            "profiles": list(self.profiles),
            "value_scores": list(self.value_scores),
        }
        return json.dumps(facts, ensure_ascii=False, default=_to_json)

    @classmethod
    def loads(cls, text: str) -> Self:
        """Return the records of JSON text; columns that a table does not have are left out."""
        facts = json.loads(text)
        run = _columns(RUNS, facts["run"])
        statuses = [_columns(QUARANTINE_STATUS, status) for status in facts["statuses"]]
        undone = [_columns(UNDONE_REPAIRS, repair) for repair in facts["undone"]]
        verdicts = [_columns(VERDICTS, verdict) for verdict in facts["verdicts"]]
        profiles = [_columns(PROFILES, profile) for profile in facts.get("profiles", ())]  # earlier versions wrote none
        scores = [_columns(VALUE_SCORES, one) for one in facts.get("value_scores", ())]
        return cls(run, verdicts, QuarantineChanges(run["dataset"], facts["cleared"], statuses, undone), profiles, scores)


def change_values(text: str, change: Callable[[object], object]) -> str:
    """Return the JSON of a run's records with a function applied to each column whose values an erasure replaces; names and ids stay as they are.

    Args:
        text: What `PublishedRun.dumps` returned.
        change: Returns what stands in place of a column's value.
    """
    facts = json.loads(text)
    for key, table in _TABLES.items():
        for row in [facts[key]] if key == "run" else facts.get(key, ()):
            row.update({name: change(row[name]) for name in _columns_with_values(table) if name in row})
    return json.dumps(facts, ensure_ascii=False)


def _columns_with_values(table: Table) -> list[str]:
    return [name for place in PLACES if place.eraser == "replace" for name in place.columns.get(table.name, ())]


class LakeRecords:
    """Write and read the records of published runs in the lake."""

    def __init__(self, blobs: Blobs) -> None:
        """Keep where files of the lake are written."""
        self._blobs = blobs

    def put(self, published: PublishedRun) -> None:
        """Write the records of a run, then that it is the newest."""
        self._blobs.put(_name(published.run), published.dumps().encode())
        self._put_newest(published.run["seq"])

    def renumber(self, published: PublishedRun, former: PublishedRun) -> None:
        """Write the records of a run that got other numbers in place of those that it had."""
        self.put(published)
        if _name(former.run) != _name(published.run):
            self._blobs.delete(_name(former.run))

    def mark(self, unrecorded: Mapping[str, int], newest: int) -> None:
        """Write that the runs of some datasets up to a snapshot may have no records here, and which snapshot is the newest.

        Args:
            unrecorded: By dataset the number of the newest such snapshot.
            newest: Number of the newest snapshot of all.
        """
        self._blobs.put(_UNRECORDED, json.dumps(dict(unrecorded), ensure_ascii=False).encode())
        self._put_newest(newest)

    def unrecorded(self) -> Mapping[str, int]:
        """Return by dataset up to which snapshot its runs may have no records here; see `mark`."""
        return {} if self._blobs.size(_UNRECORDED) is None else json.loads(self._blobs.get(_UNRECORDED))

    def numbers(self) -> Mapping[int, str]:
        """Return the files with the records of runs, by the number of the run."""
        names = (name for name in self._blobs.names(FOLDER) if name not in (_NEWEST, _UNRECORDED) and not name.rpartition("/")[2].startswith("."))
        return {int(name.rpartition("/")[2].removesuffix(".json")): name for name in names}

    def drop(self, names: Sequence[str], unrecorded: Mapping[str, int]) -> None:
        """Delete records of runs, after it is written of each dataset up to which snapshot there may be none any more."""
        before = self.unrecorded()
        latest = {dataset: max(snapshot, before.get(dataset, 0)) for dataset, snapshot in unrecorded.items()}
        self._blobs.put(_UNRECORDED, json.dumps({**before, **latest}, ensure_ascii=False).encode())
        for name in names:
            self._blobs.delete(name)

    def _put_newest(self, snapshot: int) -> None:
        self._blobs.put(_NEWEST, json.dumps({"snapshot": snapshot}).encode())

    def newest(self) -> int:
        """Return the number of the newest run's snapshot; 0 where no run is recorded."""
        if self._blobs.size(_NEWEST) is None:
            return 0
        return int(json.loads(self._blobs.get(_NEWEST))["snapshot"])

    def all(self) -> list[PublishedRun]:
        """Return the records of all runs, in the order in which they were published."""
        published = (PublishedRun.loads(self._blobs.get(name).decode()) for name in self.numbers().values())
        return sorted(published, key=lambda published: published.run["seq"])


def _name(run: Mapping[str, Any]) -> str:
    return f"{FOLDER}/{run['dataset']}/{run['number']:08}.json"


def _columns(table: Table, facts: Mapping[str, Any]) -> dict[str, Any]:
    moments = {column.name for column in table.c if isinstance(column.type, Utc)}
    return {name: datetime.fromisoformat(value) if name in moments and value else value for name, value in facts.items() if name in table.c}


def _to_json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else dict(value)  # type: ignore[call-overload]  # the mappings in the records
