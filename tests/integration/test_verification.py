"""`sluice doctor --deep`: every file that a published run needs is there, with the bytes that were written."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from sluice.app import build
from sluice.cli.main import outcome

CONFIG = """
clock: 2026-03-10T00:00:00Z
lake: lake
datasets:
  sales:
    source: {files: "landing/*"}
    mode: append
    columns: {id: {type: string}, price: {type: number}}
    suite:
      - expect_column_values_to_be_between: {column: price, max_value: 50}
"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(CONFIG)
    with build(folder / "sluice.yaml") as app:
        for day in (1, 2, 3):
            rows = "".join(f"{day}-{row},{row}.5\n" for row in range(99))
            (folder / "landing" / f"sales_2026-03-0{day}.csv").write_text(f"id,price\n{rows}")
            list(app.run(app.pending_arrivals()))
    return folder


@pytest.fixture
def shop(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked, tmp_path / "shop")
    return tmp_path / "shop"


def examined(shop: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = outcome(["doctor", "--config", str(shop / "sluice.yaml"), "--format", "json", *options])
    findings = json.loads(capsys.readouterr().out)
    return code, [finding["found"]["text"] for finding in findings if finding["what"] == "files of sales" or finding["state"] == "broken"]


def first_file(shop: Path, table: str) -> tuple[str, Path]:
    """The first file that a table got, and the run that it came with."""
    with build(shop / "sluice.yaml") as app:
        (run, *_) = app.store.runs.of("sales")
        ((name, _),) = app.store.lake.files_at(table, "sales", run.versions[table])  # type: ignore[arg-type]  # one of the tables
        return run.id, Path(app.store.lake.address(table, "sales"), name)


def test_what_is_as_it_was_written_is_fine(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examined(shop, capsys, "--deep") == (0, ["all that published runs need are there, as they were written"])


@pytest.mark.parametrize("table", ["clean", "quarantine"])
@pytest.mark.parametrize(("harm", "fault"), [("gone", "is gone"), ("cut", "has another size"), ("altered", "has other bytes")])
def test_a_file_that_is_not_what_was_written_is_named_with_table_and_run(
    shop: Path, capsys: pytest.CaptureFixture[str], table: str, harm: str, fault: str
) -> None:
    run, path = first_file(shop, table)
    content = path.read_bytes()
    match harm:
        case "gone":
            path.unlink()
        case "cut":
            path.write_bytes(content[:-1])
        case _:
            path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    assert examined(shop, capsys, "--deep") == (3, [f"{table}/sales: {path.name} {fault}; the run {run} and later ones need it; restore it from a backup"])


def test_a_merged_file_is_verified_too(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["compact", "--config", str(shop / "sluice.yaml")]) == 0
    with build(shop / "sluice.yaml") as app:
        run = app.store.runs.of("sales")[-1]
        ((name, size),) = app.store.lake.files_at("clean", "sales", run.versions["clean"])
        path = Path(app.store.lake.address("clean", "sales"), name)
    assert examined(shop, capsys, "--deep")[0] == 0
    path.write_bytes(bytes(size))
    assert examined(shop, capsys, "--deep") == (3, [f"clean/sales: {name} has other bytes; the run {run.id} and later ones need it; restore it from a backup"])


def test_a_file_that_an_earlier_version_wrote_without_a_digest_in_its_name_is_decoded(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = shop / "lake" / "clean" / "sales"
    for path in table.glob("*.parquet"):
        path.rename(table / former_name(path.name))
    for commit in (table / "_delta_log").glob("*.json"):
        commit.write_text(re.sub(r"part-[0-9a-f-]+\.parquet", lambda match: former_name(match[0]), commit.read_text()))
    run, path = first_file(shop, "clean")
    assert (len(path.stem), examined(shop, capsys, "--deep")[0]) == (len("part-") + 32, 0)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
    assert examined(shop, capsys, "--deep") == (3, [f"clean/sales: {path.name} cannot be read; the run {run} and later ones need it; restore it from a backup"])


def former_name(name: str) -> str:
    return f"{name.removesuffix('.parquet').rpartition('-')[0]}.parquet"


@pytest.mark.parametrize(("content", "plain"), [(b"", 0), (b'{"commitInfo":', 3), (b"\x00\xff", 3)], ids=["empty", "cut", "other bytes"])
def test_a_damaged_log_is_one_line(shop: Path, capsys: pytest.CaptureFixture[str], content: bytes, plain: int) -> None:
    log = shop / "lake" / "clean" / "sales" / "_delta_log"
    newest = max(log.glob("*.json"))
    newest.write_bytes(content)
    assert examined(shop, capsys)[0] == plain  # deltalake takes an empty commit for one that changes nothing
    code, findings = examined(shop, capsys, "--deep")
    assert code == 3
    assert f"clean/sales: _delta_log/{newest.name} is damaged; restore it from a backup" in findings
    assert not any("\n" in finding for finding in findings)
    if plain:
        capsys.readouterr()
        assert outcome(["compact", "--config", str(shop / "sluice.yaml")]) == 3
        assert capsys.readouterr().err.splitlines() == [
            "sluice: the lake's table clean/sales: its Delta log is damaged; restore it from a backup (`sluice doctor --deep` says more)"
        ]
