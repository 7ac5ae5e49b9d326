"""Find products that are listed twice, label pairs of them at a terminal, and merge them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, tr
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show, show_one
from sluice.cli.terminal_text import visible
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.app.pair_labels import PairSession
    from sluice.domain import PairToLabel, ProductMatches

app = typer.Typer()

_HELP = "y: one product · n: two products · u: undo · s: skip · q: end"


@app.command("match")
def match(
    dataset: DatasetArgument,
    label: Annotated[bool, typer.Option("--label", help="ask about pairs of products; the answers teach the next search")] = False,
    pairs: Annotated[int, typer.Option(min=1, help="number of pairs after which --label ends")] = 20,
    merge: Annotated[list[str] | None, typer.Option(help="give rows that refer to this product the id of --keep; once for each")] = None,
    keep: Annotated[str, typer.Option(help="id of the product that stays")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="say what --merge would change, in the rows and in sluice.yaml; change nothing")] = False,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List products of a catalog that are probably listed under several ids; nothing is merged unless a person says so.

    Titles, texts, model numbers, prices and GTINs are compared. Sizes and colours are variants, no duplicates. Without labels a pair counts where
    title and all text agree on it; from ten labelled pairs on, what they teach counts. `--label` asks about the pairs that teach most, and writes each answer
    into labels/DATASET_pairs.csv.

    `--merge b17 --keep a3` gives every row of other datasets that refers to b17 the id a3, each as a repair, and maps it in sluice.yaml for later
    batches. `sluice undo` takes both back.
    """
    from sluice.app import build

    with build(config) as sluice:
        sluice.require_dataset(dataset)
        if label:
            _label(sluice, dataset, pairs)
        elif merge:
            _merge(sluice, dataset, (keep, *merge), preview, by, reason, form)
        else:
            matches = sluice.worker.find_products(dataset, 20, sluice.store.snapshot().id)
            say(_how(matches))
            show(_facts(matches, form), form, empty=tr("no product of {dataset} is listed twice", dataset=dataset))


def _how(matches: ProductMatches) -> str:
    """Return by what it was decided which products are one."""
    if matches.learned:
        return ntr("learned from {count} labelled pair", "learned from {count} labelled pairs", matches.labels)
    return tr("no labels teach yet: a pair counts where title and all text agree on it (kappa {kappa:.2f})", kappa=matches.agreement)


def _facts(matches: ProductMatches, form: Format) -> Iterator[Mapping[str, object]]:
    for number, group in enumerate(matches.groups, 1):
        for place, one in enumerate(group.products):
            sure = None if group.probability is None else round(group.probability, 3)
            text = " · ".join(filter(None, one.cells.values()))
            yield {"group": number, "id": one.id, "keep": keep_cell(form, keeps=place == 0), "rows": one.rows, "probability": sure, "product": text}


def keep_cell(form: Format, *, keeps: bool) -> bool | str:
    """Return whether a product stays: true or false in JSON; in a table yes, or blank."""
    return keeps if form is Format.json else tr("yes") if keeps else ""


def _merge(sluice: App, dataset: str, products: tuple[str, ...], preview: bool, by: str, reason: str, form: Format) -> None:
    if not products[0]:
        raise UsageError(tr("--merge needs --keep: the id of the product that stays"))
    if preview:
        _preview(sluice, dataset, products, form)
        return
    from sluice.cli.quarantine import submit_and_carry_out
    from sluice.domain import Request

    answer = submit_and_carry_out(sluice, Request("", "merge_products", dataset, by, reason, sluice.now(), products))
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def _preview(sluice: App, dataset: str, products: tuple[str, ...], form: Format) -> None:
    from dataclasses import asdict

    from sluice.app.merges import preview_merge

    effect = preview_merge(sluice, dataset, products[0], products[1:])
    rows = [{"dataset": name, "column": column, "rows": count} for (name, column), count in effect.rows.items()]
    lines = [tr("{dataset}: {count} rows change in {column}", dataset=row["dataset"], count=row["rows"], column=row["column"]) for row in rows]
    failing = [tr("{count} rows would then fail a rule, and be held", count=effect.failing)] if effect.failing else []
    show_one({**asdict(effect), "rows": rows}, form, "\n".join([*lines, *failing, "", effect.difference]))


def _label(sluice: App, dataset: str, count: int) -> None:
    from sluice.app.pair_labels import start_pairs
    from sluice.store.ids import new_id

    session = start_pairs(sluice, dataset, new_id())
    typer.echo(tr(_HELP))
    while len(session.answered) < count and (pair := session.next_pair()) is not None:
        if not _ask(session, pair):
            break
    typer.echo(
        ntr(
            "{count} pair was labelled; the labels are in {path}",
            "{count} pairs were labelled; the labels are in {path}",
            len(session.answered),
            path=session.path,
        )
    )
    for one, other in session.contradictions():
        say(
            tr(
                "labels contradict each other: whether {one} and {other} are one product; correct one of them in {path}",
                one=one,
                other=other,
                path=session.path,
            )
        )


def _ask(session: PairSession, pair: PairToLabel) -> bool:
    """Ask about one pair; return False where the person ends."""
    _show(pair)
    while True:
        answer = typer.prompt("", default="", show_default=False, prompt_suffix="> ").strip().lower()
        if answer in ("y", "n"):
            session.label(pair, same=answer == "y")
        elif answer == "s":
            session.skip(pair)
        elif answer == "u":
            if not session.undo():
                typer.echo(tr("no answer of this session is left to take back"))
        elif answer != "q":
            typer.echo(tr("{answer} is no answer.", answer=visible(answer)) + f" {tr(_HELP)}")
            continue
        return bool(answer != "q")


def _show(pair: PairToLabel) -> None:
    """Print two products beside each other, with the cells that differ marked."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("", Text(visible(pair.left)), Text(visible(pair.right)))
    for name, (left, right) in pair.cells.items():
        style = "" if left == right else "bold"
        table.add_row(Text(visible(name)), Text(visible(left), style=style), Text(visible(right), style=style))
    console = Console()
    console.print("" if pair.probability is None else "\n" + tr("one product with a probability of {probability:.0%}", probability=pair.probability))
    console.print(table)
