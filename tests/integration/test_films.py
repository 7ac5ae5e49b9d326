"""Another field than a shop: films, with other columns and other kinds of events, from MovieLens's files to an explained answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sluice
from sluice.cli.main import outcome

EXAMPLE = Path(__file__).parents[2] / "examples" / "films.py"
GENRES = ("Comedy|Romance", "Sci-Fi|Adventure", "Western", "Horror|Thriller")
FILMS, VIEWERS, RATINGS = 60, 70, 14
BEGIN, DAY = 1_041_379_200, 86_400  # 2003-01-01


def movielens(folder: Path) -> None:
    """Files as MovieLens 1M has them: viewers mostly stay in a genre, and go through its films in order."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    names = [f"{film}::{GENRES[film % 4].split('|')[0]} Night {film // 4}, The (19{80 + film // 4})::{GENRES[film % 4]}" for film in range(FILMS)]
    ratings = []
    for viewer in range(VIEWERS):
        genre, start = viewer % 4, int(rng.integers(FILMS // 4))
        for step in range(RATINGS):
            film = genre + 4 * ((start + step) % (FILMS // 4)) if rng.random() < 0.9 else int(rng.integers(FILMS))
            ratings.append((viewer, film, int(rng.choice([2, 3, 4, 5])), BEGIN + DAY * (10 * step + viewer % 10)))
    unique = {(viewer, film): (stars, when) for viewer, film, stars, when in ratings}
    (folder / "movies.dat").write_text("\n".join(names) + "\n", encoding="latin-1")
    (folder / "ratings.dat").write_text("\n".join(f"{v}::{f}::{stars}::{when}" for (v, f), (stars, when) in unique.items()) + "\n")
    (folder / "users.dat").write_text("\n".join(f"{viewer}::F::{18 + 7 * (viewer % 3)}::{viewer % 4}::12345" for viewer in range(VIEWERS)) + "\n")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example after its retrain."""
    folder = tmp_path_factory.mktemp("films")
    movielens(folder / "ml-1m")
    subprocess.run([sys.executable, EXAMPLE, folder / "ml-1m", folder], check=True)
    config = folder / "sluice.yaml"
    config.write_text(config.read_text() + "  models: [two_tower]\n  epochs: 12\n  dimensions: 16\n  promotion: {latency: 10000}\n")
    assert outcome(["run", "--config", str(config)]) == 0
    assert outcome(["retrain", "--config", str(config), "--tensorboard", str(folder / "curves")]) == 0
    return folder


def run_command(capsys: pytest.CaptureFixture[str], films: Path, *command: str) -> Sequence[dict[str, Any]]:
    capsys.readouterr()
    assert outcome([*command, "--config", str(films / "sluice.yaml"), "--format", "json"]) == 0
    rows: Sequence[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_a_viewer_gets_films_with_names_and_a_reason(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    films_found = run_command(capsys, films, "recommend", "1", "--explain", "-k", "5")
    assert len(films_found) == 5
    assert all("Night" in film["title"] for film in films_found)
    assert any("interested in" in film["reason"] for film in films_found)
    assert all(film["reason"] for film in run_command(capsys, films, "recommend", "--popular", "--explain", "--language", "zh"))


def test_the_card_says_what_is_read_of_viewers_and_a_request_may_name_the_hour(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sluice.recommender(films / "sluice.yaml") as server:
        card: Any = server.store.models.load("recommender").card  # type: ignore[union-attr]  # it was trained
        assert len(server.recommend("1", 5, context={"hour": 9}).items) == 5
    entries = {entry["column"]: entry for entry in card["side"]["columns"]}
    assert set(entries) == {"user.gender", "user.age", "user.occupation", "context.hour", "context.weekday"}
    assert entries["user.gender"]["reason"] == "side_column_says_nothing", "all are women"
    assert entries["user.occupation"]["gave"] is not None
    assert len(run_command(capsys, films, "recommend", "1", "--context", "hour=20", "-k", "5")) == 5
    assert outcome(["recommend", "1", "--context", "hours=20", "--config", str(films / "sluice.yaml")]) == 2
    assert "hour" in capsys.readouterr().err


def test_films_are_found_by_words_with_a_typing_error_and_by_what_they_are(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    films_found = run_command(capsys, films, "search", "westrn night", "--where", "year>=1985", "-k", "5")
    assert len(films_found) == 5
    assert all(film["title"].startswith("Western Night") for film in films_found[:3])
    assert run_command(capsys, films, "search", "western", "--user", "1", "--where", "genres=Western")
    assert outcome(["search", "western", "--where", "brand=Acme", "--config", str(films / "sluice.yaml")]) == 2


def test_what_a_viewer_has_just_liked_counts_at_once(films: Path) -> None:
    with sluice.recommender(films / "sluice.yaml") as server:
        assert "unknown" in server.recommend("nobody").note
        server.record_event("nobody", "2", "5")
        server.record_event("nobody", "6", "5")
        answer = server.recommend("nobody", 5, language="en")
        assert answer.note == ""
        assert sum(int(recommendation.item) % 4 == 2 for recommendation in answer.items) >= 3
        assert server.explain("nobody", [answer.items[0].item])[0].events
    with sluice.recommender(films / "sluice.yaml") as server:
        assert [one.item for one in server.recommend("nobody", 5)] == [one.item for one in answer], "a restart loses no event"


def test_who_looked_on_sees_curves_and_vectors(films: Path) -> None:
    assert list((films / "curves").rglob("events.out.tfevents.*"))
    assert list((films / "curves").rglob("metadata.tsv"))
