"""Open the shop that the pages show: its configuration, its store, its clock, and the state of its gates."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import streamlit as st

from sluice.config import Config, load
from sluice.config.text import digest_of
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
    text = _read(path)
    config, store = _open(path, text)
    return Shop(path, config, store, clock.now(config), _revision(path, text, store))


def is_stale(shop: Shop) -> bool:
    """Return True once the configuration or anything else that a page may show is another one than when the shop was opened."""
    return shop.revision != _revision(shop.path, _read(shop.path), shop.store)


def _read(path: str) -> str:
    """Return the text of the configuration; none where there is no such file."""
    return Path(path).read_bytes().decode("utf-8-sig", "replace") if Path(path).is_file() else ""


def _revision(path: str, text: str, store: SqlStore) -> str:
    return f"{path}@{digest_of(text)}@{dashboard_queries.revision(store)}"


def open_config(path: str) -> Config:
    """Return the configuration of a shop as it is now.

    Raises:
        SluiceError: Its configuration or its store cannot be opened.
    """
    return _open(path, _read(path))[0]


def config_path() -> str:
    """Return the path of sluice.yaml from the command line, else from SLUICE_CONFIG, else `sluice.yaml`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--config", default=os.environ.get("SLUICE_CONFIG", "sluice.yaml"))
    return str(parser.parse_known_args(sys.argv[1:])[0].config)


@st.cache_resource(show_spinner=False, max_entries=4)
def _open(path: str, text: str) -> tuple[Config, SqlStore]:
    """Open a shop anew where its configuration was edited."""
    del text
    config = load(path)
    return config, open_store_of(config)
