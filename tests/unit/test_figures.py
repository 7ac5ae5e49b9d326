"""The figures in the README are those that were measured."""

from __future__ import annotations

import dataclasses
import json

import pytest

from benchmarks import BENCHMARKS, readme
from benchmarks.figures import Figure, number
from benchmarks.results import HERE, about, figures_of, file_of

FIELDS = {field.name for field in dataclasses.fields(Figure)}


def test_the_readme_states_what_was_measured() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert readme.put(text, readme.block()) == text, "run `python -m benchmarks.readme`"


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_figure_says_all_that_it_takes_to_judge_it(name: str) -> None:
    told = json.loads(file_of(name).read_text(encoding="utf-8"))
    assert told
    assert all(set(each) == FIELDS for each in told)
    assert all(each.n >= 1 and each.machine and each.versions for each in figures_of(name))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_no_figure_names_a_folder_of_the_machine(name: str) -> None:
    assert not [each.figure for each in figures_of(name) if "/" in each.machine + "".join(each.versions.values())]


def test_every_benchmark_is_listed_and_says_what_it_measures() -> None:
    runnable = {path.stem for path in HERE.glob("*.py") if "main(" in path.read_text(encoding="utf-8") and "def measure(" in path.read_text(encoding="utf-8")}
    assert runnable == set(BENCHMARKS)
    assert all(about(name)[0] for name in BENCHMARKS)


def test_several_measurements_become_a_mean_with_its_deviation() -> None:
    figure = Figure.over("speed", [1.0, 2.0, 3.0], "s", "the floor", 4.0)
    assert (figure.value, figure.sd, figure.n, figure.ratio, figure.against) == (2.0, 1.0, 3, 0.5, "the floor: 4")
    assert Figure.over("speed", [1.0], "s").sd is None


def test_figures_with_a_measure_in_their_names_share_a_row() -> None:
    figures = [Figure("seconds", 1234.5, "s"), Figure("typo: recall", 0.5, "", "to be: repair"), Figure("typo: precision", 0.25, "", "to be: repair")]
    assert list(readme.tables(figures)) == [
        "| figure | value | against | ratio | n |\n| --- | ---: | --- | ---: | ---: |\n| seconds | 1,234 s |  |  | 1 |",
        "|  | recall | precision | against |\n| --- | ---: | ---: | --- |\n| typo | 0.5 | 0.25 | to be: repair |",
    ]


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    assert readme.put(f"a {readme.START} old {readme.END} z", "new") == f"a {readme.START}\nnew\n{readme.END} z"
    with pytest.raises(ValueError, match="markers"):
        readme.put("nothing", "new")


def test_numbers_show_four_digits() -> None:
    assert [number(each) for each in (0.123456, 12.3456, 1234.5, 5_000_000)] == ["0.1235", "12.35", "1,234", "5,000,000"]
