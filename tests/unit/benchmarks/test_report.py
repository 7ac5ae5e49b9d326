"""The figures in the documentation are those that were measured."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import BENCHMARKS, report
from benchmarks.chinese_figures import TITLES, in_chinese
from benchmarks.figures import Figure, number
from benchmarks.results import HERE, describe, read_figures, results_file

FIELDS = {field.name for field in dataclasses.fields(Figure)}


def test_the_page_of_figures_states_what_was_measured() -> None:
    text = report.PAGE.read_text(encoding="utf-8")
    assert report.replace_block(text, report.all_figures()) == text, "run `python -m benchmarks.report`"


@pytest.mark.parametrize(("readme", "say"), [(report.README, str), (report.CHINESE_README, in_chinese)], ids=["English", "Chinese"])
def test_the_readme_states_the_headline_figures(readme: Path, say: Callable[[str], str]) -> None:
    text = readme.read_text(encoding="utf-8")
    assert report.replace_block(text, report.headlines(say)) == text, "run `python -m benchmarks.report`"


def test_every_title_of_the_headline_figures_has_a_chinese_one() -> None:
    assert {"figure", "Sluice", "against", "ratio", *(title for *_, title in report.HEADLINES)} == set(TITLES)
    assert in_chinese("implicit's ALS: 0.104 (five seeds)") == "implicit's ALS: 0.104 \uff08五个种子\uff09"


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_figure_says_all_that_it_takes_to_judge_it(name: str) -> None:
    records = json.loads(results_file(name).read_text(encoding="utf-8"))
    assert records
    assert all(set(record) == FIELDS for record in records)
    assert all(figure.n >= 1 and figure.machine and figure.versions and figure.commit for figure in read_figures(name))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_no_figure_names_a_folder_of_the_machine(name: str) -> None:
    assert not [figure.figure for figure in read_figures(name) if "/" in figure.machine + "".join(figure.versions.values())]


def test_every_benchmark_is_listed_and_says_what_it_measures() -> None:
    modules = [*HERE.glob("*.py"), *HERE.glob("*/__main__.py")]
    measuring = [path for path in modules if "main(" in path.read_text(encoding="utf-8") and "def measure(" in path.read_text(encoding="utf-8")]
    runnable = {path.parent.name if path.stem == "__main__" else path.stem for path in measuring}
    assert runnable == set(BENCHMARKS)
    assert all(describe(name)[0] for name in BENCHMARKS)


def test_several_measurements_become_a_mean_with_its_deviation() -> None:
    figure = Figure.over("speed", [1.0, 2.0, 3.0], "s", "the floor", 4.0)
    assert (figure.value, figure.sd, figure.n, figure.ratio, figure.against) == (2.0, 1.0, 3, 0.5, "the floor: 4")
    assert Figure.over("speed", [1.0], "s").sd is None


def test_figures_with_a_measure_in_their_names_share_a_row() -> None:
    figures = [
        Figure("seconds", 1234.5, "s", commit="abc"),
        Figure("typo: recall", 0.5, "", "expected: repair", commit="abc"),
        Figure("typo: precision", 0.25, "", "expected: repair", commit="def"),
    ]
    assert list(report.tables(figures)) == [
        "| figure | value | against | ratio | n | commit |\n| --- | ---: | --- | ---: | ---: | --- |\n| seconds | 1,234 s |  |  | 1 | abc |",
        "|  | recall | precision | against | commit |\n| --- | ---: | ---: | --- | --- |\n| typo | 0.5 | 0.25 | expected: repair | def |",
    ]


def test_a_colon_in_code_is_no_measure() -> None:
    figures = [Figure("`run` with `engine: spark`, 8 parts", 36.0, "CPU s"), Figure("`engine: spark`: wall", 120.0, "s"), Figure("10:30 today", 1.0, "s")]
    plain, wide = report.tables(figures)
    assert [line.split(" | ")[0] for line in plain.splitlines()[2:]] == ["| `run` with `engine: spark`, 8 parts", "| 10:30 today"]
    assert wide.splitlines()[0] == "|  | wall | against | commit |"


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    assert report.replace_block(f"a {report.START} old {report.END} z", "new") == f"a {report.START}\nnew\n{report.END} z"
    with pytest.raises(ValueError, match="markers"):
        report.replace_block("nothing", "new")


def test_numbers_show_four_digits() -> None:
    assert [number(value) for value in (0.123456, 12.3456, 1234.5, 5_000_000)] == ["0.1235", "12.35", "1,234", "5,000,000"]
