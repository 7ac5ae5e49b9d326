"""Assemble a dataset's gate from the store: the one place, for command line, Python, dashboard and scheduler alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sluice import rules
from sluice.config import Config
from sluice.domain import Decision, Guarded, Override, Run
from sluice.wiring.gone_files import without_gone
from sluice.wiring.order import reference_rules


class _Runs(Protocol):
    def of(self, dataset: str) -> Sequence[Run]:
        """Return a dataset's runs of every kind and state, the oldest first."""
        ...

    def unmet(self, run_ids: Collection[str]) -> Collection[str]:
        """Return the rules that hold rows of some runs, or leave their decision unknown."""
        ...


class _Decisions(Protocol):
    def override(self, dataset: str, at: datetime) -> Override | None:
        """Return the override in force at a time, if any."""
        ...


class _Measurements(Protocol):
    def newest(self, dataset: str) -> Guarded | None:
        """Return the newest measurement of how much of a dataset is guarded."""
        ...


class _Snapshot(Protocol):
    @property
    def id(self) -> str:
        """Name the snapshot."""
        ...


class GateStore(Protocol):
    """Give the records that a gate is computed from."""

    @property
    def runs(self) -> _Runs:
        """Return the records of runs."""
        ...

    @property
    def decisions(self) -> _Decisions:
        """Return the decisions and overrides."""
        ...

    @property
    def guarded(self) -> _Measurements:
        """Return the measurements of how much is guarded."""
        ...

    def snapshot(self) -> _Snapshot:
        """Return what is published now."""
        ...


def gate_of(config: Config, store: GateStore, dataset: str, now: datetime) -> Decision:
    """Decide whether a dataset may be learned from now; computed from the stored runs.

    Args:
        config: The configuration.
        store: Records of runs and overrides.
        dataset: Name of a configured dataset.
        now: Time of the decision.
    """
    decision = _decide(config, store, dataset, now)
    return decision if decision.open else _with_causes(config, store, decision)


def _decide(config: Config, store: GateStore, dataset: str, now: datetime) -> Decision:
    """Decide by the runs of the dataset alone; files that failed and are gone do not count."""
    settings, runs = config.datasets[dataset], without_gone(store.runs.of(dataset))
    published = [run.at for run in runs if run.kind == "ingest" and run.state == "published"]
    live = rules.live_since(runs, settings.every)
    due = rules.missing(published, settings.every, now=now, grace=settings.grace)
    missing = [moment for moment in due if live is not None and moment > live]
    override = store.decisions.override(dataset, now)
    newest = store.guarded.newest(dataset)
    measured = newest and newest.limited_to(config.datasets[dataset].columns)
    return rules.gate(
        dataset,
        runs,
        settings.gate.policy(),
        now=now,
        snapshot=store.snapshot().id,
        every=settings.every,
        missing=missing,
        override=override,
        events=settings.mode == "append",
        tables=settings.mode == "snapshot",
        guarded=measured.share if measured else None,
    )


def _with_causes(config: Config, store: GateStore, decision: Decision) -> Decision:
    """Add to a decision the other datasets for which its rows wait, each judged as its own gate judges it."""
    references = reference_rules(config, decision.dataset)
    unmet = store.runs.unmet(rules.named_runs(decision.reasons)) if references else ()
    names = sorted({references[rule] for rule in unmet if rule in references} - {decision.dataset})
    causes = rules.reference_causes(decision, {name: _decide(config, store, name, decision.at) for name in names})
    return replace(decision, reasons=(*decision.reasons, *causes))
