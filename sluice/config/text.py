"""Read, compare and replace the text of sluice.yaml."""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
from pathlib import Path

from sluice.config.load import read


def read_text(path: Path) -> str:
    """Return the text of a configuration, its line ends as they are."""
    return path.read_bytes().decode("utf-8-sig")


def digest_of(text: str) -> str:
    """Return the digest by which it is noticed that somebody else edited a configuration meanwhile."""
    return hashlib.sha256(text.encode()).hexdigest()


def difference(path: Path, before: str, after: str) -> str:
    """Return a unified diff of the text of a configuration.

    Raises:
        ConfigError: The edited text would not be read.
    """
    read(after.encode(), path.name, dict(os.environ), quiet=True)
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), path.name, path.name, lineterm=""))


def replace_text(path: Path, text: str) -> None:
    """Replace a file in one step, so that no other program reads half of it."""
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(text.encode("utf-8"))
    Path(file.name).chmod(path.stat().st_mode)
    Path(file.name).replace(path)
