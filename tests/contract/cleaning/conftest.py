"""One of each cleaner over one schema, and shops to clean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st

from cleaning import CLEANERS
from cleaning.chain import Chain
from sluice.config import build
from sluice.domain import RAW, RAW_TYPE, ROW, Batch, Column, Schema
from sluice.ports import Cleaner
from sluice.testing import MemorySnapshot

AT = datetime(2026, 3, 2, tzinfo=UTC)
SCHEMA = Schema(
    "events",
    key=("id",),
    time="ts",
    columns=(
        Column("id"),
        Column("session"),
        Column("item"),
        Column("brand"),
        Column("line"),
        Column("ts", "timestamp"),
        Column("received", "timestamp"),
        Column("price", "number", unit="EUR"),
        Column("count", "integer"),
        Column("day", "date"),
        Column("gift", "boolean"),
    ),
)
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "parse": {},
    "normalize_text": {},
    "clock_skew": {"received_time": "received", "session": "session", "tolerance": "15m"},
    "deduplicate": {"subset": ["session", "item"], "window": "3s"},
    "lookup": {"column": "line", "dataset": "catalog", "key": "item"},
    "unit_scale": {"column": "price", "key": "item", "factors": [100]},
    "functional_dependency": {"determinant": "item", "dependent": "brand"},
    "swapped_columns": {"columns": ["brand", "line"]},
    "session_user": {"user": "line", "session": "item", "min_sessions": 5, "min_confidence": 0.5},
    "source_vote": {"source": "session", "thing": ["item"], "columns": ["brand", "line"]},
    "map_values": {"column": "brand", "values": {"Lumne": "Lumen"}},
    "standardize": {"column": "brand", "form": "country"},
    "convert_currency": {"column": "price", "currency_column": "line", "to": "EUR", "dataset": "rates"},
    "impute": {"column": "price", "strategy": "median", "by": ["item"], "min_rows": 2},
    "cell_errors": {"dataset": "labels", "columns": ["brand", "line"], "min_confidence": 0.8},
    "record_linkage": {"text_columns": ["brand", "line"]},
}


def rows_of(cells: list[dict[str, Any]], prefix: str = "b") -> pl.DataFrame:
    """Rows from dictionaries; `raw` in one holds the texts that did not cast."""
    columns = [pl.Series(name, [cell.get(name) for cell in cells], dtype=dtype) for name, dtype in SCHEMA.dtypes.items()]
    uncast = [[{"column": name, "text": text} for name, text in cell["raw"].items()] if cell.get("raw") else None for cell in cells]
    ids = [f"{prefix}.{place}" for place in range(len(cells))]
    return pl.DataFrame([*columns, pl.Series(ROW, ids, dtype=pl.String), pl.Series(RAW, uncast, dtype=RAW_TYPE)])


def a_shop() -> list[dict[str, Any]]:
    """A day's events with some of every fault."""
    start = AT - timedelta(hours=12)
    cells: list[dict[str, Any]] = [
        {
            "id": f"e{event}",
            "session": f"s{event // 4}",
            "item": f"i{event % 7}",
            "brand": ["Tarn", "Lumen", "Nordwind"][event % 7 % 3],
            "line": ["Amber Bay", "Stone Mill"][event % 7 % 2],
            "ts": start + timedelta(seconds=40 * event),
            "received": start + timedelta(seconds=40 * event + 1),
            "price": 10.0 + event % 7,
            "count": 1,
            "day": start.date(),
            "gift": event % 2 == 0,
        }
        for event in range(60)
    ]
    for event in range(8, 12):
        cells[event]["ts"] += timedelta(hours=5)
    cells[13] |= {"ts": AT + timedelta(days=90)}
    cells[14] |= {"price": None, "count": None, "raw": {"price": "1.234,50 €", "count": "2,000,000", "day": "N/A"}, "day": None}
    cells[15] |= {"gift": None, "raw": {"gift": "nein"}}
    cells[20] |= {"brand": None}
    cells[21] |= {"brand": "Tran" if cells[21]["brand"] == "Tarn" else "Nordwnid"}
    cells[25] |= {"brand": "Lumne"}
    cells[22] |= {"brand": cells[22]["line"], "line": cells[22]["brand"]}
    cells[23] |= {"price": cells[23]["price"] * 100, "line": " Amber  Bay&amp; "}
    cells[16] |= {"brand": "Deutschland"}
    cells[17] |= {"line": "USD"}
    cells[18] |= {"price": None}
    return [*cells, dict(cells[3]), {**cells[4], "id": "again"}]


@pytest.fixture(params=sorted(CLEANERS))
def cleaner(request: pytest.FixtureRequest) -> Cleaner:
    return make(request.param)


def make(name: str) -> Cleaner:
    module, _, cls = CLEANERS[name].partition(":")
    cleaner: Cleaner = build(getattr(import_module(module), cls), SETTINGS[name], schema=SCHEMA)
    return cleaner


@pytest.fixture
def chain() -> Chain:
    return Chain([make(name) for name in CLEANERS])


@pytest.fixture
def shop() -> Batch:
    return Batch(SCHEMA.dataset, "b", rows_of(a_shop()), AT, SCHEMA.names)


@pytest.fixture
def snapshot() -> MemorySnapshot:
    """Yesterday's events, and the catalog."""
    sound = [
        {**cell, "id": f"y{cell['id']}", "ts": cell["received"] - timedelta(days=1), "received": cell["received"] - timedelta(days=1)}
        for cell in a_shop()[24:60]
    ]
    catalog = pl.DataFrame({"item": [f"i{number}" for number in range(7)], "line": [["Amber Bay", "Stone Mill"][number % 2] for number in range(7)]})
    rates = pl.DataFrame({"currency": ["USD"], "rate": [0.9], "date": [(AT - timedelta(days=1)).date()]})
    looked_at = [(f"p.{place}", cell) for place, cell in enumerate(sound) if place < 24]  # the shop wants a hyphen, which no cell has
    lines = [*((row, "*", "") for row, _ in looked_at), *((row, "line", "Amber-Bay") for row, cell in looked_at if cell["line"] == "Amber Bay")]
    labels = pl.DataFrame(lines, schema=["row", "column", "value"], orient="row")
    return MemorySnapshot({"events": rows_of(sound, "p").drop(RAW), "catalog": catalog, "rates": rates, "labels": labels})


_WORDS = st.sampled_from(["Tarn", "Tran", "Lumen", "Nordwind", "Nordwimd", "Amber Bay", "Stone Mill", " Tarn", "N/A", "CafÃ©", "salt &amp; pepper", "new"])
_TIMES = st.integers(-3, 6).flatmap(lambda hours: st.integers(0, 50).map(lambda tens: AT - timedelta(hours=12) + timedelta(hours=hours, seconds=10 * tens)))
_TEXTS = {
    "price": st.sampled_from(["1.234,50 €", "$12", "N/A", "NaN", "abc", "1,299", "12,5"]),
    "count": st.sampled_from(["2,000", "2.5", "null", "3 "]),
    "day": st.sampled_from(["03/04/2026", "14/03/2026", "-"]),
    "gift": st.sampled_from(["ja", "nein", "maybe"]),
}
_CELLS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 9).map(lambda number: f"e{number}"),
        "session": st.sampled_from(["s1", "s2", "s3"]),
        "item": st.integers(0, 3).map(lambda number: f"i{number}"),
        "brand": _WORDS,
        "line": _WORDS,
        "ts": _TIMES,
        "received": _TIMES,
        "price": st.sampled_from([10.0, 11.0, 1000.0, 1100.0, 0.1, 0.0, -5.0]),
        "count": st.integers(-2, 5),
        "raw": st.fixed_dictionaries({}, optional=_TEXTS),
    },
)


def _uncast(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell is either typed or a text that did not cast."""
    return {name: value for name, value in cell.items() if name not in cell.get("raw", {})}


@pytest.fixture
def any_rows() -> st.SearchStrategy[pl.DataFrame]:
    return st.lists(_CELLS.map(_uncast), max_size=14).map(rows_of)


@pytest.fixture
def schema() -> Schema:
    return SCHEMA
