"""Show the spellings of one thing in a column, and give all of them one spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import render, tr
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, show, show_one

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import SpellingGroup

app = typer.Typer()


@app.command("values")
def values(
    dataset: DatasetArgument,
    column: Annotated[str, typer.Argument(help="name of a column; without it, the columns in which things are spelt in several ways")] = "",
    keep: Annotated[str | None, typer.Option(help="give this value of the column to all others of its group, or to those of --replace")] = None,
    replace: Annotated[list[str] | None, typer.Option(help="only to this value, of its group or not; once for each")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="say what --keep would change, in the rows and in sluice.yaml; change nothing")] = False,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List values that are probably spellings of one thing, with the published and held rows of each; `--keep` decides on one spelling.

    Spellings differ in case, white space, accents or signs, or by a typo that is rare beside the word. Columns of the key, personal columns, codes, links,
    numbers and free text are left out. Groups are suggestions: `--keep Bosch --replace "Bosch GmbH"` takes any values of the column.

    `--keep Nike` writes the others into sluice.yaml as a cleaner `map_values`, for later batches, and replaces them in the published rows by one run; each
    changed cell is a repair by `steward`. `sluice undo` takes both back. Held rows get the spelling when they are released.
    """
    from sluice.app import build
    from sluice.app.value_mappings import chosen_mapping

    with build(config) as sluice:
        sluice.require_dataset(dataset)
        if not column:
            show(_columns(sluice, dataset), form, empty="nothing is spelt in several ways")
            return
        groups = _groups(sluice, dataset, column)
        if keep is None:
            show(_facts(groups, form), form, empty=tr("nothing in {column} is spelt in several ways", column=column))
            return
        mapping = chosen_mapping(sluice, dataset, column, groups, keep, replace or ())
        if preview:
            show_mapping(sluice, dataset, column, mapping, form)
            return
        answer = _decide(sluice, dataset, column, mapping, by, reason)
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def _groups(sluice: App, dataset: str, column: str) -> list[SpellingGroup]:
    from sluice.app.value_mappings import require_words
    from sluice.wiring.spellings import spelling_groups

    require_words(sluice, dataset, column)
    return spelling_groups(sluice.config, sluice.store, dataset, column)


def _columns(sluice: App, dataset: str) -> Iterator[Mapping[str, object]]:
    """Yield the columns that have groups of spellings."""
    from sluice.wiring.spellings import spelling_groups

    for column in sluice.config.datasets[dataset].schema_of(dataset).names:
        if groups := spelling_groups(sluice.config, sluice.store, dataset, column):
            rows = sum(one.rows for group in groups for one in group.spellings[1:])
            yield {"column": column, "groups": len(groups), "rows": rows, "first": " ".join(f"'{one.value}' {one.rows:,}" for one in groups[0].spellings)}


def _facts(groups: Sequence[SpellingGroup], form: Format) -> Iterator[Mapping[str, object]]:
    """Yield each spelling; in a table within quotes, which show blanks at its ends."""
    for number, group in enumerate(groups, 1):
        for one in group.spellings:
            yield {"group": number, "value": f"'{one.value}'" if form is Format.table else one.value, "published": one.published, "held": one.held}


def show_mapping(sluice: App, dataset: str, column: str, mapping: Mapping[str, str], form: Format) -> None:
    """Show what mapping values would do, in the rows and in sluice.yaml."""
    from dataclasses import asdict

    from sluice.app.value_mappings import preview_mapping
    from sluice.domain import Message
    from sluice.rules.previews import describe_mapping

    effect = preview_mapping(sluice, dataset, column, mapping)
    lines = describe_mapping(effect)
    show_one({**asdict(effect), "message": Message.join(lines)}, form, "\n".join([*map(render, lines), "", effect.difference]))


def _decide(sluice: App, dataset: str, column: str, mapping: Mapping[str, str], by: str, reason: str) -> Mapping[str, object]:

    from sluice.app.value_mappings import mapping_trial
    from sluice.cli.quarantine import submit_and_carry_out
    from sluice.domain import Request
    from sluice.store.ids import new_id

    trial = mapping_trial(sluice, new_id(), dataset, column, mapping)
    sluice.store.trials.save(trial)
    return submit_and_carry_out(sluice, Request("", "map_values", dataset, by, reason, sluice.now(), (trial.id,), "map_values"))
