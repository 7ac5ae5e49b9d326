"""The shop that is shown: its configuration, its store, its clock, and what its gates say now."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard import look
from dashboard.escape import markdown
from dashboard.language import tr
from sluice.config import Config, load
from sluice.domain import Decision, Run, Schema
from sluice.errors import SluiceError
from sluice.rules import gate, missing
from sluice.store import SqlStore, open_store, pages


@dataclass(frozen=True, slots=True)
class Shop:
    """What every page needs.

    Attributes:
        path: Where its sluice.yaml is.
        now: The time that the pages are drawn at: the pinned clock, where there is one.
        revision: Changes with everything that a page may show; results are kept under it.
    """

    path: str
    config: Config
    store: SqlStore
    now: datetime
    revision: str

    def schema(self, dataset: str) -> Schema:
        """What is declared of a dataset."""
        return self.config.datasets[dataset].schema_of(dataset)

    def gate(self, dataset: str, runs: Sequence[Run]) -> Decision:
        """May a dataset be learned from now; `runs` are its own of every kind and state, the oldest first."""
        settings = self.config.datasets[dataset]
        arrived = [run.at for run in runs if run.kind == "ingest" and run.state == "published"]
        late = missing(arrived, settings.every, now=self.now, grace=settings.grace)
        override = self.store.override(dataset, self.now)
        return gate(dataset, runs, settings.gate.policy(), now=self.now, snapshot=self.store.snapshot().id, missing=late, override=override)


def opened() -> Shop:
    """The shop; where it cannot be opened, the page says why and ends."""
    path = _path(sys.argv[1:])
    try:
        config, store = _open(path)
        return Shop(path, config, store, _now(config), f"{path}@{pages.revision(store)}")
    except SluiceError as error:
        st.error(tr("The shop cannot be opened."))
        st.markdown(markdown(str(error)))
        look.empty(tr("Nothing to show yet"), tr("Check the configuration and the database with:"), f"sluice doctor --config {path}")
        st.stop()


def _path(arguments: Sequence[str]) -> str:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--config", default=os.environ.get("SLUICE_CONFIG", "sluice.yaml"))
    return str(parser.parse_known_args(arguments)[0].config)


@st.cache_resource(show_spinner=False)
def _open(path: str) -> tuple[Config, SqlStore]:
    config = load(path)
    schemas = {name: each.schema_of(name) for name, each in config.datasets.items()}
    policies = {name: each.gate.policy() for name, each in config.datasets.items()}
    store = open_store(config.database_url, config.path(config.lake), schemas=schemas, policies=policies, clock=lambda: _now(config))
    return config, store


def _now(config: Config) -> datetime:
    if config.clock is not None:
        return config.clock.replace(tzinfo=config.clock.tzinfo or UTC).astimezone(UTC)
    return datetime.now(UTC)  # noqa: TID251  # the edge of the program: here the clock is read, once a page
