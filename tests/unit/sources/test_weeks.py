"""Files that are named by weeks belong to one dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.sources.files import matching_files
from sluice.sources.infer.file_groups import group_files
from sluice.sources.siblings import is_dated_sibling


@pytest.mark.parametrize(
    "name", ["prices_KW48.csv", "prices_kw 7.csv", "pricesKW48.csv", "prices-W48.csv", "prices_2026-W48.csv", "prices_2026_KW48.csv", "prices KW48-2026.csv.gz"]
)
def test_a_file_of_a_week_is_a_sibling(name: str) -> None:
    assert is_dated_sibling(name, "prices.csv")


@pytest.mark.parametrize("name", ["prices_w32.csv", "prices_KW60.csv", "prices_KWh48.csv", "prices_kw.csv", "pricesW48.csv", "prices_new_KW48.csv"])
def test_another_name_is_none(name: str) -> None:
    assert not is_dated_sibling(name, "prices.csv")


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (("prices_KW48.csv",), "landing/prices_KW[0-9]*.csv"),
        (("prices_KW47.csv", "prices_KW48.csv"), "landing/prices_KW[0-9]*.csv"),
        (("prices_2026-W48.csv",), "landing/prices_[0-9]*-W[0-9]*.csv"),
        (("prices.csv", "prices_KW48.csv"), "landing/prices.csv"),
        (("jeans_w32.csv",), "landing/jeans_w32.csv"),
    ],
)
def test_the_pattern_of_a_dataset_takes_the_file_of_the_next_week(tmp_path: Path, names: tuple[str, ...], pattern: str) -> None:
    (tmp_path / "landing").mkdir()
    for name in names:
        (tmp_path / "landing" / name).write_text("sku,price\n1,2\n")
    (group,) = group_files(tmp_path / "landing", tmp_path)
    assert group.pattern == pattern
    later = tmp_path / "landing" / names[-1].replace("48", "49")
    later.write_text("sku,price\n1,3\n")
    assert {path.name for path in matching_files(tmp_path, group.pattern)} == {*names, later.name}
