"""The lake on S3, spoken to a server that keeps the protocol, and to one that drops what makes commits safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it carries no types
import polars as pl
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app  # type: ignore[attr-defined]  # moto exports them by name only
from werkzeug.serving import WSGIRequestHandler, make_server

from sluice.errors import Fenced, StoreError
from sluice.store.added_files import AddFiles
from sluice.store.blobs import Blobs
from sluice.store.delta_commits import Append, Replace
from sluice.store.lake import Lake
from sluice.store.lake_files import LakeFiles
from tests.integration.store.keys import run_key

ROWS = pl.DataFrame({"_row_id": ["a", "b"], "price": [1.0, 2.0]})


@contextmanager
def served(*, careless: bool = False) -> Iterator[dict[str, str]]:
    """How to reach a bucket called `lake`; a careless server ignores If-None-Match."""
    moto = DomainDispatcherApplication(create_backend_app)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if careless:
            environ.pop("HTTP_IF_NONE_MATCH", None)
        return moto(environ, start_response)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
    client.create_bucket(Bucket="careless" if careless else "lake")
    client.close()
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    yield {**keys, "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true"}
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def options() -> Iterator[dict[str, str]]:
    with served() as reached:
        yield reached


def test_changes_are_committed_once(options: dict[str, str]) -> None:
    lake = Lake("s3://lake/shop", options)
    lake.probe()
    assert lake.write_once("clean", run_key(1), Append(ROWS)) == 1
    assert lake.write_once("clean", run_key(1), Append(ROWS)) == 1
    assert lake.write_once("clean", run_key(2), Replace(ROWS[:1].with_columns(price=pl.lit(9.0)), removed=["b"])) == 2
    assert lake.scan("clean", "events", 1).collect().height == 2
    assert lake.scan("clean", "events", 2).collect()["price"].to_list() == [9.0]
    lake.raise_fence("events", 2)
    with pytest.raises(Fenced):
        lake.write_once("clean", run_key(3, epoch=1), Append(ROWS))


def test_a_file_is_put_once_and_added(options: dict[str, str], tmp_path: Path) -> None:
    lake = Lake("s3://lake/added", options)
    files = LakeFiles(lake)
    written = files.write("clean", "events", ROWS, tmp_path)
    added = AddFiles(written, files.schema("clean", "events", written), overwrite=False, read=lambda: ROWS)
    assert lake.write_once("clean", run_key(1), added) == lake.write_once("clean", run_key(1), added) == 1
    assert lake.scan("clean", "events", 1).collect().equals(ROWS)
    assert files.read("clean", "events", written, ["price"])["price"].to_list() == [1.0, 2.0]
    assert list(tmp_path.iterdir()) == []
    wider = files.write("clean", "events", ROWS.with_columns(colour=pl.lit("red")), tmp_path)
    replacing = AddFiles(wider, files.schema("clean", "events", wider), overwrite=True, read=lambda: ROWS)
    assert lake.write_once("clean", run_key(2), replacing) == 3
    assert lake.scan("clean", "events", 3).collect()["colour"].to_list() == ["red", "red"]
    files.delete("clean", "events", written)
    with pytest.raises(StoreError, match="gone or damaged"):
        files.schema("clean", "events", written)


def test_models_lie_beside_the_tables(options: dict[str, str]) -> None:
    blobs = Blobs("s3://lake/shop", options)
    blobs.put("models/events/1.safetensors", b"weights")
    assert blobs.get("models/events/1.safetensors") == b"weights"
    assert blobs.names("models") == ["models/events/1.safetensors"]
    assert blobs.names("nothing") == []
    assert set(blobs.names()) >= {"models/events/1.safetensors"}
    with pytest.raises(StoreError, match="missing"):
        blobs.get("models/events/2.safetensors")


def test_http_is_allowed_where_the_endpoint_says_so(options: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in options.items():
        if name != "AWS_ALLOW_HTTP":
            monkeypatch.setenv(name, value)
    assert Lake("s3://lake/shop").options["AWS_ALLOW_HTTP"] == "true"
    assert Lake("/tmp/lake").options == {}


def test_a_store_that_ignores_conditional_puts_is_refused() -> None:
    with served(careless=True) as options, pytest.raises(StoreError, match="conditional puts"):
        Lake("s3://careless/shop", options).probe()
