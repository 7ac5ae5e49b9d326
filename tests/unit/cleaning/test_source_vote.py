"""Sources that report the same things outvote one that is wrong; one with a way of its own is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from cleaning.source_vote import SourceVote
from cleaning.suggest_sources import suggest_source_vote
from sluice.domain import Batch, Cleaned, Column, Message, Schema

SCHEMA = Schema("flights", columns=(Column("site"), Column("flight"), Column("departs"), Column("gate")))
SITES, FLIGHTS = list("abcde"), [f"LH{number}" for number in range(30)]


def reports(batch: Callable[..., Batch], changes: Mapping[tuple[str, str], str | None]) -> Batch:
    """Every site reports every flight rightly, but for some departures by site and flight."""
    cells = [(site, flight) for flight in FLIGHTS for site in SITES]
    departs = [changes.get((site, flight), f"{7 + int(flight[2:]) % 12}:{int(flight[2:]):02d}") for site, flight in cells]
    return batch(SCHEMA, site=[site for site, _ in cells], flight=[flight for _, flight in cells], departs=departs, gate=["A"] * len(cells))


def vote(rows: Batch, snapshot: Any) -> Cleaned:
    return SourceVote(SCHEMA, "site", ("flight",), ("departs",)).clean(rows, [], snapshot)


def applied(cleaned: Cleaned) -> list[tuple[object, ...]]:
    return cleaned.repairs.filter("applied").select("old", "new").rows()


def test_a_wrong_and_a_missing_report_are_outvoted(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cleaned = vote(reports(batch, {("a", "LH1"): "8:10", ("b", "LH2"): None}), snapshot())
    assert sorted(applied(cleaned), key=str) == [("8:10", "8:01"), (None, "9:02")]
    assert {Message.loads(message).code for message in cleaned.repairs["message"]} == {"filled_by_sources", "differs_from_sources"}


def test_without_a_clear_majority_it_is_a_candidate(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cleaned = vote(reports(batch, {("a", "LH1"): "8:10", ("b", "LH1"): "8:10", ("c", "LH1"): None}), snapshot())
    assert applied(cleaned) == []


def test_a_source_that_writes_a_column_in_its_own_way_is_left_alone(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    own = {("e", flight): f"Nov 29, {number}" for number, flight in enumerate(FLIGHTS)}
    assert applied(vote(reports(batch, own), snapshot())) == []
    silent = {("e", flight): None for flight in FLIGHTS}
    assert applied(vote(reports(batch, silent), snapshot())) == []


def test_sources_are_suggested_by_name_and_by_one_row_per_source_and_thing(batch: Callable[..., Batch]) -> None:
    rows = reports(batch, {("a", "LH1"): "8:10"}).rows
    suggestion = suggest_source_vote(SCHEMA, rows)
    assert suggestion is not None
    assert suggestion[0].settings == {"source": "site", "thing": ["flight"], "columns": ["departs"]}
    assert suggest_source_vote(SCHEMA, pl.concat([rows, rows])) is None
    renamed = Schema("flights", columns=(Column("seller"), *SCHEMA.columns[1:]))
    assert suggest_source_vote(renamed, rows.rename({"site": "seller"})) is None


def test_what_each_source_has_for_itself_is_not_voted_on(batch: Callable[..., Batch]) -> None:
    rows = reports(batch, {}).rows.rename({"departs": "price"})
    schema = Schema("offers", columns=(*SCHEMA.columns[:2], Column("price"), Column("gate")))
    assert suggest_source_vote(schema, rows) is None


@pytest.mark.parametrize(
    "settings", [("nope", ("flight",), ("departs",)), ("site", (), ("departs",)), ("site", ("flight",), ()), ("site", ("site",), ("departs",))]
)
def test_source_thing_and_columns_must_be_declared_and_differ(settings: tuple[str, tuple[str, ...], tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="each once"):
        SourceVote(SCHEMA, *settings)
