"""A command imports nothing heavy that it does not use."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

MODELS = ("torch", "scipy", "great_expectations", "pandas", "streamlit", "recommender", "pyod", "sklearn", "checks", "cleaning", "detectors", "lightgbm")
STORAGE = ("polars", "sqlalchemy", "deltalake", "numpy", "pydantic", "rich")


def loaded(arguments: Sequence[str], names: Sequence[str]) -> set[str]:
    return modules_after(tuple(arguments)) & set(names)


@functools.cache
def modules_after(arguments: tuple[str, ...]) -> set[str]:
    """Return the names of all modules that a command loads; it runs once for all who ask."""
    code = (
        "import json, sys\n"
        "from sluice.cli import main\n"
        f"sys.argv = ['sluice', *{list(arguments)!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.stderr.write('\\n' + json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_library_of_data(option: str) -> None:
    assert loaded([option], (*STORAGE, *MODELS)) == set()


def test_init_reads_files_without_a_database_and_models(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "items.csv").write_text("item_id,price\n" + "".join(f"i{number},{number}.50\n" for number in range(50)), encoding="utf-8")
    unused = {"sqlalchemy", "deltalake", "numpy", "pyarrow", "rapidfuzz", "sluice.store", "sluice.app.app", *MODELS} - {"checks", "cleaning", "detectors"}
    assert loaded(["init", str(tmp_path / "landing"), "--to", str(tmp_path / "sluice.yaml")], sorted(unused)) == set()
    assert (tmp_path / "sluice.yaml").is_file()


def test_held_rows_are_listed_without_numpy_and_arrow(published_shop: Path) -> None:
    assert loaded(["quarantine", "list", "events", "--config", str(published_shop)], ("numpy", "pyarrow")) == set()


@pytest.mark.parametrize("command", [["gate", "events"], ["quarantine", "list", "events"], ["quarantine", "show", "events", "none"], ["models", "list"]])
def test_what_only_reads_records_loads_no_model_and_no_check(published_shop: Path, command: list[str]) -> None:
    assert loaded([*command, "--config", str(published_shop)], MODELS) == set()


@pytest.mark.parametrize("command", [["gate", "events"], ["quarantine", "list", "events"], ["models", "list"], ["run"]])
def test_records_are_read_without_mapped_classes(published_shop: Path, command: list[str]) -> None:
    unused = ("sqlalchemy.orm", "alembic", "sqlalchemy.dialects.postgresql")  # on SQLite
    assert loaded([*command, "--config", str(published_shop)], unused) == set()


def test_the_objects_of_a_command_are_not_collected_when_it_exits() -> None:
    code = (
        "import gc, sys\n"
        "from sluice.cli import main\n"
        "sys.argv = ['sluice', '--version']\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, gc.get_freeze_count() > gc.get_count()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 True"


def test_a_run_with_nothing_new_starts_no_worker(published_shop: Path) -> None:
    assert loaded(["run", "--config", str(published_shop)], (*MODELS, "multiprocessing.popen_spawn_posix")) == set()


def test_a_run_with_detectors_leaves_torch_to_the_worker(tmp_path: Path, published_shop: Path) -> None:
    (tmp_path / "landing").mkdir()
    rows = "".join(f"e{number},{number % 7}\n" for number in range(4000))
    (tmp_path / "landing" / "events-2026-03-01.csv").write_text("id,quantity\n" + rows, encoding="utf-8")
    config = tmp_path / "sluice.yaml"
    config.write_text(published_shop.read_text(encoding="utf-8").replace("detect: [autoencoder]", "detect: [hbos: {needs: 1000}]"), encoding="utf-8")
    assert loaded(["run", "--config", str(config)], (*MODELS, "deltalake", "pyarrow", "numpy")) == set(), "the worker reads and publishes all rows"
    code = f"from sluice.app import build\nwith build({str(config)!r}) as app: assert app.store.models.versions('events.hbos')"
    subprocess.run([sys.executable, "-c", code], check=True)
