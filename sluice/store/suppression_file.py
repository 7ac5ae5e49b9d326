"""Keep the list of people who were forgotten beside the lake too, so that a lost database does not bring anybody back. It holds keyed digests alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sluice.domain import Message, SuppressedIdentifier, Suppression
from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.store.blobs import Blobs

FILE = "_forgotten.json"
_LOG = logging.getLogger(__name__)
_SLUICE = "sluice"


class SuppressionFile:
    """Write and read the list."""

    def __init__(self, blobs: Blobs) -> None:
        """Keep the files of the lake."""
        self._blobs = blobs

    def read(self) -> Sequence[Suppression]:
        """Return the people, the oldest first; nobody where there is no list. Who requested it and why stays in the database.

        Raises:
            StoreError: The list is damaged, or cannot be read.
        """
        if self._blobs.size(FILE) is None:
            return []
        try:
            return [_from_json(person) for person in json.loads(self._blobs.get(FILE))["people"]]
        except (ValueError, TypeError, KeyError) as error:
            raise make_error(StoreError, "suppression_list_damaged", file=FILE) from error

    def write(self, records: Sequence[Suppression]) -> None:
        """Write the list anew."""
        people = [_to_json(record) for record in records]
        self._blobs.put(FILE, json.dumps({"people": people}, ensure_ascii=False, indent=1).encode())


def is_listed(record: Suppression, people: Sequence[Suppression]) -> bool:
    """Return True where a list suppresses all that a record does."""
    return any(_covers(person, record) for person in people)


def restored(listed: Suppression, stored: Sequence[Suppression]) -> Suppression | None:
    """Return the record of a person of the list that the database lacks, or has less of; None where it has all.

    Args:
        listed: The person, as the list has them.
        stored: The records of the database.
    """
    if is_listed(listed, stored):
        return None
    former = next((record for record in stored if {*record.identifiers} & {*listed.identifiers}), None)
    if former is None:
        _LOG.warning("a person who was forgotten at %s is suppressed again: the lake lists them, and the database did not", listed.at)
        return listed
    identifiers, cells = (tuple(dict.fromkeys([*getattr(former, name), *getattr(listed, name)])) for name in ("identifiers", "cells"))
    return replace(former, identifiers=identifiers, cells=cells, mode="delete" if "delete" in (former.mode, listed.mode) else former.mode)


def _covers(record: Suppression, other: Suppression) -> bool:
    same = record.key_id == other.key_id and {*other.identifiers} <= {*record.identifiers} and {*other.cells} <= {*record.cells}
    return same and (record.mode == "delete" or other.mode != "delete")


def _to_json(record: Suppression) -> dict[str, Any]:
    identifiers = [asdict(identifier) for identifier in record.identifiers]
    return {"at": record.at.isoformat(), "mode": record.mode, "key_id": record.key_id, "identifiers": identifiers, "cells": list(record.cells)}


def _from_json(person: dict[str, Any]) -> Suppression:
    at = datetime.fromisoformat(person["at"]).astimezone(UTC)
    identifiers = tuple(SuppressedIdentifier(**identifier) for identifier in person["identifiers"])
    reason = Message.of("person_listed").dumps()
    return Suppression(0, at, _SLUICE, reason, person["mode"], person["key_id"], identifiers, tuple(person["cells"]), finished=at)
