"""Digests of ids that are remembered to be recognised again: under a key, so that an id made of a name cannot be guessed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from functools import cached_property

_ID, _LENGTH = 8, 64  # letters of the id of a key, and of what is stored
_ROW_LENGTH = 33  # letters of the digest of a row, of which a mark holds a thousand
_PURPOSE = b"sluice remembered ids"  # the key of people who are forgotten is used for something else under it


@dataclass(frozen=True)
class KeyedDigests:
    """Compute digests of texts. A digest under a key begins with the id of the key.

    Attributes:
        keys: Keys, the present one first; none: SHA-256 without a key.
    """

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Return what names each key and tells nothing about it."""
        return tuple(hmac.digest(derived, b"id", "sha256").hex()[:_ID] for derived in self._derived)

    def of(self, *texts: str | None) -> str:
        """Return the digest under which texts are remembered from now on."""
        return self.all(*texts)[0]

    def all(self, *texts: str | None) -> list[str]:
        """Return the digests that texts may be remembered under: the present one, those under former keys, those of earlier versions, that without a key.

        Example:
            >>> plain, keyed = KeyedDigests(), KeyedDigests((b"a key for examples",))
            >>> plain.of("o1") in keyed.all("o1"), plain.of("o1") == keyed.of("o1"), keyed.under_key(plain.of("o1")) == keyed.of("o1")
            (True, False, True)
        """
        content = json.dumps(texts).encode()
        earlier = [hmac.digest(derived, content, "sha256").hex() for derived in self._derived]
        return self.forms(hashlib.sha256(content).hexdigest(), *earlier)

    def forms(self, *digests: str) -> list[str]:
        """Return what digests without the id of a key may be stored as: under each key, the present one first, and as they are."""
        return [*(self._keyed(position, one) for position in range(len(self.keys)) for one in digests), *digests]

    def under_key(self, digest: str) -> str:
        """Return what takes the place of a digest that names no key, once there is one: nobody computes it without the key."""
        return self._keyed(0, digest) if self.keys and key_of(digest) is None else digest

    def row_forms(self, digest: str) -> list[str]:
        """Return what the digest of a row may be stored as in a mark, the present one first."""
        return [form[:_ROW_LENGTH] for form in self.forms(digest)]

    def row_under_key(self, digest: str) -> str:
        """Return what takes the place of the digest of a row in a mark; see `under_key`."""
        return self.under_key(digest)[:_ROW_LENGTH]

    @cached_property
    def _derived(self) -> tuple[bytes, ...]:
        return tuple(hmac.digest(key, _PURPOSE, "sha256") for key in self.keys)

    def _keyed(self, position: int, digest: str) -> str:
        return f"{self.ids[position]}:{hmac.digest(self._derived[position], digest.encode(), 'sha256').hex()}"[:_LENGTH]


def key_of(digest: str) -> str | None:
    """Return the id of the key that a digest is under; None where it names none: it is without a key, or of an earlier version.

    Example:
        >>> keyed = KeyedDigests((b"a key for examples",))
        >>> key_of(keyed.of("o1")) == keyed.ids[0], key_of(KeyedDigests().of("o1"))
        (True, None)
    """
    name, colon, _ = digest.partition(":")
    return name if colon else None
