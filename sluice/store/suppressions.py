"""Keep the records of people whose data were erased: keyed digests, and while an erasure runs what it searches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from sluice.domain import SuppressedIdentifier, Suppression
from sluice.store.database import Database
from sluice.store.quarantine_changes import forgotten_rows
from sluice.store.suppression_file import SuppressionFile, is_listed, restored
from sluice.store.tables import SUPPRESSIONS

_FACTS = [column for column in SUPPRESSIONS.c if column.name != "plan"]  # which may be encrypted under a key that is lost


class Suppressions:
    """Record and read whose data were erased."""

    def __init__(self, database: Database, file: SuppressionFile) -> None:
        """Keep the database, and the list beside the lake."""
        self._database, self._file = database, file

    def all(self) -> Sequence[Suppression]:
        """Return all records, the oldest first."""
        with self._database.read() as connection:
            return [_to_suppression(row) for row in connection.execute(select(*_FACTS).order_by(SUPPRESSIONS.c.id))]

    def of(self, digests: Collection[str]) -> Suppression | None:
        """Return the record of the person that has one of some digests; None where there is none."""
        return next((record for record in self.all() if {one.digest for one in record.identifiers} & {*digests}), None)

    def begin(self, suppression: Suppression, plan: Mapping[str, object]) -> Suppression:
        """Record that an erasure begins, and return the record with its number: from then on, arriving rows of the person are suppressed.

        Args:
            suppression: The record; that of a person who was erased before has a number, and is begun anew.
            plan: What the erasure searches, so that one that was interrupted still finds it when rows have changed.
        """
        with self._database.write() as connection:
            record = _save(connection, suppression, {"plan": plan})
        self._file.write(self.all())
        return record

    def catch_up(self) -> None:
        """Record whom the list beside the lake has and the database does not, since it was lost or restored, and list whom the database has alone."""
        listed = self._file.read()  # before the database: what it has and the database lacks was never written, or is lost
        stored = self.all()
        if any(not is_listed(person, stored) for person in listed):
            with self._database.write() as connection:
                for record in filter(None, (restored(person, stored) for person in listed)):
                    _save(connection, record, {})
        stored = self.all()
        if any(not is_listed(record, listed) for record in stored):
            self._file.write(stored)

    def plan_of(self, number: int) -> Mapping[str, Any] | None:
        """Return what an erasure searches that was interrupted; None where none was."""
        with self._database.read() as connection:
            plan: Mapping[str, Any] | None = connection.execute(select(SUPPRESSIONS.c.plan).where(SUPPRESSIONS.c.id == number)).scalar()
            return plan

    def end(self, number: int, at: datetime) -> None:
        """Record that an erasure ended, and clear what it searched."""
        self._update(number, plan=None, finished=at)

    def reject(self, dataset: str, rows: Sequence[str], at: datetime) -> None:
        """Record that rows which were deleted are rejected, so that each row that arrived is accounted for."""
        with self._database.write() as connection:
            forgotten_rows(dataset, rows, at).record(connection)

    def save_report(self, number: int, report: Sequence[Mapping[str, object]]) -> None:
        """Record what an erasure left."""
        self._update(number, report=list(report))

    def _update(self, number: int, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(update(SUPPRESSIONS).where(SUPPRESSIONS.c.id == number).values(values))


def _save(connection: Connection, suppression: Suppression, others: Mapping[str, object]) -> Suppression:
    """Insert a record, or update the one that has its number."""
    values = {**_to_values(suppression), **others}
    number = suppression.id or connection.execute(insert(SUPPRESSIONS).values(values).returning(SUPPRESSIONS.c.id)).scalar_one()
    connection.execute(update(SUPPRESSIONS).where(SUPPRESSIONS.c.id == number).values(values))
    return _to_suppression(connection.execute(select(*_FACTS).where(SUPPRESSIONS.c.id == number)).one())


def _to_values(suppression: Suppression) -> dict[str, object]:
    facts = {name: getattr(suppression, name) for name in ("at", "by", "reason", "mode", "key_id")}
    identifiers = [asdict(identifier) for identifier in suppression.identifiers]
    report = None if suppression.report is None else list(suppression.report)
    return {**facts, "identifiers": identifiers, "cells": list(suppression.cells), "report": report, "finished": suppression.finished}


def _to_suppression(row: Row[Any]) -> Suppression:
    identifiers = tuple(SuppressedIdentifier(**identifier) for identifier in row.identifiers)
    facts = (row.id, row.at, row.by, row.reason, row.mode, row.key_id)
    return Suppression(*facts, identifiers, tuple(row.cells), row.finished, None if row.report is None else tuple(row.report))
