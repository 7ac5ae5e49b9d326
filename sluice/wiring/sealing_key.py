"""Read the keys under which models are encrypted at rest."""

from __future__ import annotations

import os

from sluice.domain import Message
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.pseudonyms import MIN_KEY
from sluice.store.sealing import FORMER_VARIABLE, KEY_VARIABLE, Sealing, SealKey


def read_sealing() -> Sealing:
    """Return what encrypts files under the keys of the environment; nothing is encrypted where there is none.

    Raises:
        UsageError: A key is too short.
    """
    present = os.environ.get(KEY_VARIABLE, "").strip()
    former = [line.strip() for line in os.environ.get(FORMER_VARIABLE, "").splitlines() if line.strip()]
    for variable, keys in ((KEY_VARIABLE, [present] if present else []), (FORMER_VARIABLE, former)):
        if any(len(key) < MIN_KEY for key in keys):
            raise make_error(UsageError, "encryption_key_short", variable=variable, problem=Message.of("forget_key_short", letters=MIN_KEY))
    return Sealing(SealKey(present) if present else None, tuple(map(SealKey, former)))
