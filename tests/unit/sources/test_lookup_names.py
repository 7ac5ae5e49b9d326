"""Files without header whose names are elsewhere: beside them, or in the order of their platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.sources.infer import infer
from sluice.sources.platforms.snowplow import TABLES
from sluice.sources.unmatched import unmatched_files
from tests.unit.sources.platforms.further import FURTHER


def without_header(name: str) -> tuple[bytes, bytes]:
    """The header of a made-up export, and its rows."""
    header, _, rows = FURTHER[name].write(0).partition(b"\n")
    return header.rstrip(b"\r") + b"\n", rows


def test_a_data_feed_of_adobe_has_the_names_of_its_lookup_file(tmp_path: Path) -> None:
    header, rows = without_header("adobe")
    (tmp_path / "column_headers.tsv").write_bytes(header)
    (tmp_path / "hit_data_2026-11-26.tsv").write_bytes(rows)
    (dataset,) = infer(tmp_path)
    assert (dataset.platform, dataset.key, dataset.time) == ("an Adobe Analytics data feed", ("hitid_high", "hitid_low"), "hit_time_gmt")
    assert (dataset.options.header, dataset.rows, "\t".join(dataset.options.names).encode() + b"\n") == (False, 60, header)
    assert any("`names` are those of column_headers.tsv" in check.text for check in dataset.checks)
    assert unmatched_files(tmp_path.parent, [dataset.pattern]) == []


@pytest.mark.parametrize("header", [b"hitid_high\thitid_low\n", b"a\ta\tb\tc\td\te\tf\tg\th\n", b""])
def test_a_lookup_file_of_other_columns_names_none(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "column_headers.tsv").write_bytes(header)
    (tmp_path / "hit_data_2026-11-26.tsv").write_bytes(without_header("adobe")[1])
    (dataset,) = infer(tmp_path)
    assert (dataset.platform, dataset.options.names[:2]) == ("", ("c1", "c2"))


def enriched(event_id: str) -> bytes:
    """Sixty events as Snowplow's enrichment writes them, each with all 131 columns."""
    names = TABLES[0].names
    lines = []
    for number in range(60):
        at = f"2026-11-26 {8 + number // 10:02}:{number % 60:02}:07.{number:03}"
        cells = {"app_id": "shop", "platform": "web", "etl_tstamp": at, "collector_tstamp": at, "derived_tstamp": at, "event_id": event_id.format(number)}
        cells |= {"event": "page_view", "v_collector": "ssc-2.9", "user_ipaddress": f"192.0.2.{number}", "domain_userid": f"d{number % 8:011x}"}
        cells |= {"contexts": '{"schema":"iglu:a/1-0-0","data":[]}', "br_cookies": "1", "useragent": "Mozilla/5.0", "event_name": "page_view"}
        lines.append("\t".join(cells.get(name, "") for name in names))
    return "\n".join(lines).encode() + b"\n"


def test_enriched_events_of_snowplow_without_header_have_the_names_of_their_positions(tmp_path: Path) -> None:
    (tmp_path / "enriched_2026-11-26.tsv").write_bytes(enriched("{:08x}-0000-4000-8000-000000000000"))
    (dataset,) = infer(tmp_path)
    assert (dataset.platform, dataset.key, dataset.time) == ("Snowplow's enriched events", ("event_id",), "derived_tstamp")
    assert (dataset.options.header, len(dataset.options.names), dataset.options.names[52], dataset.rows) == (False, 131, "contexts", 60)
    types = {column.name: column for column, _ in dataset.columns}
    assert types["user_ipaddress"].personal
    assert types["collector_tstamp"].type == "timestamp"


def test_as_many_columns_without_the_ids_of_events_are_no_export_of_snowplow(tmp_path: Path) -> None:
    (tmp_path / "enriched_2026-11-26.tsv").write_bytes(enriched("event {}"))
    (dataset,) = infer(tmp_path)
    assert (dataset.platform, dataset.options.names[:1]) == ("", ("c1",))
