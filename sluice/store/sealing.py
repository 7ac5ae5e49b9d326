"""Encrypt files at rest under a key of the environment: AES-256-GCM, bound to the name of the file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from sluice.errors import ModelError
from sluice.messages import make_error, missing_extra

KEY_VARIABLE, FORMER_VARIABLE = "SLUICE_ENCRYPTION_KEY", "SLUICE_ENCRYPTION_OLD_KEYS"
_MAGIC = b"sluice-sealed-1\n"  # no safetensors file begins so: it would claim a header of exabytes
_ID, _NONCE = 8, 12  # bytes behind it
_PURPOSE = b"sluice files at rest"


class _Cipher(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


@dataclass(frozen=True)
class SealKey:
    """Hold a key, derived from a long random text.

    Attributes:
        text: The text.
    """

    text: str = field(repr=False)

    @cached_property
    def id(self) -> str:
        """Return eight digits that name the key and tell nothing about it."""
        return self._derived(b" id", 4).hex()

    @cached_property
    def cipher(self) -> _Cipher:
        """Return the cipher.

        Raises:
            MissingExtra: The package cryptography is not installed.
        """
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ModuleNotFoundError as error:
            raise missing_extra(error) or error from None

        return AESGCM(self._derived(b" key", 32))

    def _derived(self, purpose: bytes, size: int) -> bytes:
        try:
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
        except ModuleNotFoundError as error:
            raise missing_extra(error) or error from None

        return HKDF(SHA256(), size, None, _PURPOSE + purpose).derive(self.text.encode())


@dataclass(frozen=True)
class Sealing:
    """Encrypt files, or leave them as they are where there is no key.

    Attributes:
        present: The key that files are written under; None: they are written as they are.
        former: Keys that files may be read under.
    """

    present: SealKey | None = None
    former: tuple[SealKey, ...] = ()

    def holds(self, key: str) -> bool:
        """Return whether a key is at hand, by its id."""
        return key in {one.id for one in (self.present, *self.former) if one is not None}

    def seal(self, name: str, content: bytes) -> bytes:
        """Return what is stored of a file.

        Args:
            name: Name of the file: what is stored under another name is refused.
            content: Its bytes.
        """
        if self.present is None:
            return content
        nonce = os.urandom(_NONCE)
        return b"".join((_MAGIC, self.present.id.encode(), nonce, self.present.cipher.encrypt(nonce, content, name.encode())))

    def open(self, name: str, stored: bytes) -> bytes:
        """Return the bytes of a file; one that was stored without a key is returned as it is.

        Raises:
            ModelError: Its key is not in the environment, or the file was altered or renamed.
        """
        sealed_by = key_of(stored)
        if not sealed_by:
            return stored
        key = next((one for one in (self.present, *self.former) if one is not None and one.id == sealed_by), None)
        if key is None:
            raise make_error(ModelError, "file_key_missing", file=name, key=sealed_by, variable=KEY_VARIABLE, former=FORMER_VARIABLE)
        from cryptography.exceptions import InvalidTag

        start = len(_MAGIC) + _ID
        try:
            return key.cipher.decrypt(stored[start : start + _NONCE], stored[start + _NONCE :], name.encode())
        except InvalidTag:
            raise make_error(ModelError, "file_sealed_altered", file=name) from None


def key_of(stored: bytes) -> str:
    """Return the id of the key that a file is encrypted under; empty where it is not encrypted."""
    return stored[len(_MAGIC) : len(_MAGIC) + _ID].decode("ascii", "replace") if stored.startswith(_MAGIC) else ""
