"""Open the shop that the pages show: its configuration, its store, its clock, and the state of its gates."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from sluice.config import Config, load
from sluice.domain import Decision, Run, Schema
from sluice.rules import gate, missing
from sluice.store import SqlStore, open_store, pages


@dataclass(frozen=True, slots=True)
class Shop:
    """Hold what every page needs.

    Attributes:
        path: Path of its sluice.yaml.
        config: Its configuration.
        store: Its records and rows.
        now: Time at which the pages are drawn: the configured clock, where there is one.
        revision: Version of the data; it changes with everything that a page may show, and keys the cache.
    """

    path: str
    config: Config
    store: SqlStore
    now: datetime
    revision: str

    def schema(self, dataset: str) -> Schema:
        """Return the declared schema of a dataset."""
        return self.config.datasets[dataset].schema_of(dataset)

    def gate(self, dataset: str, runs: Sequence[Run]) -> Decision:
        """Decide whether a dataset may be trained on now.

        Args:
            dataset: Its name.
            runs: Its runs of every kind and state, oldest first.
        """
        settings = self.config.datasets[dataset]
        arrived = [run.at for run in runs if run.kind == "ingest" and run.state == "published"]
        late = missing(arrived, settings.every, now=self.now, grace=settings.grace)
        override = self.store.override(dataset, self.now)
        return gate(dataset, runs, settings.gate.policy(), now=self.now, snapshot=self.store.snapshot().id, missing=late, override=override)


def open_shop(path: str) -> Shop:
    """Open a shop for one drawing of a page.

    Raises:
        SluiceError: Its configuration or its store cannot be opened.
    """
    config, store = _open(path)
    return Shop(path, config, store, _now(config), f"{path}@{pages.revision(store)}")


def config_path() -> str:
    """Return the path of sluice.yaml from the command line, else from SLUICE_CONFIG, else `sluice.yaml`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--config", default=os.environ.get("SLUICE_CONFIG", "sluice.yaml"))
    return str(parser.parse_known_args(sys.argv[1:])[0].config)


@st.cache_resource(show_spinner=False)
def _open(path: str) -> tuple[Config, SqlStore]:
    config = load(path)
    schemas = {name: dataset.schema_of(name) for name, dataset in config.datasets.items()}
    policies = {name: dataset.gate.policy() for name, dataset in config.datasets.items()}
    store = open_store(config.database_url, config.path(config.lake), schemas=schemas, policies=policies, clock=lambda: _now(config))
    return config, store


def _now(config: Config) -> datetime:
    if config.clock is not None:
        return config.clock.replace(tzinfo=config.clock.tzinfo or UTC).astimezone(UTC)
    return datetime.now(UTC)  # noqa: TID251  # the edge of the program: here the clock is read, once a page
