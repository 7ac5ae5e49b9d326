"""Put sluice.yaml in force, and list, show, approve, put back and export versions of the configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, say, show

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import ConfigText, ConfigVersion

app = typer.Typer()
versions = typer.Typer(no_args_is_help=True)
VersionArgument = Annotated[int, typer.Argument(help="number of a version, as `sluice config list` shows it")]
WhyOption = Annotated[str, typer.Option("--reason", help="why; kept with the version")]


@app.command()
def apply(by: ByOption = "", reason: WhyOption = "", config: ConfigOption = "sluice.yaml") -> None:
    """Put sluice.yaml in force: from now on every machine judges by it, and runs name it as their version.

    While one machine works alone, an edited file is in force with the next run by itself. Where several machines share database and lake, those with another
    file are told so, and judge nothing. With `approval: two` the file becomes a draft, which another person approves by `sluice config approve`.
    """
    from sluice.app import build, configurations

    with build(config) as sluice:
        done = configurations.apply(Path(config), sluice.store.configurations, by=by, note=reason)
    _say_recorded(done)


@versions.command("list")
def list_versions(config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """List the versions of the configuration, the newest first: who made each, why, and who approved it."""
    from sluice.app import build

    with build(config) as sluice:
        listed = sluice.store.configurations.all()
    show([_facts(version) for version in listed], form, empty="no version is recorded yet; the next run records sluice.yaml")


@versions.command("show")
def show_version(
    version: VersionArgument,
    whole: Annotated[bool, typer.Option("--whole", help="print the whole text and no difference")] = False,
    config: ConfigOption = "sluice.yaml",
) -> None:
    """Show what a version of the configuration changed, as a difference from the one before it; the first one as a whole."""
    from sluice.app import build

    with build(config) as sluice:
        sys.stdout.write(_text(sluice, version, whole=whole))


@versions.command()
def diff(
    version: VersionArgument,
    other: Annotated[int | None, typer.Argument(help="the version that it is compared with; the one in force unless given")] = None,
    config: ConfigOption = "sluice.yaml",
) -> None:
    """Show what differs between two versions of the configuration, sluice.yaml first, then the rule files that it names."""
    from sluice.app import build

    with build(config) as sluice:
        live = sluice.store.configurations.in_force()
        sys.stdout.write(_difference(sluice, version, other if other is not None else live.number if live else version))


@versions.command()
def approve(version: VersionArgument, by: ByOption = "", reason: WhyOption = "", config: ConfigOption = "sluice.yaml") -> None:
    """Approve a draft of the configuration, which is in force from then on; nobody approves what they made."""
    from sluice.app import build

    with build(config) as sluice:
        done = sluice.store.configurations.approve(version, by=by, note=reason)
    _say_recorded(done)


@versions.command()
def restore(version: VersionArgument, by: ByOption = "", reason: WhyOption = "", config: ConfigOption = "sluice.yaml") -> None:
    """Put an earlier version of the configuration back: its text is written into sluice.yaml, and is in force as a new version.

    With `approval: two` it becomes a draft, and sluice.yaml stays as it is until that is approved.
    """
    from sluice.app import build, configurations

    with build(config) as sluice:
        done = configurations.restore(Path(config), sluice.store.configurations, version, by=by, note=reason)
    _say_recorded(done)


@versions.command()
def export(config: ConfigOption = "sluice.yaml") -> None:
    """Write the version of the configuration in force into sluice.yaml, such as on another machine, or after a draft was approved."""
    from sluice.app import build, configurations

    with build(config) as sluice:
        live = configurations.export(Path(config), sluice.store.configurations)
    if live is None:
        say("no version is recorded yet; the next run records sluice.yaml")
    else:
        say(tr("{file} is version {version}", file=Path(config).name, version=live.number))


def _say_recorded(version: ConfigVersion) -> None:
    if version.state == "draft":
        say(tr("version {version} is a draft; another person puts it in force: sluice config approve {version} --by NAME", version=version.number))
    else:
        say(tr("version {version} is in force", version=version.number))


def _facts(version: ConfigVersion) -> dict[str, object]:
    facts = {"version": version.number, "at": version.at, "state": version.state, "by": version.author, "approved_by": version.approved_by or None}
    return {**facts, "reason": version.note or None, "digest": version.digest[:12]}


def _text(sluice: App, version: int, *, whole: bool) -> str:
    """Return the difference of a version from the one that it was made from; its text where it was made from none."""
    stored = sluice.store.configurations
    content, base = stored.content(version), next(one.base for one in stored.all() if one.number == version)
    return _whole(content) if whole or not base else _difference(sluice, base, version)


def _whole(content: ConfigText) -> str:
    """Return the text of sluice.yaml, then each rule file under its name."""
    return content.text + "".join(f"\n# {name}\n{text}" for name, text in content.files.items())


def _difference(sluice: App, one: int, other: int) -> str:
    from sluice.config.texts import difference_of

    stored = sluice.store.configurations
    names = tr("version {version}", version=one), tr("version {version}", version=other)
    return difference_of(stored.content(one), stored.content(other), names) + "\n"
