"""A short command builds its own part of the command line, not all of it."""

from __future__ import annotations

from collections.abc import MutableMapping

import pytest
import typer
from typer._click import Command  # typer carries its own click
from typer.core import TyperGroup

from sluice.cli.main import app, build_command


def commands(group: object) -> MutableMapping[str, Command]:
    assert isinstance(group, TyperGroup)
    return group.commands


ALL = commands(typer.main.get_command(app))


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_named_command_is_built_alone(name: str) -> None:
    built = commands(build_command([name, "--format", "json"]))
    assert list(built) == [name]
    assert [parameter.opts for parameter in built[name].params] == [parameter.opts for parameter in ALL[name].params]


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"], ["gatee"], [""]])
def test_all_commands_are_built_where_none_is_named(arguments: list[str]) -> None:
    assert commands(build_command(arguments)).keys() == ALL.keys()
