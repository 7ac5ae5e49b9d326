"""Let sluice.yaml and the versions of the configuration in the database agree before anything is judged by it."""

from __future__ import annotations

import getpass
from pathlib import Path

from sluice.config.text import validate
from sluice.config.texts import read_texts, write_missing, write_texts
from sluice.domain import ConfigText, ConfigVersion
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
    content, live = read_texts(path), versions.in_force()
    approval = needs_approval(path, content.text, versions)
    standing = standing_of(content.digest, live, machine=versions.machine, shared=versions.shared, approval=approval)
    if live is None or standing == "new" or _only_lacks_files(content, live, versions):
        return versions.record(content, author=account(), note="")
    if standing != "in_force":
        code = "config_differs" if standing == "differs" else "config_unapproved"
        raise make_error(UsageError, code, file=path.name, version=live.number, author=live.author, at=live.at.isoformat())
    return live


def _only_lacks_files(content: ConfigText, live: ConfigVersion, versions: Configurations) -> bool:
    """Return True where the version in force has the same text, but was recorded before rule files stood in versions."""
    recorded = versions.content(live.number) if content.files else None
    return recorded is not None and not recorded.files and recorded.text == content.text


def needs_approval(path: Path, text: str, versions: Configurations) -> bool:
    """Return True where the version in force, or the text, says `approval: two`; the first version needs none."""
    live = versions.in_force()
    return live is not None and any(_approval_of(path, one) == "two" for one in (versions.content(live.number).text, text))


def _approval_of(path: Path, text: str) -> str:
    try:
        return validate(path, text).approval
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
    content = read_texts(path)
    validate(path, content.text)
    state = "draft" if needs_approval(path, content.text, versions) else "live"
    return versions.record(content, author=by.strip(), note=note, state=state)  # type: ignore[arg-type]  # one of the two


def restore(path: Path, versions: Configurations, number: int, *, by: str, note: str, approved_by: str = "") -> ConfigVersion:
    """Put an earlier version back into sluice.yaml and its rule files, as a new version.

    Where that has to be approved and was not, it is a draft, and the files stay.

    Raises:
        UsageError: Nobody is named, or there is no such version.
        ConfigError: The program does not read the text any more.
    """
    if not by.strip():
        raise make_error(UsageError, "config_unnamed")
    content, why = versions.content(number), note or f"version {number}"
    write_missing(path, content)
    validate(path, content.text)
    if needs_approval(path, content.text, versions) and not approved_by:
        return versions.record(content, author=by.strip(), note=why, state="draft")
    write_texts(path, content)
    return versions.record(content, author=by.strip(), note=why, approved_by=approved_by)


def export(path: Path, versions: Configurations) -> ConfigVersion | None:
    """Write the version in force into sluice.yaml and its rule files; None where there is none yet."""
    live = versions.in_force()
    if live is not None and read_texts(path).digest != live.digest:
        write_texts(path, versions.content(live.number))
    return live


def account() -> str:
    """Return the account that runs the program, as the author of what was edited by hand."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without such a user
        return "unknown"
