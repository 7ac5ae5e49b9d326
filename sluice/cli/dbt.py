"""Import the tests of a dbt project, and export what they found: `sluice dbt`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.difference import offer_difference
from sluice.cli.language import ntr, render, tr
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app.dbt import Imported
    from sluice.config import Config

app = typer.Typer(no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(help="`target/manifest.json` of the project, or a `schema.yml`")]
MapOption = Annotated[list[str] | None, typer.Option("--map", help="MODEL=DATASET, where a dataset has another name than its model; can be repeated")]


@app.command("import")
def import_(
    file: FileArgument,
    map_: MapOption = None,
    write: Annotated[bool, typer.Option("--write", help="write the rules into sluice.yaml")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show the tests of a dbt project as rules of the datasets that stand for its models, as a difference of sluice.yaml.

    A test with `severity: warn` reports; one with `error` holds the rows that fail. `where` becomes a row condition where it compares columns with values. What
    no rule can be, such as a query of its own, is listed with its reason.
    """
    from sluice.app.dbt import diff
    from sluice.config import load

    imported = _imported(load(config), file, map_ or ())
    text, difference = diff(Path(config), imported)
    show([_facts(one) for one in imported], form, empty=tr("{path} has no test of a model that a dataset stands for", path=file))
    offer_difference(Path(config), text, difference, form, write=write)


@app.command()
def export(
    file: FileArgument,
    to: Annotated[Path, typer.Option("--to", help="file to write")] = Path("run_results.json"),
    map_: MapOption = None,
    force: Annotated[bool, typer.Option("--force", help="replace a file of that name")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Write what the newest batch of each dataset was like by the tests of a dbt project, as its `run_results.json`.

    It is about the rows as they arrived, and names each test by the id that it has in the project.
    """
    from sluice.app import build
    from sluice.app.dbt_results import run_results

    if to.exists() and not force:
        raise UsageError(tr("{path} exists; choose another name, or --force", path=to))
    with build(config) as sluice:
        imported = _imported(sluice.config, file, map_ or ())
        results = run_results(sluice, imported)
    to.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    count = sum(one.step is not None for one in imported)
    show_one({"file": str(to), "tests": count}, form, ntr("{path}: {count} test", "{path}: {count} tests", count, path=to))


def _imported(config: Config, file: Path, models: Sequence[str]) -> Sequence[Imported]:
    from sluice.app.dbt import import_tests
    from sluice.config.dbt_tests import read_dbt_tests

    imported, others = import_tests(config, read_dbt_tests(file), _models(models, config))
    if others:
        say(tr("no dataset stands for {models}; name one with --map MODEL=DATASET", models=", ".join(others)))
    return imported


def _models(pairs: Sequence[str], config: Config) -> Mapping[str, str]:
    named = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    wrong = [pair for pair in pairs if "=" not in pair] + [dataset for dataset in named.values() if dataset not in config.datasets]
    if wrong:
        raise UsageError(tr("--map {pair}: write MODEL=DATASET, and name one of {datasets}", pair=wrong[0], datasets=", ".join(config.datasets)))
    return named


def _facts(one: Imported) -> Mapping[str, object]:
    did = tr("there already") if one.present else tr("new") if one.step else tr("not imported")
    columns = one.step.settings.get("column") or one.step.settings.get("column_list") if one.step else one.test.column
    return {
        "test": one.test.id,
        "dataset": one.dataset,
        "rule": one.step.name if one.step else None,
        "column": columns,
        "result": did,
        "reason": render(one.reason),
    }
