"""Identify rules across renames: settings are hashed by the names that they had first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sluice.config.renamed import original, rename_step
from sluice.domain import canonical
from sluice.domain import original as original_name


def current_settings(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings on a model's card under their present names.

    Args:
        kind: Kind of the detector, as it stands on the card.
        settings: Values by name.

    Example:
        >>> current_settings("autoencoder", {"budget": 0.01, "promise": "sure"})
        {'max_fpr': 0.01, 'guarantee': 'conditional'}
    """
    return rename_step("detect", canonical(kind), settings)[1]


def fingerprint(kind: str, settings: Mapping[str, Any], rule: str | None = None) -> str:
    """Hash a rule's name and settings by their first names, so that a rename alone changes no fingerprint.

    Args:
        kind: Kind of the detector.
        settings: Values that JSON knows, under their present names.
        rule: Name to hash in place of the kind, such as `traffic:crawler`.

    Returns:
        12 hexadecimal digits.
    """
    name = original_name(rule or kind).rpartition(":")[2]
    first = original(settings, ("datasets", "*", "detect", kind))
    return hashlib.sha256(json.dumps([name, first], sort_keys=True).encode()).hexdigest()[:12]
