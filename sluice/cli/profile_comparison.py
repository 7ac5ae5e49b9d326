"""Show what moved between two batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sluice.cli.language import render, tr, word
from sluice.cli.output import Format, say, show_one, table_text
from sluice.cli.profile_text import column_row

if TYPE_CHECKING:
    from sluice.domain import BatchProfile
    from sluice.rules.profiles import Move, ShareMove

SHARES = 3  # values of a move in the table


def compare_batches(dataset: str, column: str | None, named: tuple[str, str], config: str, form: Format) -> None:
    """Write what moved between two batches, and both side by side.

    Args:
        dataset: Name of the dataset.
        column: Name of the only column; None for all.
        named: Both batches, by run or day.
        config: Path of sluice.yaml.
        form: Form of the result.
    """
    from sluice.app import build
    from sluice.app.profiles import change_facts, find_profile, move_facts, profile_facts
    from sluice.rules.profiles import column_messages, compare_columns, compare_profiles

    with build(config) as sluice:
        before, after = (find_profile(sluice, dataset, name) for name in named)
    columns = [_require_either(before, after, column)] if column else list(dict.fromkeys(one.column for batch in (after, before) for one in batch.columns))
    changes = compare_columns(before, after) if column is None else compare_columns(before, after).of_column(column)
    moves = [move for move in compare_profiles(before, after) if move.column in columns]
    both = (before, after)
    facts = {
        name: {"run": batch.run, "until": batch.at, "columns": [profile_facts(one) for one in batch.columns if one.column in columns]}
        for name, batch in zip(("before", "after"), both, strict=True)
    }
    compared = columns if column else list(dict.fromkeys(move.column for move in moves))
    tables = [list(map(_move_row, moves)), _side_by_side(both, compared)]
    text = "\n".join(table_text(rows, None) for rows in tables if rows)
    show_one({"dataset": dataset, "moves": [move_facts(move) for move in moves], **change_facts(changes), **facts}, form, text.rstrip("\n"))
    for batch in both:
        say(tr("batch {run} until {until}: {rows:,} rows", run=batch.run, until=f"{batch.at:%Y-%m-%d %H:%M}", rows=batch.columns[0].rows))
    for message in column_messages(changes, [batch.run for batch in both]):
        say(render(message))
    if not moves:
        shared = changes.before or changes.after or changes.types
        say("of the columns that both have, nothing moved by more than chance" if shared else "nothing moved by more than chance")


def _require_either(before: BatchProfile, after: BatchProfile, column: str) -> str:
    """Return the name of a column that one of two batches has."""
    from sluice.app.profiles import require_column

    return column if before.column(column) else require_column(after, column).column


def _move_row(move: Move) -> Mapping[str, object]:
    shares = [_share_text(share) for share in move.shares[:SHARES]]
    change = tr(": ").join([render(move.message), *([", ".join(shares)] if shares else [])])
    return {"column": move.column, "what": word(move.aspect), "index": round(move.index, 3), "change": change}


def _share_text(share: ShareMove) -> str:
    before, after = (None if one is None else f"{one:.1%}" for one in (share.before, share.after))
    return f"{share.value!r} {before or tr('new')} → {after or tr('gone')}"


def _side_by_side(batches: tuple[BatchProfile, BatchProfile], columns: list[str]) -> list[Mapping[str, object]]:
    """Return for each column a row of each batch."""
    pairs = [(batch, one) for name in columns for batch in batches if (one := batch.column(name))]
    return [{"column": one.column, "batch": batch.run, **column_row(one)} for batch, one in pairs]
