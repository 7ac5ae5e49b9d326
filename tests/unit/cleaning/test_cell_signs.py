"""Signs of an error that need no labels, and what labels make of them."""

from __future__ import annotations

import numpy as np
import pytest

from cleaning.cell_errors.claims import Reports
from cleaning.cell_errors.evidence import Evidence, Reference, gather
from cleaning.cell_errors.neighbours import Neighbours
from cleaning.cell_errors.programs import learn_programs
from cleaning.cell_errors.sign_reliability import PRIORS, SignReliability
from cleaning.cell_errors.signs import SIGNS
from cleaning.cell_errors.table import Table
from cleaning.cell_errors.truth import discover_truth
from cleaning.cell_errors.writing import form_test, marker_tests, spelling_test, unit_test


def _evidence(**columns: list[str]) -> Evidence:
    return gather(Reference.of(Table(tuple(columns), tuple(map(tuple, columns.values())))))


def test_every_sign_has_a_reliability_without_labels() -> None:
    assert set(PRIORS) == set(SIGNS)


@pytest.mark.parametrize(
    ("counts", "suspects"),
    [
        ({"12 oz": 40, "12 oz.": 30, "16 oz": 20, "16 ounce": 20}, {"12 oz", "12 oz.", "16 oz", "16 ounce"}),  # cannot be read as numbers
        ({"98%": 50, "97%": 50}, set()),  # one unit is how the column is written
        ({"98%": 50, "97%": 48, "97x": 2}, {"97x"}),
        ({"1st": 40, "2nd": 40, "3rd": 40}, set()),  # the number decides what stands behind it
        ({"0.05": 60, "0.05%": 40}, {"0.05%"}),
    ],
)
def test_units_are_suspicious_where_a_column_writes_numbers_in_several_ways(counts: dict[str, int], suspects: set[str]) -> None:
    test = unit_test(counts)
    assert {value for value in counts if test(value)} == suspects


@pytest.mark.parametrize(
    ("counts", "suspects"),
    [
        ({"Kiel": 30, "KIEL": 4, "Bonn": 30}, {"KIEL"}),
        ({"3": 60, "3.00": 30, "4": 20}, {"3.00"}),
        ({"Winterthur": 30, "Salzburg": 30, "NOTTINGHAM": 1, "IBM": 1}, {"NOTTINGHAM"}),  # a short one may be a name
        ({"007": 3, "7": 9}, set()),
    ],
)
def test_another_spelling_of_a_value_is_suspicious(counts: dict[str, int], suspects: set[str]) -> None:
    test = spelling_test(counts)
    assert {value for value in counts if test(value)} == suspects


def test_how_long_numbers_and_lists_are_is_no_form() -> None:
    counts = {"7": 1, **dict.fromkeys(map(str, range(10, 400)), 1)}
    assert not form_test(counts)("7")
    lists = {"Comedy": 90, "Comedy, Drama": 90, "Comedy, Crime, Drama, War": 1, "C0medy": 1}
    assert not form_test(lists)("Comedy, Crime, Drama, War")
    assert form_test(lists)("C0medy")


def test_one_word_for_nothing_in_several_columns_is_how_a_table_writes_it() -> None:
    columns = [{"empty": 3, "a": 9}, {"empty": 8, "b": 4}]
    assert not any(test("empty") for test in marker_tests(columns))
    assert [test("empty") for test in marker_tests([*columns, {"": 1, "c": 11}])] == [True, True, True]
    assert not marker_tests([{"NA": 1, "DE": 20, "CH": 9}, {"": 1}])[0]("NA")  # Namibia among countries
    assert not marker_tests([{"-1": 9, "-4": 3, "12": 20}, {"": 1}])[0]("-1")


def test_rows_are_judged_by_what_is_usual_in_the_reference_and_not_in_their_batch() -> None:
    reference = Reference.of(Table(("city",), (("Kiel", "Bonn", "Jena") * 20,)))
    later = gather(reference, Table(("city",), (("KIEL",),)))
    assert "spelling" in later.names_of_signs(0, 0)


def test_values_of_other_common_words_or_numbers_are_two_things() -> None:
    near = Neighbours({"Comedy, Crime, War": 9, "Comedy, Drama": 20, "Action, War": 9, "Action, Comedy, War": 2})
    other = near.nearest("Action, Comedy, War", 2)
    assert other is None or other.likeness < 0.3
    typo = Neighbours({"46 patients": 20, "47 patients": 20, "46 pxtients": 1})
    assert (word := typo.nearest("46 pxtients", 1)) is not None and word.likeness > 0.5
    assert (number := typo.nearest("47 patients", 1)) is None or number.likeness < 0.3


def test_a_sign_counts_less_where_labels_say_that_it_is_wrong() -> None:
    signs = np.zeros((6, 2, len(SIGNS)), dtype=bool)
    signs[:, :, SIGNS.index("form")] = True
    none = SignReliability.fit(signs[:0], np.zeros((0, 2), dtype=bool)).probabilities(signs)
    wrong = np.zeros((6, 2), dtype=bool)
    wrong[:, 0] = True
    learned = SignReliability.fit(signs, wrong).probabilities(signs)
    assert learned[0][0, 0] > none[0][0, 0] > learned[0][0, 1]
    assert learned[1][0, 0] < none[1][0, 0]  # the model has seen these cells


def test_a_cell_without_a_sign_is_left_to_the_model() -> None:
    signs = np.zeros((3, 1, len(SIGNS)), dtype=bool)
    assert not SignReliability.fit(signs, np.zeros((3, 1), dtype=bool)).probabilities(signs)[1].any()


def test_a_violation_that_another_column_supports_is_none() -> None:
    county = ["Salem"] * 30 + ["Salem"] * 10 + ["Kent"] * 40
    state = ["NJ"] * 30 + ["OR"] * 10 + ["NJ"] * 40
    code = ["856"] * 30 + ["503"] * 10 + ["856"] * 40
    evidence = _evidence(county=county, state=state, code=code)
    assert "dependency" not in evidence.names_of_signs(35, 1)


def test_a_longer_claim_supports_the_one_within_it() -> None:
    flights, sites = [f"LH{number}" for number in range(1, 9)], ["a", "b", "c", "d", "e"]
    rows = [(flight, site, "7:10" if site in "ab" else "7:10 Dec 02" if site in "cd" else "12/2 7:10") for flight in flights for site in sites]
    rows += [(flight, "f", "7:15") for flight in flights]
    table = Table(("flight", "site", "departs"), tuple(zip(*rows, strict=True)))
    truth = discover_truth(table, Reports(0, 1, (2,)), {})[2]
    assert set(truth.winners.values()) == {"7:10"}


def test_of_programs_that_explain_as_much_that_is_taken_whose_tokens_the_column_has() -> None:
    corrections = [("1/1/11", "1/11/01"), ("10/1/13", "1/13/10")]
    programs = learn_programs(corrections, ["12/6/06", "4/11/02", "9/3/09"])
    assert programs[0].apply("12/1/06") == "1/6/12"
