"""Encrypt columns of the database that may hold what people write of persons: AES-256-GCM, under the key that models are encrypted under."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from sqlalchemy import JSON, Dialect, Engine, Text, TypeDecorator

from sluice.errors import ModelError, StoreError
from sluice.messages import make_error
from sluice.store.sealing import FORMER_VARIABLE, KEY_VARIABLE, Sealing, key_of

MARK = "sealed:"
_UNREADABLE = "(encrypted under the key {key}, which is not at hand)"


def with_sealing(engine: Engine, sealing: Sealing) -> Engine:
    """Let an engine encrypt what it writes into sealed columns, and read what is encrypted there; before it has any connection."""
    engine.dialect.sluice_sealing = sealing  # type: ignore[attr-defined]  # the one object of an engine that a type is given
    return engine


class SealedText(TypeDecorator[str]):
    """Hold a text that is encrypted where there is a key; one from before is read as it is."""

    impl = Text
    cache_ok = True

    def __init__(self, name: str, *, lenient: bool = True) -> None:
        """Name the column.

        Args:
            name: `table.column`; what is put into another column is refused.
            lenient: People only read the text: where its key is missing, a remark stands in its place. Otherwise reading it is an error.
        """
        super().__init__()
        self.name, self.lenient = name, lenient

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what is stored of a text."""
        return value and seal_text(_sealing_of(dialect), self.name, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text.

        Raises:
            StoreError: Its key is not at hand, or it was altered.
        """
        if value is None or not is_sealed(value):
            return value
        key = key_of_text(value)
        if self.lenient and not _sealing_of(dialect).holds(key):
            return _UNREADABLE.format(key=key)
        return open_text(_sealing_of(dialect), self.name, value)


class SealedJson(TypeDecorator[Any]):
    """Hold a value of JSON that is encrypted where there is a key; one from before is read as it is."""

    impl = JSON
    cache_ok = True

    def __init__(self, name: str, *, none_as_null: bool = False) -> None:
        """Name the column; see `SealedText` and `JSON`."""
        super().__init__(none_as_null=none_as_null)
        self.name, self.none_as_null = name, none_as_null

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401  # any value of JSON
        """Return what is stored of a value."""
        sealing = _sealing_of(dialect)
        return value if value is None or sealing.present is None else seal_text(sealing, self.name, json.dumps(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401  # any value of JSON
        """Return the value.

        Raises:
            StoreError: Its key is not at hand, or it was altered.
        """
        return json.loads(open_text(_sealing_of(dialect), self.name, value)) if isinstance(value, str) and is_sealed(value) else value


def seal_text(sealing: Sealing, name: str, text: str) -> str:
    """Return what is stored of a text: as it is where there is no key."""
    return text if sealing.present is None else MARK + base64.b64encode(sealing.seal(name, text.encode("utf-8", "surrogatepass"))).decode()


def open_text(sealing: Sealing, name: str, stored: str) -> str:
    """Return a text that is encrypted.

    Raises:
        StoreError: Its key is not at hand, or it was altered.
    """
    key = key_of_text(stored)
    if not sealing.holds(key):
        raise make_error(StoreError, "record_key_missing", column=name, key=key, variable=KEY_VARIABLE, former=FORMER_VARIABLE)
    try:
        return sealing.open(name, _bytes(stored)).decode("utf-8", "surrogatepass")
    except ModelError:
        raise make_error(StoreError, "record_sealed_altered", column=name) from None


def is_sealed(stored: object) -> bool:
    """Return whether what is stored is encrypted."""
    return isinstance(stored, str) and bool(key_of_text(stored))


def is_unreadable(text: str) -> bool:
    """Return whether a remark stands in the place of a text whose key is missing."""
    before, _, after = _UNREADABLE.partition("{key}")
    return text.startswith(before) and text.endswith(after)


def key_of_text(stored: str) -> str:
    """Return the id of the key that a text is encrypted under; empty where it is not encrypted.

    Example:
        >>> key_of_text("a note"), key_of_text("sealed: an envelope")
        ('', '')
    """
    return key_of(_bytes(stored)) if stored.startswith(MARK) else ""


def _bytes(stored: str) -> bytes:
    try:
        return base64.b64decode(stored[len(MARK) :], validate=True)
    except binascii.Error:
        return b""


def _sealing_of(dialect: Dialect) -> Sealing:
    return getattr(dialect, "sluice_sealing", None) or Sealing()
