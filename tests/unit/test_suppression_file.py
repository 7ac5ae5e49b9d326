"""The list of forgotten people beside the lake: what a database lacks is taken from it, nothing is lost by it, and a damaged one is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluice.domain import SuppressedIdentifier, Suppression
from sluice.errors import StoreError
from sluice.store.blobs import Blobs
from sluice.store.suppression_file import FILE, SuppressionFile, is_listed, restored

USER, MAIL = SuppressedIdentifier("user_id", "d1"), SuppressedIdentifier("email", "d2")
ANN = Suppression(3, datetime(2026, 3, 1, tzinfo=UTC), "Ada", "request 7", "pseudonymise", "k1", (USER, MAIL), ("c1", "c2"))


def test_what_is_written_is_read_but_for_who_asked_and_why(tmp_path: Path) -> None:
    file = SuppressionFile(Blobs(str(tmp_path), {}))
    assert file.read() == []
    file.write([ANN, replace(ANN, id=4, mode="delete", identifiers=(MAIL,))])
    first, second = file.read()
    assert (first.at, first.mode, first.key_id, first.identifiers, first.cells) == (ANN.at, ANN.mode, ANN.key_id, ANN.identifiers, ANN.cells)
    assert (first.by, second.mode, second.identifiers) == ("sluice", "delete", (MAIL,))
    assert is_listed(ANN, [first])


def test_a_record_that_is_older_than_the_list_gets_what_it_lacks_and_keeps_its_own() -> None:
    older = replace(ANN, identifiers=(USER,), cells=("c0",))
    listed = replace(ANN, id=0, by="sluice", mode="delete")
    merged = restored(listed, [older])
    assert merged == replace(older, identifiers=(USER, MAIL), cells=("c0", "c1", "c2"), mode="delete")
    assert restored(listed, [merged]) is None


@pytest.mark.parametrize("other", [replace(ANN, key_id="k2"), replace(ANN, mode="delete"), replace(ANN, cells=("c3",)), replace(ANN, identifiers=(MAIL,))])
def test_a_person_is_listed_only_with_all_that_is_suppressed(other: Suppression) -> None:
    assert is_listed(other, [ANN]) == ({*other.identifiers} < {*ANN.identifiers})
    assert not is_listed(other, [])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"people": [{}]}'])
def test_a_damaged_list_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(StoreError, match=FILE):
        SuppressionFile(Blobs(str(tmp_path), {})).read()
