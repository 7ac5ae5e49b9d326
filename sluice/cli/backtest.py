"""Print what a configuration makes of recorded batches: `sluice check --since 14d`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sluice.cli.language import render_for, tr
from sluice.cli.output import Format, progress, say, score_cell, show_one, table_text
from sluice.domain import Backtest

if TYPE_CHECKING:
    from sluice.app import App


def show_backtest(datasets: Sequence[str], since: timedelta, config: str, form: Format) -> None:
    """Judge the batches of a span of time by a configuration, and print the outcome beside what was recorded."""
    from sluice.app import build

    with build(config) as sluice:
        sluice.worker.validate_steps()
        entries, rebuilt = judge_batches(sluice, datasets, since)
    show_entries(entries, rebuilt, form)


def judge_batches(sluice: App, datasets: Sequence[str], since: timedelta) -> tuple[list[Backtest], int]:
    """Judge the batches of a span of time by the configuration of an application; return the outcome, and the number of batches from before a rebuild."""
    from sluice.app.backtests import backtest, select_batches

    selection = select_batches(sluice, datasets, since)
    with progress() as report:
        return list(backtest(sluice, selection.runs, report)), selection.rebuilt


def show_entries(entries: Sequence[Backtest], rebuilt: int, form: Format, facts: Mapping[str, object] = MappingProxyType({})) -> None:
    """Print the outcome of a back-test beside what was recorded.

    Args:
        entries: The judged batches.
        rebuilt: Number of batches from before a rebuild.
        form: A table for people, or JSON, which also holds `facts`.
        facts: What the JSON holds besides.
    """
    from sluice.app.backtests import rule_facts
    from sluice.rules.backtests import summarize_rules

    rules = summarize_rules(entries)
    batches = [_batch_row(entry, form) for entry in entries]
    changed = [rule_facts(rule) for rule in rules if rule.is_changed]
    text = "\n".join(table_text(rows, None).rstrip("\n") + "\n" for rows in (batches, changed) if rows).rstrip("\n")
    show_one({**facts, "batches": batches, "rules": [rule_facts(rule) for rule in rules]}, form, text or tr("no batch was published in this time"))
    for line in _remarks(entries, rebuilt, changed=bool(changed)):
        say(line)


def _batch_row(entry: Backtest, form: Format) -> Mapping[str, object]:
    """Return the facts of a batch; a table has no room for its reasons, which stand below."""
    from sluice.app.backtests import batch_facts

    scores = {"score": score_cell(entry.score), "recorded_score": score_cell(entry.run.published.worst)}
    facts = {**batch_facts(entry), **scores}
    return facts if form is Format.json else {name: fact for name, fact in facts.items() if name != "reasons"}


def _remarks(entries: Sequence[Backtest], rebuilt: int, *, changed: bool) -> list[str]:
    """Return the sums, and what the tables leave out."""
    held, recorded = sum(entry.held for entry in entries), sum(entry.run.bad for entry in entries)
    opened, was_open = sum(entry.decision == "open" for entry in entries), sum(entry.run.decision == "open" for entry in entries)
    lines = [
        tr(
            "{batches} batches; rows held: {held:,} (recorded: {recorded:,}); batches that are open: {opened} (recorded: {was_open}); nothing was published",
            batches=len(entries),
            held=held,
            recorded=recorded,
            opened=opened,
            was_open=was_open,
        )
    ]
    for entry in entries:
        if entry.decision != entry.run.decision:
            lines += [render_for(entry.run.dataset, Path(entry.run.uri).name or entry.run.id, reason) for reason in entry.reasons]
    if repeating := sum(entry.run.copies + entry.run.superseded for entry in entries):
        lines.append(tr("{rows:,} rows repeated earlier ones (repeating); of these, the copies of held rows alone are judged again", rows=repeating))
    if entries and not changed:
        lines.append(tr("every rule judges these batches as it was recorded"))
    if rebuilt:
        lines.append(tr("{batches} batches from before a rebuild are left out: their rows were stored in other columns or types", batches=rebuilt))
    return lines
