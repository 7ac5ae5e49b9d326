"""Who sees personal columns as they are: the role that the configuration names, once it signed in, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.installed import Guarding, install
from dashboard.data import viewer
from dashboard.data.shop import Shop
from dashboard.widgets.download import downloading
from sluice.domain import Message, Person
from sluice.rules.masking import mask_rows, unmasked

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
PEOPLE = """
dashboard: {proxy: {header: X-User, addresses: [10.0.0.2]}}
unmask: author
people:
  - {person: "vic@shop.example", role: steward}
  - {person: "ann@shop.example", role: author, datasets: [events]}
  - {person: "cat@shop.example", role: admin, datasets: [catalog]}
"""
PERSONAL = ("203.0.113.7", "203.0.113.8", "198.51.100.9")


def page_for(corner: Corner, monkeypatch: pytest.MonkeyPatch, person: str | None, name: str) -> AppTest:
    """A page as somebody sees it who signed in at the proxy."""
    install(Guarding(sign_in=True))
    monkeypatch.setattr(viewer, "person_of_headers", lambda headers, proxy: Person(person) if person else None)
    path = corner.path.with_name("unmasking.yaml")
    path.write_text(corner.path.read_text() + PEOPLE)
    app: AppTest = replace(corner, path=path).page(name, monkeypatch, row="e14000000000.1")
    return app


def page_text(app: AppTest) -> str:
    """All that was sent to the browser, tables among it."""
    assert not app.exception
    return "\n".join([*(str(table.value.to_dict()) for table in app.dataframe), *(str(element.proto) for element in app.main)])


@pytest.mark.parametrize("name", ["quarantine", "row", "repairs", "detectors"])
@pytest.mark.parametrize("person", ["vic@shop.example", "cat@shop.example"])
def test_who_lacks_the_role_on_the_dataset_sees_masks(corner: Corner, monkeypatch: pytest.MonkeyPatch, name: str, person: str) -> None:
    sent = page_text(page_for(corner, monkeypatch, person, name))
    assert not [cell for cell in PERSONAL if cell in sent]


@pytest.mark.parametrize(("name", "cell"), [("quarantine", "203.0.113.7"), ("row", "203.0.113.7"), ("repairs", "203.0.113.8")])
def test_who_has_the_role_sees_the_cells(corner: Corner, monkeypatch: pytest.MonkeyPatch, name: str, cell: str) -> None:
    assert cell in page_text(page_for(corner, monkeypatch, "ann@shop.example", name))


def test_a_session_that_ended_sees_no_cell(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_for(corner, monkeypatch, "ann@shop.example", "quarantine")
    monkeypatch.setattr(viewer, "person_of_headers", lambda headers, proxy: None)
    assert not [cell for cell in PERSONAL if cell in page_text(app.run())]


@pytest.mark.parametrize("person", ["", "ann@shop.example"])
def test_a_download_of_unmasked_columns_is_recorded_before_it_leaves(own: Corner, person: str) -> None:
    shop = Shop(str(own.path), own.config, own.store, own.config.clock, "")
    before = own.store.activity.count()
    schema = unmasked(shop.schema("events")) if person else shop.schema("events")
    rows = pl.DataFrame({"ip": ["203.0.113.7"], "item_id": ["i1"]})
    content = downloading(shop, schema, person, lambda schema: mask_rows(rows, schema))().decode()
    assert ("203.0.113.7" in content) is bool(person)
    assert own.store.activity.count() == before + bool(person)
    if person:
        (entry, *_) = own.store.activity.entries()
        assert (entry.who, entry.what, entry.subject) == (person, "download unmasked", Message.of("about_rows", dataset="events", rows=1))
