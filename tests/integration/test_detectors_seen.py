"""What a person sees of the detectors on the command line, on a shop that went through the main job."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.app import App, build, process_requests
from sluice.cli.detectors import BAR_WIDTH, bar
from sluice.cli.main import outcome
from sluice.domain import ROW, Request
from sluice.messages import render


@pytest.fixture
def learned(worked: Path) -> str:
    """A shop whose detectors have learned; nothing is changed in it. Gives its sluice.yaml."""
    return str(worked / "sluice.yaml")


def run_command(capsys: Any, *arguments: str) -> Any:
    capsys.readouterr()
    assert outcome([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def a_row(path: str) -> str:
    with build(path) as app:
        return str(app.store.snapshot().published("events").select(ROW).head(1).collect().item())


def test_detectors_are_listed_with_what_they_promised(learned: str, capsys: Any) -> None:
    listed = {row["detector"]: row for row in run_command(capsys, "detectors", "--config", learned)}
    assert "autoencoder" in listed
    assert set(listed["autoencoder"]) >= {"state", "version", "training rows", "guarantee", "measured", "flagged", "top contributors", "drift", "refit"}


@pytest.mark.parametrize(
    "arguments", [["events.nothing", "--by", "Ada", "--reason", "why"], ["recommender", "--by", "Ada", "--reason", "why"], ["events.autoencoder"]]
)
def test_a_refit_that_cannot_be_is_refused(learned: str, arguments: list[str]) -> None:
    assert outcome(["detectors", "refit", *arguments, *(["--by", ""] if len(arguments) == 1 else []), "--config", learned]) == 2


def test_one_detector_is_shown_by_its_short_or_full_name(learned: str, capsys: Any) -> None:
    short, full = (run_command(capsys, "detectors", "show", name, "--config", learned) for name in ("autoencoder", "events.autoencoder"))
    assert short == full
    assert set(short) >= {"calibration", "columns", "runs"}


def test_a_row_is_explained_cell_by_cell_and_personal_columns_are_masked(learned: str, capsys: Any) -> None:
    row = a_row(learned)
    explanation = run_command(capsys, "explain", row, "--config", learned)
    assert (explanation["dataset"], explanation["where"], explanation["row"]) == ("events", "published", row)
    assert {detector["detector"] for detector in explanation["detectors"]} == {"isolation_forest", "autoencoder"}
    for detector in explanation["detectors"]:
        assert detector["waits"] or [cell["surprise"] for cell in detector["cells"]] == sorted((cell["surprise"] for cell in detector["cells"]), reverse=True)
    with build(learned) as app:
        personal = [name for name, column in app.config.datasets["events"].columns.items() if column.personal]
    assert personal
    assert {explanation["cells"][name] for name in personal} <= {"•••", None}


def test_a_held_row_is_explained_too(learned: str, capsys: Any) -> None:
    with build(learned) as app:
        held = app.store.quarantine.held("events").select(pl.col(ROW)).head(1).item()
    assert run_command(capsys, "explain", held, "--dataset", "events", "--config", learned)["where"] == "held"


def test_tables_for_people_end_well(learned: str, capsys: Any) -> None:
    for arguments in (["detectors"], ["detectors", "show", "autoencoder"], ["explain", a_row(learned)]):
        assert outcome([*arguments, "--config", learned]) == 0
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "nowhere.1"], "sluice quarantine list"),
        (["explain", "nowhere.1", "--dataset", "event"], "no dataset is called"),
        (["detectors", "show", "autoencodr"], "did you mean autoencoder"),
    ],
)
def test_what_is_unknown_is_told_with_what_to_do(learned: str, capsys: Any, arguments: list[str], message: str) -> None:
    assert outcome([*arguments, "--config", learned]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["traffic", "events.traffic", "events.traffic:crawler", "traffic:crawler"])
def test_one_name_means_the_same_model_wherever_it_is_asked_for(learned: str, capsys: Any, name: str) -> None:
    assert run_command(capsys, "models", "list", name, "--config", learned)[0]["model"] == "events.traffic"
    assert run_command(capsys, "detectors", "show", name, "--config", learned)["dataset"] == "events"


@pytest.mark.parametrize("command", [["models", "list"], ["models", "rollback"], ["detectors", "refit"], ["detectors", "show"]])
def test_a_wrong_name_is_answered_with_the_right_ones(learned: str, capsys: Any, command: list[str]) -> None:
    signed = ["--by", "Ada", "--reason", "why"] if command[-1] in ("rollback", "refit") else []
    assert outcome([*command, "autoencodr", *signed, "--config", learned]) == 2
    errors = capsys.readouterr().err
    assert "did you mean autoencoder?" in errors
    assert "events.autoencoder" in errors
    assert "events.traffic" in errors


def test_a_roll_back_and_a_whole_fit_are_asked_for_as_on_the_page_and_carried_out(shop: Path, opened: Callable[[Path], App]) -> None:
    app = opened(shop)
    before = app.store.models.versions("events.traffic")[0].version
    for id_, kind, model in (("r1", "refit", "events.traffic"), ("r2", "rollback", "events.traffic"), ("r3", "rollback", "recommender")):
        app.store.requests.submit(Request(id_, kind, "events", "Ada", "it flags too much", app.now() + timedelta(seconds=int(id_[1])), model=model))  # type: ignore[arg-type]  # kinds
    assert process_requests(app) == 3
    answers = {request.id: (request.state, render(request.answer)) for request in app.store.requests.all()}
    assert answers["r1"] == ("done", f"version {before + 1} was fitted and is the champion")
    assert answers["r2"] == ("done", f"version {before} is the champion again")
    assert answers["r3"] == ("refused", "recommender has no earlier champion to go back to")
    assert [model.state for model in app.store.models.versions("events.traffic")][:2] == ["rolled_back", "champion"]


def test_flagged_rows_that_were_published_are_listed_with_their_cells_masked(learned: str, capsys: Any) -> None:
    flagged = run_command(capsys, "detectors", "flagged", "events", "--config", learned)
    assert flagged
    assert {row["detector"] for row in flagged} == {"autoencoder"}
    assert {row["cells"]["ip"] for row in flagged} <= {"•••", None}
    with build(learned) as app:
        published = app.store.snapshot().published("events").select(ROW).collect().to_series()
        counts = app.store.snapshot().metrics("events").filter((pl.col("phase") == "published") & (pl.col("rule") == "autoencoder"))
    assert {row["row"] for row in flagged} <= set(published)
    assert len(flagged) == counts["failed"].sum()
    batch = flagged[0]["run"]
    of_one = run_command(capsys, "detectors", "flagged", "events", "--detector", "events.autoencoder", "--batch", batch, "--config", learned)
    assert [row["row"] for row in of_one] == [row["row"] for row in flagged if row["run"] == batch]


def test_flagged_rows_are_a_table_for_people_and_csv_for_spreadsheets(learned: str, capfdbinary: Any) -> None:
    assert outcome(["detectors", "flagged", "events", "--limit", "1", "--config", learned]) == 0
    assert b"more; --limit shows them" in capfdbinary.readouterr().err
    assert outcome(["detectors", "flagged", "events", "--format", "csv", "--config", learned]) == 0
    rows = pl.read_csv(capfdbinary.readouterr().out)
    assert rows.height > 1
    assert set(rows["ip"].drop_nulls()) == {"•••"}
    assert outcome(["detectors", "flagged", "events", "--detector", "autoencodr", "--config", learned]) == 2
    assert b"did you mean autoencoder" in capfdbinary.readouterr().err
    assert outcome(["detectors", "flagged", "events", "--batch", "nothing", "--config", learned]) == 2


@pytest.mark.parametrize(("surprise", "filled"), [(-1.0, 0), (0.0, 0), (3.0, BAR_WIDTH // 2), (6.0, BAR_WIDTH), (300.0, BAR_WIDTH)])
def test_a_bar_is_as_long_as_the_surprise(surprise: float, filled: int) -> None:
    assert bar(surprise) == "█" * filled + "░" * (BAR_WIDTH - filled)
