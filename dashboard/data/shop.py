"""Open the shop that the pages show: its configuration, its store, its clock, and the state of its gates."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from sluice.config import Config, load
from sluice.domain import Decision, Schema
from sluice.store import SqlStore, dashboard_queries
from sluice.wiring import clock
from sluice.wiring.gate import gate_of
from sluice.wiring.stores import open_store_of


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

    def gate(self, dataset: str) -> Decision:
        """Decide whether a dataset may be trained on now."""
        return gate_of(self.config, self.store, dataset, self.now)


def open_shop(path: str) -> Shop:
    """Open a shop for one drawing of a page.

    Raises:
        SluiceError: Its configuration or its store cannot be opened.
    """
    config, store = _open(path)
    return Shop(path, config, store, clock.now(config), f"{path}@{dashboard_queries.revision(store)}")


def config_path() -> str:
    """Return the path of sluice.yaml from the command line, else from SLUICE_CONFIG, else `sluice.yaml`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--config", default=os.environ.get("SLUICE_CONFIG", "sluice.yaml"))
    return str(parser.parse_known_args(sys.argv[1:])[0].config)


@st.cache_resource(show_spinner=False)
def _open(path: str) -> tuple[Config, SqlStore]:
    config = load(path)
    return config, open_store_of(config)
