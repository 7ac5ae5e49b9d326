"""Read the key under which people are forgotten."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence

from sluice.domain import Suppression
from sluice.errors import UsageError
from sluice.rules.pseudonyms import MIN_KEY, Pseudonyms

KEY_VARIABLE = "SLUICE_FORGET_KEY"
_MAKE = f"make one (`openssl rand -hex 32`), keep it where the other secrets of the shop are, and set it for every program of Sluice: {KEY_VARIABLE}=..."


def read_pseudonyms(suppressions: Sequence[Suppression]) -> Pseudonyms:
    """Return what computes digests under the key of the environment.

    Args:
        suppressions: Records of people whose data were erased, under the same key.

    Raises:
        UsageError: There is no key, it is too short, or it is not that of the records.
    """
    text = os.environ.get(KEY_VARIABLE, "").strip()
    if len(text) < MIN_KEY:
        state = "is not set" if not text else f"has fewer than {MIN_KEY} characters"
        why = "people are forgotten under a key, and without it their rows would come back; set it" if suppressions else _MAKE
        raise UsageError(f"{KEY_VARIABLE} {state}; {why}")
    pseudonyms = Pseudonyms(text)
    if any(record.key_id != pseudonyms.key_id for record in suppressions):
        raise UsageError(f"{KEY_VARIABLE} is not the key under which people were forgotten: their rows would come back; set that one")
    return pseudonyms


def preview_pseudonyms(suppressions: Sequence[Suppression]) -> Pseudonyms:
    """Return what computes digests for a preview, which needs no key where nobody is forgotten yet.

    Raises:
        UsageError: People are forgotten, and the key is not set, or is another.
    """
    if not suppressions and not os.environ.get(KEY_VARIABLE, "").strip():
        return Pseudonyms(secrets.token_hex(MIN_KEY))
    return read_pseudonyms(suppressions)
