"""Connect to PostgreSQL: give up early on a dead address, never on a long query, and raise only the driver's own errors."""

from __future__ import annotations

import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pg8000.exceptions import InterfaceError
from pg8000.legacy import Connection

PATIENCE = 10.0  # seconds, for a connection to be made
_PLAIN = {"disable": False, "allow": None, "prefer": None, "require": True}  # as libpq has them; None: encrypted where the server can


class _Connection(Connection):  # type: ignore[misc]  # the driver carries no types
    def handle_messages(self, context: object) -> None:
        """Read the server's answer; report errors of the socket as a lost connection, which the driver does not."""
        try:
            super().handle_messages(context)
        except OSError as error:
            raise InterfaceError("network error") from error  # the words that SQLAlchemy knows a lost connection by

    def close(self) -> None:
        """Close, also where the server is gone: SQLAlchemy would log a traceback for it."""
        with suppress(InterfaceError):
            super().close()


def dial(_dialect: object, _record: object, _args: Sequence[Any], settings: dict[str, Any]) -> Connection:
    """Connect, as a listener to SQLAlchemy's `do_connect`.

    Raises:
        InterfaceError: Nobody answers in time, or nobody that speaks PostgreSQL; or a setting of the address is not known.
        DatabaseError: The server refuses.
    """
    if "user" not in settings:
        raise InterfaceError("the address names no user")
    context = _encryption(settings.pop("sslmode", "prefer"), settings.pop("sslrootcert", None))
    try:
        connection = _Connection(**settings, ssl_context=context, timeout=PATIENCE)
    except TypeError as error:
        raise InterfaceError(f"a setting of the address is not known: {error}") from error
    except OSError as error:
        raise InterfaceError(_reason(error)) from error
    except InterfaceError as error:
        if isinstance(error.__cause__, OSError):
            raise InterfaceError(_reason(error.__cause__)) from error  # shorter and clearer than what the driver makes of it
        raise
    except (KeyError, ValueError, struct.error) as error:
        raise InterfaceError("what answers does not speak PostgreSQL") from error
    connection._usock.settimeout(None)  # noqa: SLF001  # the driver has one limit for connecting and for queries, and no public way to lift it
    return connection


def _reason(error: OSError) -> str:
    return f"no answer within {PATIENCE:.0f} s" if isinstance(error, TimeoutError) else error.strerror or str(error)


def _encryption(mode: str, roots: str | None) -> ssl.SSLContext | bool | None:
    if mode in _PLAIN and not (roots and mode == "require"):
        return _PLAIN[mode]
    if mode not in ("require", "verify-ca", "verify-full"):
        raise InterfaceError(f"there is no sslmode {mode}")
    try:
        context = ssl.create_default_context(cafile=roots)
    except OSError as error:
        raise InterfaceError("the file that sslrootcert names cannot be read") from error
    context.check_hostname = mode == "verify-full"
    return context
