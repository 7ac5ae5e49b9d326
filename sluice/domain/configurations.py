"""Describe versions of the configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

VersionState: TypeAlias = Literal["live", "draft"]
Standing: TypeAlias = Literal["in_force", "new", "differs", "unapproved"]
"""How a file stands to the version in force: it is that one, becomes the next one by itself, is not that of another machine, or has to be approved."""


@dataclass(frozen=True, slots=True)
class ConfigText:
    """Hold what a version of the configuration consists of.

    Attributes:
        text: Text of sluice.yaml.
        files: Texts of the rule files that it names as suites, by name.
    """

    text: str
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return SHA-256 over the text, and over the name and text of each rule file.

        Example:
            >>> ConfigText("a").digest == ConfigText("a", {}).digest != ConfigText("a", {"rules.json": "{}"}).digest
            True
        """
        whole = hashlib.sha256(self.text.encode())
        for name in sorted(self.files):
            whole.update(f"\0{name}\0{self.files[name]}".encode())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    """Represent one version of the configuration; the live one of the greatest number is in force.

    Attributes:
        number: Its number.
        digest: SHA-256 of its text, and of the rule files that it names.
        author: Who made it; the account that ran a command where sluice.yaml was edited by hand.
        note: Why, or what it changes.
        at: When it was recorded.
        state: live, or a draft, which nobody has approved yet.
        approved_by: Who made it live, where that was somebody else.
        base: Number of the version that was in force when it was made; 0 for the first one.
        machine: Machine on which it was recorded.
    """

    number: int
    digest: str
    author: str
    note: str
    at: datetime
    state: VersionState
    approved_by: str = ""
    base: int = 0
    machine: str = ""
