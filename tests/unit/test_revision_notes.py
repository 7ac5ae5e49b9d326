"""People are told of a revision where it changes the decision on a batch, or how many of its rows are held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sluice.domain import UNSCORED, Revision, Run
from sluice.messages import render
from sluice.rules.revisions import revision_notes

RUN = Run("b1", "events", "ingest", 1, datetime(2026, 3, 1, tzinfo=UTC), "published", rows=10, good=8, bad=2, decision="open")
SAME = Revision("b1", 8, 2, 0, 0, UNSCORED, "open")


def test_a_revision_that_changes_nothing_is_told_to_nobody() -> None:
    assert list(revision_notes([SAME], {"b1": RUN}, {})) == []
    fewer = replace(SAME, bad=1)
    assert [render(note) for note in revision_notes([fewer], {"b1": RUN}, {})] == ["the batch of run b1 is open now, with 1 row held"]
    assert list(revision_notes([fewer], {"b1": RUN}, {"b1": fewer})) == []
    assert len(list(revision_notes([replace(fewer, decision="closed")], {"b1": RUN}, {"b1": fewer}))) == 1
