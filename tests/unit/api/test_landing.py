"""Rows that are posted: checked, on disk before the answer, landed once for a key, and published as any other file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import build
from sluice.app.landing import land
from sluice.errors import UsageError
from sluice.sources.posted import name_for, token_of
from tests.unit.api.asking import API, Client, require_form, write_shop

LAND = "/v1/land/orders"
ROWS = b"id,email,price\n9-1,a@x.example,4\n9-2,b@x.example,-5\n"
CSV = {"content_type": "text/csv"}
MORE = """\
  clicks:
    source: {files: "landing/clicks-*.jsonl"}
    columns: {user: {type: string, required: true}, n: {type: integer}}
  plain:
    source: {files: "landing/plain.csv"}
    columns: {id: {type: string}}
  marked:
    source: {files: "landing/marked-*.csv", done: "{name}.done"}
    columns: {id: {type: string}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "shop", MORE)


@pytest.fixture
def ask(shop: Path, client_of: Callable[..., Client]) -> Client:
    return client_of(shop)


def landed(shop: Path) -> list[str]:
    return sorted(path.name for path in (shop.parent / "landing").iterdir() if "T" in path.name or path.name.startswith("."))


def test_posted_rows_are_a_batch_like_any_other(shop: Path, ask: Client) -> None:
    answered = ask(LAND, "steward", body=ROWS, **CSV)
    require_form("landRows", answered)
    assert (answered.json["rows"], landed(shop)) == (2, [answered.json["file"]])
    assert (shop.parent / "landing" / answered.json["file"]).read_bytes() == ROWS
    with build(shop) as app:
        runs = {Path(run.uri).name: run for run in app.run(app.pending_arrivals(["orders"]))}
    run = runs[answered.json["file"]]
    assert (run.good, run.bad, run.at.isoformat()) == (1, 1, "2026-03-03T01:00:00+00:00")


def test_the_file_is_synced_with_its_folder_before_the_answer(shop: Path, ask: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr("sluice.sources.posted.os.fsync", lambda handle: synced.append(str(Path(f"/proc/self/fd/{handle}").readlink())))
    ask(LAND, "steward", body=ROWS, **CSV)
    assert (Path(synced[0]).name.startswith(".posted-"), synced[1]) == (True, str(shop.parent / "landing"))


def test_rows_under_a_key_are_landed_once(shop: Path, ask: Client) -> None:
    first = ask(LAND, "steward", body=ROWS, idempotency_key="k1", **CSV)
    again = ask(LAND, "steward", body=ROWS, idempotency_key="k1", **CSV)
    assert (again.json, again.headers["idempotent-replayed"]) == (first.json, "true")
    assert ask(LAND, "steward", body=ROWS + b"9-3,c@x.example,1\n", idempotency_key="k1", **CSV).code == "idempotency_key_used"
    assert ask(LAND, "author", body=ROWS, idempotency_key="k1", **CSV).json["file"] != first.json["file"]  # the key of another sender
    assert len(landed(shop)) == 2


def test_rows_whose_key_was_not_recorded_are_landed_once_all_the_same(shop: Path) -> None:
    with build(shop) as app:  # a writer that was killed after the file, before its transaction ended
        names = {land(app, "orders", ROWS, "text/csv", ("S", "k1")).file for _ in range(2)}
    assert len(names) == 1 == len(landed(shop))


def test_other_rows_under_a_key_of_an_earlier_day_are_landed(shop: Path) -> None:
    with build(shop) as app:  # the database forgets a key after a day; the file lies there as long as the shop keeps it
        names = {land(app, "orders", rows, "text/csv", ("S", "nightly")).file for rows in (ROWS, ROWS + b"9-3,c@x.example,1\n")}
    assert sorted(names) == landed(shop)
    assert len(names) == 2


def test_without_a_key_rows_are_landed_as_often_as_they_come(shop: Path, ask: Client) -> None:
    for _ in range(2):
        assert ask(LAND, "steward", body=ROWS, **CSV).status == 202
    assert len(landed(shop)) == 2


def test_json_lines_are_taken_where_the_dataset_reads_them(shop: Path, ask: Client) -> None:
    body = b'{"user": "u1", "n": 1}\n{"user": "u2"}\n'
    answered = ask("/v1/land/clicks", "steward", body=body, content_type="application/x-ndjson; charset=utf-8")
    assert (answered.status, answered.json["rows"], answered.json["file"][-6:]) == (202, 2, ".jsonl")


@pytest.mark.parametrize(
    ("path", "body", "media", "status", "code", "text"),
    [
        (LAND, b"id,email\n", "text/csv", 422, "posted_no_rows", "no row"),
        (LAND, b"email,price\na@x.example,3\n", "text/csv", 422, "posted_lacks_columns", "id"),
        (LAND, b"id,email,price\n1,2,3,4\n", "text/csv", 422, "posted_unreadable", ""),
        (LAND, b"", "text/csv", 422, "posted_unreadable", "empty"),
        (LAND, b'[{"id": "1"}]', "application/json", 415, "posted_other_form", "send text/csv"),
        (LAND, ROWS, "application/xml", 415, "not_rows", "text/csv"),
        ("/v1/land/clicks", b'{"n": 1}\n', "application/x-ndjson", 422, "posted_lacks_columns", "user"),
        ("/v1/land/plain", b"id\n1\n", "text/csv", 409, "posted_no_place", "one `*`"),
        ("/v1/land/marked", b"id\n1\n", "text/csv", 409, "posted_unfit_source", "done"),
        ("/v1/land/nothing", b"id\n1\n", "text/csv", 404, "not_found", "nothing"),
    ],
)
def test_what_is_no_batch_is_refused_and_leaves_nothing(shop: Path, ask: Client, path: str, body: bytes, media: str, status: int, code: str, text: str) -> None:
    answered = ask(path, "steward", method="POST", body=body, content_type=media)
    assert (answered.status, answered.code) == (status, code), answered.text
    assert text in answered.json["error"]["message"]
    assert str(shop.parent) not in answered.text
    assert landed(shop) == []


def test_a_role_is_needed_before_a_body_is_read(shop: Path, ask: Client) -> None:
    assert ask(LAND, "viewer", body=ROWS, **CSV).status == 403
    assert ask(LAND, None, body=ROWS, **CSV).status == 401
    assert landed(shop) == []


def test_a_body_that_is_too_long_is_refused(shop: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(shop, api=API.model_copy(update={"body": 2000}))
    assert ask(LAND, "steward", body=ROWS + b"\n" * 2000, **CSV).status == 413
    assert ask(LAND, "steward", body=ROWS, **CSV).status == 202
    assert len(landed(shop)) == 1


def test_a_draft_of_a_killed_program_is_deleted_by_a_later_post(shop: Path, ask: Client) -> None:
    draft = shop.parent / "landing" / ".posted-1-2-orders-x.csv"
    draft.write_bytes(ROWS)
    os.utime(draft, (1, 1))
    answered = ask(LAND, "steward", body=ROWS, **CSV)
    assert landed(shop) == [answered.json["file"]]


def test_a_name_is_that_of_the_pattern_and_a_token_holds_no_date() -> None:
    assert name_for("a", Path("/shop"), "landing/*", "application/x-ndjson").after == ".jsonl"
    assert token_of("a").isalpha()
    for pattern in ("landing/*/a.csv", "landing/a-?-*.csv", "landing/a-[0-9]*.csv"):
        with pytest.raises(UsageError):
            name_for("a", Path("/shop"), pattern, "text/csv")


def test_a_service_that_changes_nothing_takes_no_rows(shop: Path, client_of: Callable[..., Client]) -> None:
    ask = client_of(shop, api=API.model_copy(update={"write": False}))
    assert ask(LAND, "steward", body=ROWS, **CSV).code == "read_only"
