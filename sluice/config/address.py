"""Create engines for database addresses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url


def engine_at(address: str | URL, **options: Any) -> Engine:  # noqa: ANN401  # create_engine's own options
    """Create an engine; open no connection yet.

    Args:
        address: A SQLAlchemy address. All of PostgreSQL's mean the one driver that is installed, and may say `sslmode` and `sslrootcert`.
        options: Of `sqlalchemy.create_engine`.

    Raises:
        sqlalchemy.exc.ArgumentError: The address cannot be understood.
    """
    url = make_url(address)
    if url.drivername.partition("+")[0] not in ("postgresql", "postgres"):
        return create_engine(url, **options)
    from sluice.config import postgres  # where it is needed: importing the driver takes a while

    engine = create_engine(url.set(drivername="postgresql+pg8000"), **options)
    event.listen(engine, "do_connect", postgres.dial)
    return engine
