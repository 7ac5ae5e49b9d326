"""Start what a shop on several machines needs: a database of PostgreSQL, and a server of S3's protocol."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from sluice.config.address import engine_at

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true"}


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of an empty database, and drop it in the end; SLUICE_TEST_POSTGRES names the server."""
    server = os.environ.get("SLUICE_TEST_POSTGRES", POSTGRES)
    name = f"sluice_kills_{uuid.uuid4().hex[:12]}"
    admin = engine_at(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """Give how to reach a bucket called `lake`; processes that are started meanwhile reach it too."""
    import boto3  # type: ignore[import-untyped]  # it carries no types
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request otherwise
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    try:
        client = boto3.client("s3", endpoint_url=options["AWS_ENDPOINT_URL"], aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        client.close()
        os.environ.update(options)
        yield options
    finally:
        for name in options:
            os.environ.pop(name, None)
        server.stop()
