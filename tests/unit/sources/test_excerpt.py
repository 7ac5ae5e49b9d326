"""A long file is read in parts, and what must hold for all rows is checked on all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sluice.app import config_scaffold
from sluice.app.config_scaffold import describe_read, read_newest, scaffold_config
from sluice.config import Limits
from sluice.domain import Message, ReadOptions
from sluice.errors import SourceError
from sluice.messages import render
from sluice.sources.infer import excerpt as excerpts
from sluice.sources.infer import infer, sampling
from sluice.sources.infer.excerpt import read_part

ROWS = 6_000


@pytest.fixture(autouse=True)
def _short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpts, "MIN_BYTES", 1_000)
    monkeypatch.setattr(sampling, "NEWEST_ROWS", 1_000)
    monkeypatch.setattr(config_scaffold, "NEWEST_ROWS", 1_000)
    monkeypatch.setattr(sampling, "OLDER_ROWS", 1_000)


def events(path: Path, event_id: Callable[[int], object] = lambda row: f"e{row:06}", first: int = 0, text: str = "plain") -> Path:
    lines = [f"{event_id(first + row)},u{row % 97},{row % 5},2026-11-27 {row // 3600:02}:{row // 60 % 60:02}:{row % 60:02},{text}" for row in range(ROWS)]
    path.write_text("\n".join(["event_id,user_id,quantity,ts,note", *lines]), encoding="utf-8")
    return path


def test_a_part_has_whole_records_from_the_first_to_the_last(tmp_path: Path) -> None:
    path = events(tmp_path / "events.csv")
    part = read_part(path, Limits(), ReadOptions(), 600)
    assert part.total == ROWS
    assert 500 <= part.frame.height <= 620
    rows = part.frame["event_id"].str.slice(1).cast(pl.Int64)
    assert (rows[0], rows[-1]) == (0, ROWS - 1)
    assert rows.is_sorted()
    assert rows.n_unique() == rows.len()
    assert set(part.frame["note"]) == {"plain"}
    assert rows.diff().max() == pytest.approx((ROWS - 600) / 9, rel=0.1), "the blocks are evenly spread"


@pytest.mark.parametrize(
    "options",
    [ReadOptions(encoding="cp1252"), ReadOptions(header="search"), ReadOptions(footer=True)],
)
def test_files_whose_lines_may_be_no_records_are_read_whole(tmp_path: Path, options: ReadOptions) -> None:
    assert read_part(events(tmp_path / "events.csv"), Limits(), options, 600).frame.height == ROWS


def test_a_quoted_line_break_is_no_border(tmp_path: Path) -> None:
    assert read_part(events(tmp_path / "events.csv", text='"two\nlines"'), Limits(), ReadOptions(), 600).frame.height == ROWS


def test_lines_of_json_are_records(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(f'{{"event_id": "e{row}", "text": "a\\n\\"b\\""}}' for row in range(ROWS)), encoding="utf-8")
    part = read_part(path, Limits(), ReadOptions(), 600)
    assert part.total == ROWS
    assert part.frame.height < 620
    assert part.frame["event_id"][-1] == f"e{ROWS - 1}"


def test_a_key_that_repeats_only_in_rows_that_were_left_out_is_none(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    events(tmp_path / "landing" / "events-2026-11-27.csv", lambda row: row % 2_400 if 250 < row % 600 < 590 else f"e{row}")
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.read is not None
    assert dataset.read < 1_100
    assert dataset.rows == ROWS
    assert dataset.key != ("event_id",)


def test_keys_that_come_again_are_seen_in_all_rows(tmp_path: Path) -> None:
    """The second file repeats the second half of the first: of a part of each, hardly any row would be in the other's part."""
    (tmp_path / "landing").mkdir()
    for day in range(2):
        events(tmp_path / "landing" / f"events-2026-11-{27 + day}.csv", first=ROWS // 2 * day)
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.key, dataset.rows) == (("event_id",), 2 * ROWS)
    assert dataset.mode == "upsert", "their cells differ"


def test_references_are_searched_in_all_keys(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    users = "\n".join(["user_id,city", *(f"u{row},Kiel" for row in range(ROWS))])
    (tmp_path / "landing" / "users.csv").write_text(users, encoding="utf-8")
    orders = "\n".join(["order_id,user_id", *(f"o{row},u{row * 7 % ROWS}" for row in range(300))])
    (tmp_path / "landing" / "orders.csv").write_text(orders, encoding="utf-8")
    orders_dataset, users_dataset = infer(tmp_path / "landing")
    assert users_dataset.read is not None
    assert [(one.column, one.dataset, one.share) for one in orders_dataset.references] == [("user_id", "users", 1.0)]


def test_the_newest_file_is_whole_where_others_refer_to_it(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    for day in range(2):
        events(tmp_path / "landing" / f"events-2026-11-{27 + day}.csv", first=ROWS * day)
    (dataset,) = infer(tmp_path / "landing")
    batch, total = read_newest(dataset, tmp_path, whole=True)
    assert (batch.rows.height, total) == (ROWS, ROWS)
    assert batch.rows["event_id"][0] == f"e{ROWS:06}"


def test_a_file_that_cannot_be_checked_whole_is_named(tmp_path: Path) -> None:
    """A line that is cut off lies between the blocks that are read."""
    (tmp_path / "landing").mkdir()
    path = tmp_path / "landing" / "events-2026-11-27.jsonl"
    lines = [
        f'{{"event_id": "e{row:06}", "user_id": "u{row % 97}", "ts": "2026-11-27 {row // 3600:02}:{row // 60 % 60:02}:{row % 60:02}"}}' for row in range(ROWS)
    ]
    lines[400] = '{"event_id": "e000400", "user_'
    path.write_text("\n".join(lines), encoding="utf-8")
    facts, _, _ = scaffold_config(tmp_path / "landing", tmp_path, lambda _: None)
    assert facts[0]["read"] != facts[0]["rows"]
    assert render(describe_read(facts[0])).endswith("on all of them but those of events-2026-11-27.jsonl, which cannot be read whole")
    (dataset,) = infer(tmp_path / "landing")
    batch, total = read_newest(dataset, tmp_path, whole=True)
    assert batch.rows.height < total == ROWS


def test_a_file_that_is_checked_whole_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    events(tmp_path / "landing" / "events-2026-11-27.csv")
    facts, _, _ = scaffold_config(tmp_path / "landing", tmp_path, lambda _: None)
    assert render(describe_read(facts[0])).endswith("key, mode and references are checked on all of them")


def test_a_total_at_the_end_of_a_long_file_is_its_footer(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    path = events(tmp_path / "landing" / "events-2026-11-27.csv")
    path.write_text(path.read_text(encoding="utf-8") + "\nTotal,,123,,", encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.options.footer
    assert (dataset.rows, dataset.read) == (ROWS, None)


def test_a_long_table_without_header_takes_the_names_beside_it(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    names = "event_id\tuser_id\tquantity\tts\tnote"
    (tmp_path / "landing" / "column_headers.tsv").write_text(names, encoding="utf-8")
    path = events(tmp_path / "hits.csv")
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    (tmp_path / "landing" / "hits.tsv").write_text("\n".join(rows).replace(",", "\t"), encoding="utf-8")
    dataset = next(one for one in infer(tmp_path / "landing") if one.dataset == "hits")
    assert dataset.options.names == tuple(names.split("\t"))
    assert dataset.key == ("event_id",)
    assert dataset.rows == ROWS
    assert dataset.read is not None


def test_the_turn_of_each_long_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "LONG_BYTES", 1_000)
    (tmp_path / "landing").mkdir()
    for day in (1, 2, 3):
        (tmp_path / "landing" / f"items-2026-03-0{day}.csv").write_text(
            "item_id,price\n" + "".join(f"i{row},{row}.50\n" for row in range(200 if day < 3 else 9))
        )
    reports: list[tuple[Message, int, int | None]] = []
    infer(tmp_path / "landing", progress=lambda *report: reports.append(report))
    reading = Message.of("step_reading", dataset="items")
    assert reports == [(reading, 2, 3), (reading, 3, 3)], "the newest is short"


def parquet(path: Path, rows: int = ROWS) -> Path:
    number = pl.int_range(rows, eager=True)
    items = pl.select(pl.concat_list(pl.struct(sku=pl.format("s{}", number % 9), count=number))).to_series()
    pl.DataFrame({"event_id": number, "user_id": number % 97, "items": items}).write_parquet(path, row_group_size=500)
    return path


def test_a_part_of_a_parquet_file_has_rows_from_the_first_to_the_last(tmp_path: Path) -> None:
    part = read_part(parquet(tmp_path / "events.parquet"), Limits(), ReadOptions(), 600)
    assert (part.total, part.frame.height) == (ROWS, 600)
    rows = part.frame["event_id"]
    assert (rows[0], rows[-1], rows.is_sorted(), rows.n_unique()) == (0, ROWS - 1, True, 600)
    assert part.frame["items"][0] == '[{"sku":"s0","count":0}]'


@pytest.mark.parametrize("content", [b"PAR1" + bytes(2_000) + b"PAR1", None])
def test_a_broken_or_short_parquet_file_is_read_whole(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "events.parquet"
    if content is None:
        assert read_part(parquet(path, rows=900), Limits(), ReadOptions(), 600).whole
        return
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"events\.parquet"):
        read_part(path, Limits(), ReadOptions(), 600)


def test_the_key_of_a_long_parquet_file_is_checked_on_all_rows(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    path = parquet(tmp_path / "landing" / "events.parquet")
    rows = pl.read_parquet(path).drop("items")
    rows.write_parquet(path)
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.key, dataset.rows, dataset.read) == (("event_id",), ROWS, 1_000)
    rows.with_columns(event_id=pl.when(pl.col("event_id").is_between(700, 1_200)).then(7).otherwise("event_id")).write_parquet(path)
    assert infer(tmp_path / "landing")[0].key == ()
