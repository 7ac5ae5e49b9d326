"""The exports of well-known systems are recognised, and their right files are published on the first day and on the second."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.app.config_scaffold import scaffold_config
from sluice.config import load
from sluice.domain import EMPTY, Mode, Outcome
from sluice.messages import render
from sluice.pipeline import evaluate
from sluice.sources.infer import infer
from sluice.sources.platforms import PLATFORMS, Platform, platforms, recognise
from sluice.testing import AT, MemorySnapshot
from sluice.wiring.sources import source_of
from sluice.wiring.steps import build_steps
from tests.refusing import refuse
from tests.unit.sources.platforms.bills import BILLS
from tests.unit.sources.platforms.catalogs import CATALOGS
from tests.unit.sources.platforms.events import EVENTS
from tests.unit.sources.platforms.further import FURTHER
from tests.unit.sources.platforms.orders import ORDERS
from tests.unit.sources.platforms.sample import Sample

SAMPLES = {**CATALOGS, **ORDERS, **EVENTS, **BILLS, **FURTHER}
CELLS = (
    pl.Series([1.5, None, float("nan")]),
    pl.Series([1, 2, 3]),
    pl.Series([True, None, False]),
    pl.Series([AT, AT, None]),
    pl.Series([[1], [], None]),
    pl.Series([{"a": 1}, {"a": None}, None]),
    pl.Series([b"\xff", b"a", None]),
    pl.Series([None, None, None]),
    pl.Series(["a,b", "", None], dtype=pl.Categorical),
)


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param]


def land(folder: Path, sample: Sample, day: int) -> None:
    (folder / "landing").mkdir(exist_ok=True)
    (folder / "landing" / sample.name.format(26 + day)).write_bytes(sample.write(day))


def test_every_platform_has_a_sample() -> None:
    assert {name.split()[0] for name in SAMPLES} == set(PLATFORMS)  # "magento 1": of a further version
    titles = [platform.title for platform in platforms()]
    assert len(set(titles)) == len(titles) >= len(PLATFORMS)


def test_roles_are_those_of_the_platform(tmp_path: Path, sample: Sample) -> None:
    land(tmp_path, sample, 0)
    (dataset,) = infer(tmp_path / "landing")
    assert render(dataset.note).startswith(f"looks like {sample.title}")
    columns = {column.name: column for column, _ in dataset.columns}
    assert {name: columns[name].type for name in sample.types} == sample.types
    if sample.personal is not None:
        assert {name for name, column in columns.items() if column.personal} == set(sample.personal)
    mode: Mode = dataset.mode
    assert (dataset.key, dataset.time, mode, dataset.rows) == (sample.key, sample.time, sample.mode, sample.rows)


@pytest.mark.parametrize("name", ["wechat", "alipay", "jd", "pdd"])
def test_the_times_of_a_bill_are_those_of_beijing(tmp_path: Path, name: str) -> None:
    sample = next(sample for key, sample in SAMPLES.items() if name in key)
    land(tmp_path, sample, 0)
    _, text, _ = scaffold_config(tmp_path / "landing", tmp_path, refuse)
    (tmp_path / "sluice.yaml").write_text(text, encoding="utf-8")
    ((dataset, settings),) = load(tmp_path / "sluice.yaml").datasets.items()
    assert {column.zone for column in settings.schema_of(dataset).columns if column.type == "timestamp"} == {"Asia/Shanghai"}


def test_names_that_the_platform_has_are_not_asked_for(tmp_path: Path) -> None:
    land(tmp_path, next(sample for key, sample in SAMPLES.items() if "taobao" in key), 0)
    (dataset,) = infer(tmp_path / "landing")
    texts = [check.text for check in dataset.checks if "header: false" in check.text]
    assert texts == ["`header: false`: the first line looks like a row, not like names; `names` are those of Taobao's UserBehavior"]


def test_an_enriched_event_of_snowplow_is_one_row_under_the_name_of_each_field(tmp_path: Path) -> None:
    names = next(platform.names for platform in platforms() if "Snowplow" in platform.title)
    web_page = '{"schema":"iglu:a/web_page/jsonschema/1-0-0","data":{"id":"b6452476"}}'
    rows = []
    for number in range(40):
        cells = {"app_id": "shop", "event": "page_view", "event_id": f"{number:08x}-0000-4000-8000-000000000000", "br_cookies": "1"}
        times = dict.fromkeys(("etl_tstamp", "collector_tstamp", "derived_tstamp"), f"2026-11-26 {8 + number // 10:02}:{number:02}:07.000")
        cells |= times | {"contexts": f'{{"schema":"iglu:a/contexts/jsonschema/1-0-0","data":[{web_page},{web_page}]}}'}
        cells |= {"tr_total": "9.90"} if number % 7 == 3 else {}
        rows.append("\t".join(cells.get(name, "") for name in names) + "\n")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "enriched_2026-11-26.tsv").write_text("".join(rows), encoding="utf-8")

    (dataset,) = infer(tmp_path / "landing")

    types = {column.name: column.type for column, _ in dataset.columns}
    assert (dataset.rows, dataset.key, dataset.time, dataset.options.names) == (40, ("event_id",), "derived_tstamp", names)
    assert (types["derived_tstamp"], types["br_cookies"], types["tr_total"]) == ("timestamp", "boolean", "number")


def test_flags_that_the_name_explains_are_boolean(tmp_path: Path) -> None:
    header = ["Product ID", "Active (0/1)", "Name *", "Categories (x,y,z...)", "Show price (0 = No, 1 = Yes)"]
    rows = [[str(number), "1", f"lamp {number}", "Home", str(number % 2)] for number in range(40)]
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "products.csv").write_text("".join(";".join(row) + "\n" for row in [header, *rows]), encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    types = {column.name: column.type for column, _ in dataset.columns}
    assert (types["Active (0/1)"], types["Show price (0 = No, 1 = Yes)"]) == ("boolean", "boolean")


def test_right_files_are_published_on_both_days(tmp_path: Path, sample: Sample) -> None:
    land(tmp_path, sample, 0)
    _, text, _ = scaffold_config(tmp_path / "landing", tmp_path, refuse)
    (tmp_path / "sluice.yaml").write_text(text, encoding="utf-8")
    config = load(tmp_path / "sluice.yaml")
    (name,) = config.datasets
    steps = build_steps(config, tmp_path / "sluice.yaml", name).steps
    land(tmp_path, sample, 1)
    published: list[pl.DataFrame] = []
    for arrival in source_of(config, name).arrivals():
        batch = source_of(config, name).read(arrival)
        outcome = evaluate(batch, steps, MemorySnapshot({name: pl.concat(published)} if published else {}))
        assert held(outcome) == {}
        assert outcome.split.good.rows.height == batch.rows.height > 0
        published.append(outcome.split.good.rows.with_columns(_run_id=pl.lit(arrival.id)))
    assert len(published) == 2


def held(outcome: Outcome) -> dict[str, int]:
    return {
        verdict.rule: verdict.failed
        for phase in ("arrival", "cleaned")
        for verdict in outcome.phases[phase]
        if verdict.failed and verdict.on_fail in {"quarantine", "block"}
    }


def test_a_file_of_no_platform_is_recognised_as_none() -> None:
    assert recognise(pl.DataFrame({"id": ["1"], "title": ["Lamp"], "price": ["9.50"]})) is None


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"id": [1, 2], "price": [1.5, 2.5], "at": [AT, AT], "sizes": [[1], [2]]}, None),
        ({"id": [1, 2], "type": ["simple", "virtual"], "note": ["a", "b"]}, None),  # one word in common is no export
        ({"id": [1, 2], "type": ["virtual", "virtual"], "sku": ["a", "b"], "name": ["Mug", "Lamp"]}, None),  # stands behind a type alone
        ({"id": [1, 2], "type": ["simple", "simple, virtual"], "sku": ["a", "b"], "name": ["Mug", "Lamp"]}, "a WooCommerce product export"),
        ({"user_id": [1], "item_id": [2], "category_id": [3], "behavior": [4], "timestamp": [5]}, None),
        ({"user_id": [1], "item_id": [2], "category_id": [3], "behavior": ["pv"], "timestamp": [5]}, "Taobao's UserBehavior"),
    ],
)
def test_values_of_any_type_decide(columns: dict[str, list[object]], title: str | None) -> None:
    platform = recognise(pl.DataFrame(columns))
    assert (platform.title if platform else None) == title


def test_a_parquet_file_of_an_id_and_numbers_is_inferred(tmp_path: Path) -> None:
    pl.DataFrame({"id": range(30), "price": [1.5 + number for number in range(30)], "stock": range(30)}).write_parquet(tmp_path / "goods.parquet")
    (dataset,) = infer(tmp_path)
    assert (dataset.key, dataset.note) == (("id",), EMPTY)


@given(st.lists(st.sampled_from(CELLS), min_size=5, max_size=5))
def test_no_type_of_cells_ends_the_recognition(types: list[pl.Series]) -> None:
    for names in (("id", "type", "sku", "name", "price"), ("user_id", "item_id", "category_id", "behavior", "timestamp")):
        frame = pl.DataFrame([cells.alias(name) for cells, name in zip(types, names, strict=True)])
        assert recognise(frame) is None
        assert recognise(frame, header=False) is None


def test_a_matcher_that_cannot_compute_with_values_leaves_them_and_its_own_faults_are_raised() -> None:
    rows = pl.DataFrame({"id": ["1"]})

    def raising(error: Exception) -> Platform:
        def matches(_: pl.DataFrame) -> bool:
            raise error

        return Platform("a list", headers=(("id",),), matches=matches)

    assert recognise(rows, among=[raising(ValueError("'x' is no number"))]) is None
    with pytest.raises(KeyError):
        recognise(rows, among=[raising(KeyError("a name that the matcher mistypes"))])
