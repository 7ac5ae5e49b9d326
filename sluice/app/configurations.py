"""Let sluice.yaml and the versions of the configuration in the database agree before anything is judged by it."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from sluice.config.load import read
from sluice.config.text import digest_of, read_text, replace_text
from sluice.domain import ConfigVersion
from sluice.errors import ConfigError, UsageError
from sluice.messages import make_error
from sluice.rules.configurations import standing_of
from sluice.store.configurations import Configurations


def adopt(path: Path, versions: Configurations) -> ConfigVersion:
    """Return the version in force, which is sluice.yaml: an edited file becomes the next version by itself where one machine works alone.

    Args:
        path: Path of sluice.yaml.
        versions: The recorded versions.

    Raises:
        UsageError: Another version is in force on other machines, or a person has to approve the change; says what to do.
    """
    text, live = read_text(path), versions.in_force()
    standing = standing_of(digest_of(text), live, machine=versions.machine, shared=versions.shared, approval=needs_approval(path, text, versions))
    if live is None or standing == "new":
        return versions.record(text, author=account(), note="")
    if standing != "in_force":
        code = "config_differs" if standing == "differs" else "config_unapproved"
        raise make_error(UsageError, code, file=path.name, version=live.number, author=live.author, at=live.at.isoformat())
    return live


def needs_approval(path: Path, text: str, versions: Configurations) -> bool:
    """Return True where the version in force, or the text, says `approval: two`; the first version needs none."""
    live = versions.in_force()
    return live is not None and any(_approval_of(path, one) == "two" for one in (versions.text(live.number), text))


def _approval_of(path: Path, text: str) -> str:
    try:
        return read(text.encode(), path.name, dict(os.environ), quiet=True).approval
    except ConfigError:  # such as a version that needs a variable which is set no longer
        return "two" if "approval: two" in text else "one"


def apply(path: Path, versions: Configurations, *, by: str, note: str) -> ConfigVersion:
    """Make sluice.yaml the version in force, or a draft where another person has to approve it.

    Raises:
        UsageError: Nobody is named.
        ConfigError: It is wrong.
    """
    if not by.strip():
        raise make_error(UsageError, "config_unnamed")
    text = read_text(path)
    read(text.encode(), path.name, dict(os.environ), quiet=True)
    state = "draft" if needs_approval(path, text, versions) else "live"
    return versions.record(text, author=by.strip(), note=note, state=state)  # type: ignore[arg-type]  # one of the two


def restore(path: Path, versions: Configurations, number: int, *, by: str, note: str) -> ConfigVersion:
    """Put the text of an earlier version back into sluice.yaml, as a new version; where that has to be approved, it is a draft, and the file stays.

    Raises:
        UsageError: Nobody is named, or there is no such version.
        ConfigError: The program does not read the text any more.
    """
    if not by.strip():
        raise make_error(UsageError, "config_unnamed")
    text = versions.text(number)
    read(text.encode(), path.name, dict(os.environ), quiet=True)
    if needs_approval(path, text, versions):
        return versions.record(text, author=by.strip(), note=note or f"version {number}", state="draft")
    replace_text(path, text)
    return versions.record(text, author=by.strip(), note=note or f"version {number}")


def export(path: Path, versions: Configurations) -> ConfigVersion | None:
    """Write the version in force into sluice.yaml; None where there is none yet."""
    live = versions.in_force()
    if live is not None and digest_of(read_text(path)) != live.digest:
        replace_text(path, versions.text(live.number))
    return live


def account() -> str:
    """Return the account that runs the program, as the author of what was edited by hand."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without such a user
        return "unknown"
