"""Create engines for database addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import NoSuchModuleError

from sluice.messages import missing_extra

_DIALECTS: Mapping[str, str] = {"duckdb": "duckdb_engine", "bigquery": "sqlalchemy_bigquery", "snowflake": "snowflake"}
"""Packages by the dialect that they bring to SQLAlchemy."""


def engine_at(address: str | URL, **options: Any) -> Engine:  # noqa: ANN401  # create_engine's own options
    """Create an engine; open no connection yet.

    Args:
        address: A SQLAlchemy address. All of PostgreSQL's mean the one driver that is installed, and may say `sslmode` and `sslrootcert`; one of
            MySQL without a driver means PyMySQL.
        options: Of `sqlalchemy.create_engine`.

    Raises:
        sqlalchemy.exc.ArgumentError: The address cannot be understood.
        MissingExtra: Its dialect or driver is not installed; names the extra.
    """
    url = make_url(address)
    dialect, _, driver = url.drivername.partition("+")
    if dialect not in ("postgresql", "postgres"):
        return _create(url.set(drivername=f"{dialect}+pymysql") if dialect in ("mysql", "mariadb") and not driver else url, dialect, options)
    from sluice.config import postgres  # where it is needed: importing the driver takes a while

    engine = create_engine(url.set(drivername="postgresql+pg8000"), **options)
    event.listen(engine, "do_connect", postgres.dial)
    return engine


def _create(url: URL, dialect: str, options: Mapping[str, Any]) -> Engine:
    try:
        return create_engine(url, **options)
    except NoSuchModuleError as error:
        raise missing_extra(ModuleNotFoundError(name=_DIALECTS.get(dialect))) or error from None
    except ModuleNotFoundError as error:
        raise missing_extra(error) or error from None
