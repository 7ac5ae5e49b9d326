"""Twenty labelled rows teach which cells are wrong, and how they are mended."""

from __future__ import annotations

from itertools import islice

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.cell_errors.candidates import Corrections
from cleaning.cell_errors.claims import find_reports
from cleaning.cell_errors.dropped_words import taught_words
from cleaning.cell_errors.evidence import Evidence, Reference, gather
from cleaning.cell_errors.exchanged import exchanged, homes_of
from cleaning.cell_errors.labels import Contradiction, LabelledRow, contradictions
from cleaning.cell_errors.misplaced import domains_of, moved
from cleaning.cell_errors.model import CellModel
from cleaning.cell_errors.patterns import groups_of, patterns_of
from cleaning.cell_errors.programs import learn_programs
from cleaning.cell_errors.selection import choose_rows
from cleaning.cell_errors.table import Table
from cleaning.cell_errors.truth import discover_truth

CITIES = ["Birmingham", "Nottingham", "Kiel", "Winterthur", "Salzburg"]
ROWS = 150


@pytest.fixture(scope="module")
def right() -> Table:
    rng = np.random.default_rng(3)
    city = rng.integers(0, len(CITIES), ROWS)
    return Table.of(
        pl.DataFrame(
            {
                "zip": [f"{10_000 + 1_111 * place}" for place in city],
                "city": [CITIES[place] for place in city],
                "size": [str(size) for size in rng.integers(10, 40, ROWS)],
                "day": [f"2026-{month:02}-{day:02}" for month, day in zip(rng.integers(1, 13, ROWS), rng.integers(1, 29, ROWS), strict=True)],
            }
        )
    )


@pytest.fixture(scope="module")
def dirty(right: Table) -> Table:
    """One in ten cities misspelt, every size with its unit, one in four days in another order."""
    zips, cities, sizes, days = right.columns
    misspelt = tuple(f"{city[:3]}x{city[4:]}" if row % 10 == 3 else city for row, city in enumerate(cities))
    turned = tuple(f"{int(day[8:])}.{int(day[5:7])}.{day[:4]}" if row % 4 == 1 else day for row, day in enumerate(days))
    return Table(right.names, (zips, misspelt, tuple(f"{size} oz" for size in sizes), turned))


@pytest.fixture(scope="module")
def reference(dirty: Table) -> Reference:
    return Reference.of(dirty)


@pytest.fixture(scope="module")
def evidence(reference: Reference) -> Evidence:
    return gather(reference)


def labels_of(right: Table, rows: list[int]) -> list[LabelledRow]:
    return [LabelledRow(row, tuple(right.cell(row, place) for place in range(right.width))) for row in rows]


def chosen(evidence: Evidence, count: int) -> list[int]:
    return list(islice(choose_rows(evidence, groups_of(evidence, patterns_of(evidence.table)), [], 0), count))


@pytest.fixture(scope="module")
def model(reference: Reference, evidence: Evidence, right: Table) -> CellModel:
    return CellModel.fit(reference, evidence, labels_of(right, chosen(evidence, 12)), 0)


def wrong_of(dirty: Table, right: Table) -> np.ndarray:
    return np.array([[a != b for a, b in zip(*columns, strict=True)] for columns in zip(dirty.columns, right.columns, strict=True)]).T


def test_labels_teach_which_cells_are_wrong(model: CellModel, dirty: Table, right: Table) -> None:
    wrong, truth = model.wrong(), wrong_of(dirty, right)
    assert (wrong & truth).sum() >= 0.97 * truth.sum()
    assert (wrong & ~truth).sum() <= 0.03 * wrong.sum()


def test_corrections_teach_how_to_mend(model: CellModel, dirty: Table, right: Table) -> None:
    truth = wrong_of(dirty, right)
    repairs = model.repairs(truth)
    mended = sum(candidate.value == right.cell(candidate.row, candidate.column) for candidate in repairs)
    assert len(repairs) == truth.sum()
    assert mended >= 0.97 * truth.sum()
    generators = {dirty.names[candidate.column]: candidate.generator for candidate in repairs if candidate.generator != "label"}
    assert generators["day"] == "program"
    assert generators["city"] in ("dependency", "near_duplicate")


def test_rows_that_came_later_are_told_by_the_same_model(model: CellModel, dirty: Table, right: Table) -> None:
    rows = Table(dirty.names, (("10000", "11111"), ("Birmingham", "Notxingham"), ("12 oz", "13"), ("7.3.2026", "2026-03-07")))
    probabilities = model.detector.probabilities(model.evidence_on(rows))
    assert probabilities[0, 3] > 0.5 > probabilities[1, 3]
    assert probabilities[1, 1] > 0.5 > probabilities[0, 1]
    assert {candidate.value for candidate in model.repairer.candidates(model.evidence_on(rows), 1, 1)} >= {"Nottingham"}


def test_two_candidates_are_less_sure_than_one(model: CellModel) -> None:
    rows = Table(("zip", "city", "size", "day"), (("10000", "11111"), ("Notxingham", "Notxingham"), ("12", "13"), ("2026-03-07", "2026-03-07")))
    disputed, agreed = (model.repairer.candidates(model.evidence_on(rows), row, 1) for row in (0, 1))
    assert {candidate.value for candidate in disputed} >= {"Birmingham", "Nottingham"}
    assert agreed[0].value == "Nottingham"
    assert sum(candidate.confidence for candidate in disputed) < 1
    assert disputed[0].confidence < disputed[0].reliability
    assert disputed[0].confidence < agreed[0].confidence


def test_the_same_seed_gives_the_same_model(reference: Reference, evidence: Evidence, model: CellModel) -> None:
    same = CellModel.fit(reference, evidence, model.labels, 0)
    assert np.array_equal(same.probabilities(), model.probabilities())


def test_labels_that_find_nothing_wrong_doubt_no_cell(reference: Reference, evidence: Evidence, dirty: Table) -> None:
    clean = CellModel.fit(reference, evidence, labels_of(dirty, [0, 5, 9]), 0)
    assert not clean.wrong().any()
    assert clean.repairs(clean.wrong()) == []


def test_chosen_rows_differ_and_hold_suspects(evidence: Evidence, dirty: Table, right: Table) -> None:
    rows, truth = chosen(evidence, 10), wrong_of(dirty, right)
    assert len(set(rows)) == 10
    assert truth[rows][:, 1].any() and truth[rows][:, 3].any()
    assert chosen(evidence, 10) == rows


def test_every_row_can_be_chosen() -> None:
    tiny = gather(Reference.of(Table.of(pl.DataFrame({"city": ["Kiel", None, "Kiel"]}))))
    assert sorted(chosen(tiny, 9)) == [0, 1, 2]


@pytest.mark.parametrize("cells", [{"a": []}, {"a": [None, None]}, {"a": ["x"] * 30, "b": [None] * 30}, {}])
def test_empty_and_constant_columns(cells: dict[str, list[str | None]]) -> None:
    gathered = gather(Reference.of(Table.of(pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)))))
    assert np.isfinite(gathered.cells).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=30))
def test_any_text_has_finite_evidence(rows: list[tuple[str, str]]) -> None:
    table = Table(("a", "b"), (tuple(first for first, _ in rows), tuple(second for _, second in rows)))
    reference = Reference.of(table)
    assert np.isfinite(gather(reference).cells).all()
    assert np.isfinite(gather(reference, Table(("a", "b"), (("new",), ("",)))).cells).all()


def test_sources_that_agree_may_be_wrong_where_labels_say_so() -> None:
    flights = [f"LH{number}" for number in range(12)]
    copies, site = ["b", "c", "d"], ["a", "b", "c", "d", "e"]
    rows = [(flight, source, "07:10" if source in copies else f"0{number % 9}:{10 + number}") for number, flight in enumerate(flights) for source in site]
    table = Table(("flight", "site", "departs"), tuple(zip(*[(f, s, f"{f}{t}") for f, s, t in rows], strict=True)))
    reports = find_reports(table)
    assert reports is not None
    by_majority = discover_truth(table, reports, {})[2].winners
    assert by_majority["LH11"] == "LH1107:10"
    right_values = {flight: f"{flight}0{number % 9}:{10 + number}" for number, flight in enumerate(flights[:6])}
    assert discover_truth(table, reports, {2: right_values})[2].winners["LH11"] == "LH1102:21"


def test_values_that_moved_go_back() -> None:
    table = Table(("title", "brand", "price"), (("lamp", "rug", "mat", "red rug tarn 9.50"), ("tarn", "tarn", "tarn", ""), ("7.50", "8.25", "7.50", "")))
    assert moved(table, domains_of(table)) == {(3, 0): "red rug", (3, 1): "tarn", (3, 2): "9.50"}


def test_a_code_that_moved_goes_back_though_it_is_new() -> None:
    table = Table(("title", "model"), (("rug", "lamp", "mug", "red rug kx-104", "2.5 l pot", "blue rug 2024"), ("ab-12", "cd-345", "ef-91", "", "", "gh-77")))
    assert moved(table, domains_of(table)) == {(3, 0): "red rug", (3, 1): "kx-104"}


def test_a_code_of_a_list_of_codes_has_not_moved() -> None:
    table = Table(("issn", "pages"), (("1054-8807", "1553-9318", "1054-8807, 0036-7745"), ("1180-1195", "0145-0151", "")))
    assert moved(table, domains_of(table)) == {}


def test_exchanged_cells_change_back_and_numbers_never_do() -> None:
    cities, colours, sizes = ["Kiel", "Bonn"] * 5 + ["red"], ["red", "blue"] * 5 + ["Kiel"], ["7", "8"] * 5 + ["1"]
    ones = ["1"] * 10 + ["7"]
    table = Table(("city", "colour", "size", "one"), tuple(map(tuple, (cities, colours, sizes, ones))))
    assert exchanged(table, table.counts, homes_of(table.counts)) == {(10, 0): "Kiel", (10, 1): "red"}


def test_a_text_of_another_column_in_a_cell_that_holds_a_usual_value_is_no_exchange() -> None:
    table = Table(("brand", "maker"), (("Acme",) * 10 + ("Tarn",), ("Tarn",) * 11))
    assert exchanged(table, table.counts, homes_of(table.counts)) == {}


def test_nothing_is_exchanged_between_columns_of_one_kind() -> None:
    times = ["6:05", "6:10", "6:15"] * 4
    planned, actual, gate = [*times, *["7:40"] * 5, "8:20"], [*times, *["8:20"] * 5, "7:40"], ["A", "B"] * 9
    alike = Table(("planned", "actual", "gate"), (tuple(planned), tuple(actual), tuple(gate)))
    assert exchanged(alike, alike.counts, homes_of(alike.counts)) == {}
    differing = Table(alike.names, (tuple(planned), tuple(f"{time} +1" if time in times else time for time in actual), tuple(gate)))
    assert exchanged(differing, differing.counts, homes_of(differing.counts)) == {(17, 0): "7:40", (17, 1): "8:20"}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), max_size=30))
def test_exchanges_keep_the_values_of_each_row(rows: list[tuple[str, str]]) -> None:
    table = Table(("x", "y"), (tuple(row[0] for row in rows), tuple(row[1] for row in rows)))
    for (row, column), value in exchanged(table, table.counts, homes_of(table.counts)).items():
        assert value == table.cell(row, 1 - column)


def test_labels_teach_the_words_that_they_take_off_and_no_other() -> None:
    table = Table(("size",), (("12 oz", "9 OZ", "n/a", "3 g"),))
    labels = [LabelledRow(0, ("12",)), LabelledRow(1, ("9",)), LabelledRow(2, ("",)), LabelledRow(3, ("3 g",))]
    assert taught_words(table, labels, 0) == {"oz"}


def test_a_program_needs_two_corrections() -> None:
    assert learn_programs([("4/2/15", "2015-04-02")]) == []
    assert learn_programs([("Ann Lee", "Lee, Ann"), ("Bo Ek", "Ek, Bo")])[0].apply("Cy Ray") == "Ray, Cy"
    assert learn_programs([("7.3.2026", "2026-03-07"), ("12.11.2025", "2025-11-12")])[0].apply("1.2.2026") == "2026-02-01"
    assert "40" in [program.apply("40 oz") for program in learn_programs([("12.0 oz", "12"), ("16.0 oz", "16")])]


def test_labels_of_equal_rows_that_differ_are_reported() -> None:
    table = Table(("unit", "name"), (("12 oz", "12 oz", "12 oz"), ("ale", "ale", "pub")))
    labels = [LabelledRow(0, ("12", "ale")), LabelledRow(1, ("12 oz", "ale")), LabelledRow(2, ("9", "pub"))]
    assert contradictions(table, labels) == [Contradiction(0, labels[0], labels[1])]


def test_a_program_is_apart_on_numbers_that_no_correction_is_like() -> None:
    corrections = Corrections.of([("1/1/11", "1/11/01"), ("8/1/05", "1/5/08"), ("4/1/02", "1/2/04")], ["1/1/96"])
    assert corrections.rewritten("3/1/07") == {"program": "1/7/03"}
    assert corrections.rewritten("1/1/96") == {"program beyond": "1/96/01"}  # a year, where only days were corrected
    assert corrections.rewritten("unknown") == {}
