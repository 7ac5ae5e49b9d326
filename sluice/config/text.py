"""Read, compare and replace the text of sluice.yaml."""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
from pathlib import Path

from sluice.config.load import read
from sluice.config.models import Config
from sluice.errors import ConfigError


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
    validate(path, after)
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), path.name, path.name, lineterm=""))


def validate(path: Path, text: str) -> Config:
    """Read a text as the configuration that stands at a path: files that it names are looked for beside it, mistakes name it by its name.

    Raises:
        ConfigError: It is wrong.
    """
    try:
        return read(text.encode(), str(path), dict(os.environ), quiet=True)
    except ConfigError as error:
        raise ConfigError(path.name, error.problems) from None


def replace_text(path: Path, text: str) -> None:
    """Replace a file in one step, so that no other program reads half of it."""
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(text.encode("utf-8"))
    if path.exists():
        Path(file.name).chmod(path.stat().st_mode)
    Path(file.name).replace(path)
