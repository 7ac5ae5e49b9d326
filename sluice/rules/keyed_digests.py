"""Digests of ids that are remembered to be recognised again: under a key, so that an id made of a name cannot be guessed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field

_PURPOSE = b"sluice remembered ids"  # the key of people who are forgotten is used for something else under it


@dataclass(frozen=True, slots=True)
class KeyedDigests:
    """Compute digests of texts.

    Attributes:
        keys: Keys, the present one first; none: SHA-256 without a key.
    """

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    def of(self, *texts: str | None) -> str:
        """Return the digest under which texts are remembered from now on."""
        return self.all(*texts)[0]

    def all(self, *texts: str | None) -> list[str]:
        """Return the digests that texts may be remembered under: the present one, those under former keys, and that without a key.

        Example:
            >>> plain, keyed = KeyedDigests(), KeyedDigests((b"a key for examples",))
            >>> plain.of("o1") in keyed.all("o1"), plain.of("o1") == keyed.of("o1")
            (True, False)
        """
        content = json.dumps(texts).encode()
        return [*(hmac.digest(hmac.digest(key, _PURPOSE, "sha256"), content, "sha256").hex() for key in self.keys), hashlib.sha256(content).hexdigest()]
