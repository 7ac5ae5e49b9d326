"""Read and write sluice.yaml together with the rule files that it names: one version of the configuration."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from sluice.config.text import read_text, replace_text
from sluice.domain import ConfigText

_NAMES_A_FILE = re.compile(r"""suite["']?:[ \t]+[^\s\[#]""")


def read_texts(path: Path) -> ConfigText:
    """Return the text of sluice.yaml with those of the rule files that it names; one that is not there is left out.

    Args:
        path: Path of sluice.yaml.
    """
    text = read_text(path)
    places = {name: path.parent / name for name in rule_files(text)}
    return ConfigText(text, {name: read_text(place) for name, place in places.items() if place.is_file()})


def rule_files(text: str) -> tuple[str, ...]:
    """Return the names of the files that stand as suites in the text of a configuration.

    Example:
        >>> rule_files("datasets: {items: {suite: rules.json}, events: {suite: [a]}}")
        ('rules.json',)
    """
    if not _NAMES_A_FILE.search(text):  # nearly all configurations: their text is not parsed
        return ()
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        tree = YAML(typ="safe", pure=True).load(text)
    except YAMLError:  # what is wrong with it is said where it is loaded
        return ()
    datasets = tree.get("datasets") if isinstance(tree, dict) else None
    suites = [settings.get("suite") for settings in datasets.values() if isinstance(settings, dict)] if isinstance(datasets, dict) else []
    return tuple(dict.fromkeys(suite for suite in suites if isinstance(suite, str)))


def write_texts(path: Path, content: ConfigText) -> None:
    """Write a version of the configuration: the rule files that its text names, then sluice.yaml.

    Args:
        path: Path of sluice.yaml.
        content: Its texts.
    """
    for name in rule_files(content.text):
        if name in content.files and _differs(path.parent / name, content.files[name]):
            replace_text(path.parent / name, content.files[name])
    if _differs(path, content.text):
        replace_text(path, content.text)


def write_missing(path: Path, content: ConfigText) -> None:
    """Write those rule files of a version that are there no longer, without which its text is not read."""
    for name in rule_files(content.text):
        if name in content.files and not (path.parent / name).is_file():
            replace_text(path.parent / name, content.files[name])


def _differs(place: Path, text: str) -> bool:
    return not place.is_file() or read_text(place) != text


def difference_of(before: ConfigText, after: ConfigText, names: tuple[str, str]) -> str:
    """Return what differs between two versions as a unified diff, sluice.yaml first, then each rule file under its name.

    Args:
        before: The one.
        after: The other.
        names: What they are called.
    """
    files = sorted({*before.files, *after.files})
    pairs = [("", before.text, after.text), *((f" {name}", before.files.get(name, ""), after.files.get(name, "")) for name in files)]
    return "\n".join(line for name, one, other in pairs for line in _lines(one, other, f"{names[0]}{name}", f"{names[1]}{name}"))


def _lines(before: str, after: str, one: str, other: str) -> Iterator[str]:
    return difflib.unified_diff(before.splitlines(), after.splitlines(), one, other, lineterm="")
