"""A value that is erased is in no object of the bucket, read by another client than Sluice's."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it carries no types
import polars as pl
import pytest
from botocore.exceptions import EndpointConnectionError  # type: ignore[import-untyped]  # likewise

from sluice.app import build
from sluice.app.forget import forget, identify
from sluice.app.values import erase_value, find_value
from sluice.store.values import ValueQuery
from sluice.wiring.forget_key import KEY_VARIABLE

PLANTED = "ann.planted@mail.example"
CONFIG = """
clock: 2026-03-10T00:00:00Z
lake: s3://lake/shop
datasets:
  customers:
    source: {files: "landing/customers*.csv"}
    mode: upsert
    key: [email]
    columns: {email: {required: true, personal: true}, spent: {type: number}, note: {}}
    suite:
      - expect_column_values_to_be_between: {column: spent, min_value: 0}
    clean: [parse, normalize_text]
"""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a bucket called `lake`, whose server is a process of its own: within this one, its threads wait for those of deltalake."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    for name, value in {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "REGION": "us-east-1", "ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
        create(client)
        yield client
        client.close()
    finally:
        server.terminate()
        server.wait()


def create(client: Any) -> None:
    for _ in range(300):
        try:
            client.create_bucket(Bucket="lake")
        except EndpointConnectionError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the server of the bucket does not answer")


def objects_with(bucket: Any, value: str) -> list[str]:
    """The names of the objects that hold a value, in their bytes or, of Parquet files, in any cell."""
    pages = bucket.get_paginator("list_objects_v2").paginate(Bucket="lake")
    names = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
    contents = {name: bucket.get_object(Bucket="lake", Key=name)["Body"].read() for name in names}
    return [
        name for name, content in contents.items() if value in name or value.encode() in content or (name.endswith(".parquet") and in_cells(content, value))
    ]


def in_cells(content: bytes, value: str) -> bool:
    return any(value in str(cell) for row in pl.read_parquet(io.BytesIO(content)).rows() for cell in row)


def test_an_erased_value_is_in_no_object_of_the_bucket(bucket: Any, tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    others = [f"{name}@mail.example,5,fine" for name in "bcdef"]
    for day, spent in enumerate(("12.5", "-4", "none of it"), start=1):  # published, held, held as no number; and in a note that is repaired
        lines = ["email,spent,note", *others, f"{PLANTED},{spent},ham &amp; eggs", f"x{day}@mail.example,7,by &quot;{PLANTED}&quot;"]
        (tmp_path / "landing" / f"customers-2026-03-0{day}.csv").write_text("\n".join(lines) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        before = objects_with(bucket, PLANTED)
        assert {name.split("/")[1] for name in before} >= {"clean", "quarantine", "repairs"}
        assert find_value(app, ValueQuery(PLANTED))
        erase_value(app, ValueQuery(PLANTED), "erased", by="Ada", reason="a request")
        assert objects_with(bucket, PLANTED) == []
        assert {entry.place.root for entry in find_value(app, ValueQuery(PLANTED))} == {"source"}  # the files of the shop's systems are the shop's
        published = app.store.snapshot().published("customers").collect()
        assert {"erased", "b@mail.example"} <= set(published["email"])
        (tmp_path / "landing" / "customers-2026-03-04.csv").write_text("email,spent,note\nnew@mail.example,5,\n")
        (run,) = app.run(app.pending_arrivals())
        assert run.good == 1


def test_a_forgotten_person_is_in_no_object_of_the_bucket_and_does_not_come_back(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of the tests, for one shop")
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    rows = f"email,spent,note\n{PLANTED},12.5,ham &amp; eggs\nc@mail.example,-4,by {PLANTED}\nb@mail.example,5,fine\n"
    (tmp_path / "landing" / "customers-2026-03-01.csv").write_text(rows)
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        assert objects_with(bucket, PLANTED)
        forget(app, identify(app, "", ["email"], [PLANTED]), by="Ada", reason="a request", mode="delete")
        (tmp_path / "landing" / "customers-2026-03-02.csv").write_text(rows)
        (run,) = app.run(app.pending_arrivals())
        assert "people_rejected" in [reason.code for reason in run.reasons]
        assert objects_with(bucket, PLANTED) == []
        assert sorted(app.store.snapshot().published("customers").collect()["email"]) == ["b@mail.example"]
