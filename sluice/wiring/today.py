"""Assemble the news of each dataset: the one place, for command line and dashboard alike."""

from __future__ import annotations

from datetime import datetime

from sluice.config import Config
from sluice.domain import MainReason, Message, News, Run
from sluice.rules import today
from sluice.rules.revisions import newest_revisions
from sluice.rules.windows import read_at
from sluice.store import SqlStore
from sluice.store.today_queries import main_reason, reason_now, rejected_rows
from sluice.wiring.gate import gate_of
from sluice.wiring.undone import describe_doubtful, doubtful_cleaners


def news_of(config: Config, store: SqlStore, since: datetime, now: datetime) -> list[News]:
    """Return one sentence for each dataset, the worst first.

    Of the lake only repairs are read, where people undid some, and which rules hold rows, where a later run moved rows of their batch.

    Args:
        config: The configuration.
        store: Its records.
        since: What was read later is news.
        now: Time at which gates are decided.
    """
    return today.worst_first([_of_dataset(config, store, dataset, since, now) for dataset in config.datasets])


def _of_dataset(config: Config, store: SqlStore, dataset: str, since: datetime, now: datetime) -> News:
    runs = store.runs.of(dataset)
    decision = gate_of(config, store, dataset, now)
    recent = {run.id for run in runs if run.kind == "ingest" and read_at(run) > since} | today.closing_batches(decision)
    tables = config.datasets[dataset].mode == "snapshot"
    batches = today.recent_batches(runs, since, rejected_rows(store.database, dataset, recent), decision, tables=tables)
    worst = today.worst_batch(batches, decision)
    moved = newest_revisions(runs)
    reason = next((_reason(store, run, worst, moved=run.id in moved) for run in runs if worst and worst.bad and run.id == worst.id), None)
    incidents = [incident for incident in store.incidents.all(dataset) if incident.needs_attention(now)]
    doubts = [describe_doubtful(config, dataset, count) for count in doubtful_cleaners(config, store, dataset, now)]
    return today.tell(dataset, batches, reason, decision, incidents, since, doubts, tables=tables)


def _reason(store: SqlStore, run: Run, now: Run, *, moved: bool) -> MainReason | None:
    """Return what holds most rows of a batch: once some have left, or a backfill held others, another rule may hold those that are held.

    Args:
        store: Its records.
        run: The batch as it was read.
        now: The batch with the rows that are held now.
        moved: Whether a later run moved rows of it.
    """
    present = reason_now(store, run) if moved or now.bad != run.bad else None
    return present or main_reason(store.database, run)


def quiet_note(config: Config, store: SqlStore) -> Message | None:
    """Return since when nothing is wrong; None where nothing was read yet."""
    runs = [run for dataset in config.datasets for run in store.runs.of(dataset)]
    since = today.quiet_since(runs, store.incidents.all(resolved=True))
    return Message.of("today_quiet", since=since.isoformat()) if since else None
