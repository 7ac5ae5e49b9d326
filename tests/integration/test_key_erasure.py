"""The rows of a key are erased with what their personal columns hold, wherever it is stored."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save

from sluice.app import App, build
from sluice.app.key_values import key_query
from sluice.app.values import erase_value, find_value
from sluice.cli.main import outcome
from sluice.domain import Artifact
from sluice.errors import UsageError
from sluice.store.values import ValueQuery

ERASED = ("u17", "ann.planted@mail.example", "Ann Planted", "1931-07-19", "no day 1931")
BY_KEY = """
clock: 2026-03-10T00:00:00Z
datasets:
  customers:
    source: {files: "landing/customers*.csv"}
    mode: upsert
    key: [user_id]
    columns:
      user_id: {required: true}
      email: {personal: true}
      name: {personal: true}
      born: {type: date, personal: true}
      city: {personal: true}
      sex: {personal: true}
    clean: [normalize_text]
  orders:
    source: {files: "landing/orders*.csv"}
    mode: append
    key: [id]
    columns: {id: {required: true}, customer: {}, amount: {type: number}, note: {}}
    suite:
      - expect_column_values_to_be_between: {column: amount, min_value: 0}
      - expect_column_values_to_exist_in_dataset: {column: customer, dataset: customers, reference_column: user_id}
"""


@pytest.fixture
def person(tmp_path: Path) -> Iterator[App]:
    """A shop that has run, with a person whose values are in several columns, datasets and records."""
    landing = tmp_path / "landing"
    landing.mkdir()
    (tmp_path / "sluice.yaml").write_text(BY_KEY)
    people = ["u17,ann.planted@mail.example,Ann Planted,1931-07-19,Berlin,f", "u18,b@mail.example,Bo Other,1990-01-01,Berlin,m"]
    more = [f"u{number},c{number}@mail.example,Name {number},1980-01-01,Paris,m" for number in range(20, 30)]
    (landing / "customers.csv").write_text("\n".join(["user_id,email,name,born,city,sex", *people, *more]) + "\n")
    late = "u17,ann.planted@mail.example, Ann  Planted,no day 1931,Berlin,f"
    (landing / "customers-2026-03-02.csv").write_text(f"user_id,email,name,born,city,sex\n{late}\n")
    orders = ["o1,u17,5,for ann.planted@mail.example", "o2,u18,5,u171 no", "o3,u17,-5,bell of Ann Planted", "o4,u20,7,Berlin in f"]
    (landing / "orders.csv").write_text("\n".join(["id,customer,amount,note", *orders]) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        tensors = save({"w": np.zeros(1, np.float32)}, {"vocabulary": "[]"})
        app.store.models.save("orders.autoencoder", Artifact(tensors, {"examples": ["u17"]}), "champion", at=app.now())
        yield app


def test_the_rows_of_a_key_are_erased_with_what_their_personal_columns_hold(person: App) -> None:
    query = key_query(person, "customers", "user_id", "u17")
    before = {entry.where for entry in find_value(person, query)}
    assert {"clean/customers", "clean/orders", "quarantine/orders", "models.card"} <= before
    others = person.store.snapshot().published("customers").filter(pl.col("user_id") != "u17").sort("user_id").collect()
    erasure = erase_value(person, query, "erased", by="Ada", reason="a request")

    assert {entry.place.name for entry in erasure.remaining} == {"source files"}
    assert (
        "orders.autoencoder version 1 serves and may have learned from the value: train it again (`sluice detectors refit orders.autoencoder`)" in erasure.steps
    )
    for value in ERASED:
        assert {entry.place.name for entry in find_value(person, ValueQuery(value))} <= {"source files"}, value
        assert not [path for path in (person.config.root / ".sluice" / "lake").rglob("*.*") if holds(path, value if value != "u17" else '"u17"')], value
    published = person.store.snapshot().published("customers").collect()
    assert others.equals(published.filter(~pl.col("user_id").str.starts_with("erased")).sort("user_id"))
    (row,) = published.filter(pl.col("user_id").str.starts_with("erased")).to_dicts()
    assert row["born"] is None
    assert all(row[name].startswith("erased") for name in ("email", "name", "city", "sex"))
    notes = person.store.snapshot().published("orders").sort("id").collect()
    assert notes.filter(id="o1")["customer"].to_list() == [row["user_id"]]  # rows that refer to each other still do
    assert notes["note"].to_list()[1:] == ["u171 no", "Berlin in f"]  # words that others use stay
    database = b"".join(path.read_bytes() for path in (person.config.root / ".sluice").glob("sluice.db*"))
    assert not [value for value in ERASED if value.encode() in database]  # the activity log names the places alone
    assert person.store.activity.entries(limit=1)[0].what == "erase a value"


def test_a_key_is_searched_only_in_declared_columns_of_text(person: App) -> None:
    with pytest.raises(UsageError, match=r"customers declares no column user_ids; did you mean"):
        key_query(person, "customers", "user_ids", "u17")
    with pytest.raises(UsageError, match=r"amount of orders is of type number: declare it as string .* `sluice rebuild orders`, then erase"):
        key_query(person, "orders", "amount", "5")


def test_the_commands_take_a_key(person: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    person.close()
    monkeypatch.setattr("sys.stdin", io.StringIO("u17\n"))
    assert outcome(["find-value", "customers", "--key", "user_id", "--config", str(person.path)]) == 0
    assert outcome(["erase-value", "customers", "--key", "user_id=u17", "--config", str(person.path)]) == 0
    assert outcome(["erase-value", "customers", "--key", "user_id=u17", "--yes", "--by", "A", "--reason", "r", "--config", str(person.path)]) == 1
    assert outcome(["find-value", "--key", "user_id=u17", "--config", str(person.path)]) == 2
    printed = capsys.readouterr().out
    assert printed.count("clean/customers") == 4  # the table and its text, twice
    assert "ann.planted" not in printed


def holds(path: Path, value: str) -> bool:
    """Return whether a file of the lake holds a value, read otherwise than by Sluice's own search."""
    if path.suffix == ".parquet" and "_delta_log" not in path.parts:
        frame = pl.read_parquet(path)
        return any(value in f"{cell} {str(cell).split()}" for column in frame.iter_columns() for cell in column.to_list())
    return path.is_file() and value.encode() in path.read_bytes()
