"""Name the datasets where a command needs one and got none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sluice.cli.language import tr
from sluice.errors import SluiceError

_OPTIONS = ("-c", "--config")


def datasets_line(arguments: Sequence[str]) -> str:
    """Return a line with the datasets of the configuration that a command line names; empty where there is none that can be read.

    Args:
        arguments: The command line, without the name of the program.
    """
    from sluice.config import load

    path = config_path(arguments)
    try:
        return tr("the datasets of {file}: {datasets}", file=path.name, datasets=", ".join(load(path).datasets))
    except (SluiceError, OSError):
        return ""


def config_path(arguments: Sequence[str]) -> Path:
    """Return the path of sluice.yaml that a command line names.

    Example:
        >>> config_path(["gate", "--config=shop/sluice.yaml"]).as_posix()
        'shop/sluice.yaml'
    """
    for position, argument in enumerate(arguments):
        if argument in _OPTIONS and position + 1 < len(arguments):
            return Path(arguments[position + 1])
        name, _, value = argument.partition("=")
        if name == "--config" and value:
            return Path(value)
    return Path(os.environ.get("SLUICE_CONFIG", "sluice.yaml"))
