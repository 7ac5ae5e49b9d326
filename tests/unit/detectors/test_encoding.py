from __future__ import annotations

import functools
import random
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.encoding import CODES, EMPTY, BigramModel, EncodedRows, Encoder, QuantileScale, ScaleName, Vocabulary
from detectors.encoding.text_hashes import hash_texts
from sluice.domain import Column, Schema

SCALES: tuple[ScaleName, ...] = ("rank", "log", "z", "minmax")


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200), st.lists(st.floats(-1e18, 1e18), min_size=2, max_size=20), st.sampled_from(SCALES))
def test_every_scale_is_finite_and_grows_with_the_value(values_before: list[float], values: list[float], scale: ScaleName) -> None:
    encoded = QuantileScale.fit(np.array(values_before)).encode(torch.tensor(sorted(values), dtype=torch.float64), scale)
    assert torch.isfinite(encoded).all()
    assert (encoded.diff() >= -1e-5).all()


@given(st.lists(st.one_of(st.floats(-1e18, 1e18), st.just(float("nan"))), min_size=1, max_size=40), st.sampled_from(SCALES))
def test_a_value_is_encoded_the_same_in_any_company(values: list[float], scale: ScaleName) -> None:
    grid = QuantileScale.fit(np.exp(np.random.default_rng(0).normal(3, 1, 500)))
    whole = grid.encode(torch.tensor(values, dtype=torch.float64), scale)
    alone = torch.cat([grid.encode(torch.tensor([value], dtype=torch.float64), scale) for value in values])
    assert torch.equal(whole.nan_to_num(nan=-99.0), alone.nan_to_num(nan=-99.0))
    assert torch.equal(whole.isnan(), torch.tensor(values).isnan())


@pytest.mark.parametrize("values", [[0.0, 1e-310], [5e-324, 1e-320, 2e-310], [0.0, 1e-310, 5.0], [-1e-310, 2.3e-308, 2.4e-308, 1e18]])
@pytest.mark.parametrize("scale", SCALES)
def test_values_whose_span_is_denormal_stay_finite(values: list[float], scale: ScaleName) -> None:
    grid = QuantileScale.fit(np.array(values * 10))
    judged = torch.tensor([*values, 0.0, 1e-300, -1.0, 1e18, -1e18], dtype=torch.float64)
    assert grid.encode(judged, scale).isfinite().all()


def test_ranks_of_what_was_learned_are_gaussian_and_can_be_read_back() -> None:
    values = np.exp(np.random.default_rng(0).normal(3, 1, 20_000))
    grid = QuantileScale.fit(values)
    ranks = grid.encode(torch.from_numpy(values), "rank")
    assert abs(ranks.mean()) < 0.02
    assert abs(ranks.std() - 1) < 0.02
    assert abs(grid.decode(0.0) / np.median(values) - 1) < 0.01
    for value in (5.0, 20.0, 90.0):
        assert abs(grid.decode(float(grid.encode(torch.tensor([value], dtype=torch.float64), "rank"))) / value - 1) < 0.02


def test_a_constant_that_moved_a_little_is_no_anomaly_of_many_deviations() -> None:
    grid = QuantileScale.fit(np.full(100, 7.0))
    assert abs(float(grid.encode(torch.tensor([7.0], dtype=torch.float64), "z"))) < 1e-6
    assert torch.isfinite(grid.encode(torch.tensor([7.001], dtype=torch.float64), "z")).all()


def test_values_never_seen_have_no_place() -> None:
    words = Vocabulary.fit(pl.Series(["a", "a", "b", "b", "b", "once", None]))
    assert words.names == ("b", "a")
    assert words.places(pl.Series(["a", "b", "once", "new", None])).tolist() == [1, 0, -1, -1, EMPTY]
    assert Vocabulary.fit(pl.Series([], dtype=pl.String)).places(pl.Series(["a"])).tolist() == [-1]
    assert words.places(pl.Series([None, None], dtype=pl.String)).tolist() == [EMPTY, EMPTY]


def test_many_values_share_bounded_codes_that_never_change() -> None:
    words = Vocabulary.fit(pl.Series([f"value {i}" for i in range(3000)] * 2))
    assert words.codes.min() >= 0
    assert words.codes.max() < CODES
    assert len(np.unique(words.codes, axis=0)) > 2850
    place = words.places(pl.Series(["value 7"]))[0]
    assert words.codes[place].tolist() == [7, 127]


def test_a_million_values_are_learned_and_looked_up() -> None:
    values = pl.int_range(1_000_000, eager=True).cast(pl.String)
    words = Vocabulary.fit(pl.concat([values, values.head(300_000)]))
    assert len(words) == 200_000
    learned_state = words.places(values)
    assert (learned_state >= 0).sum() == 200_000
    assert len(np.unique(learned_state[learned_state >= 0])) == 200_000


def plainly(text: str) -> int:
    """The hash of one text, as one would write it without vectors."""
    step, most = 0x9E3779B97F4A7C15, 2**64

    def mixed(word: int) -> int:
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % most
        word = (word ^ word >> 27) * 0x94D049BB133111EB % most
        return word ^ word >> 31

    spelt = text.encode()
    words = [int.from_bytes(spelt[at : at + 8], "little") << 8 * max(8 - len(spelt[at:]), 0) for at in range(0, len(spelt), 8)]
    return mixed((sum(mixed((word + (place + 1) * step) % most) for place, word in enumerate(words)) + len(spelt) * step) % most)


@given(st.lists(st.text(max_size=40) | st.none(), max_size=30))
def test_a_text_has_one_hash_in_any_company_on_any_machine(texts: list[str | None]) -> None:
    assert hash_texts(pl.Series(texts, dtype=pl.String)).tolist() == [plainly(text or "") for text in texts]


def test_no_two_of_a_million_texts_share_a_hash() -> None:
    assert len(np.unique(hash_texts(pl.int_range(1_000_000, eager=True).cast(pl.String)))) == 1_000_000


def test_mojibake_has_a_texture_of_its_own() -> None:
    texts = pl.Series(["ein schöner Stuhl für die Küche", "großer Tisch aus Eiche", "bequemes Sofa, grün", None, ""] * 50)
    texture = BigramModel.fit(texts)
    good, bad, null, empty = texture.read(pl.Series(["ein schöner Tisch", "ein schÃ¶ner Tisch zzqqx", None, ""]))
    assert good is not None
    assert bad is not None
    assert bad < good - 1
    assert null is None
    assert empty is None


def test_a_text_has_the_same_texture_in_any_company() -> None:
    rng = np.random.default_rng(0)
    texts = pl.Series(["".join(chr(c) for c in rng.integers(32, 900, rng.integers(0, 30))) for _ in range(300)])
    texture = BigramModel.fit(texts)
    alone = [texture.read(texts[i : i + 1])[0] for i in range(len(texts))]
    assert texture.read(texts).to_list() == alone


def test_what_was_packed_encodes_the_same() -> None:
    rng = np.random.default_rng(1)
    schema = Schema("d", columns=(Column("n", "number"), Column("c"), Column("t"), Column("s", "timestamp")), time="s")
    moments = pl.Series("s", rng.integers(0, 10**15, 500)).cast(pl.Datetime("us", "UTC"))
    texts = [f"text {i} {'x' * int(rng.integers(1, 9))}" for i in range(500)]
    rows = pl.DataFrame({"n": rng.lognormal(size=500), "c": rng.choice(["a", "b", "c"], 500), "t": texts, "s": moments})
    encoder = Encoder.fit(rows, ("n", "c", "t", "s"), schema)
    again = Encoder.unpack(*encoder.pack())
    for one, other in zip(vars_of(encoder.encode(rows)), vars_of(again.encode(rows)), strict=True):
        assert torch.equal(one.nan_to_num(), other.nan_to_num())
    assert torch.equal(encoder.scaled(rows, "minmax"), again.scaled(rows, "minmax"))


def vars_of(encoded: EncodedRows) -> tuple[torch.Tensor, ...]:
    return encoded.numbers, encoded.codes, encoded.values


def test_importing_the_table_imports_nothing_heavy() -> None:
    code = "import sys, detectors; assert not {'torch', 'pyod', 'sklearn', 'scipy'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ROWS = st.lists(
    st.tuples(st.floats(allow_nan=True, allow_infinity=True) | st.none(), st.sampled_from(["a", "b", "new", None]), st.text(max_size=12) | st.none()),
    min_size=1,
    max_size=30,
)


@functools.cache
def mixed() -> Encoder:
    rng = np.random.default_rng(2)
    rows = pl.DataFrame({"n": rng.lognormal(size=600), "c": rng.choice(["a", "b"], 600), "t": [f"Text {i} ü{'x' * (i % 7)}" for i in range(600)]})
    return Encoder.fit(rows, ("n", "c", "t"), Schema("d", columns=(Column("n", "number"), Column("c"), Column("t"))))


@settings(max_examples=30)
@given(ROWS, st.randoms(use_true_random=False))
def test_a_row_is_encoded_the_same_alone_and_in_any_order(cells: list[tuple[float | None, str | None, str | None]], random: random.Random) -> None:
    rows = pl.DataFrame(cells, schema={"n": pl.Float64, "c": pl.String, "t": pl.String}, orient="row")
    order = random.sample(range(len(rows)), len(rows))
    whole = vars_of(mixed().encode(rows))
    for one, other in zip(whole, vars_of(mixed().encode(rows[order])), strict=True):
        assert torch.equal(one[..., order].nan_to_num(), other.nan_to_num())
    for one, other in zip(whole, vars_of(mixed().encode(rows[:1])), strict=True):
        assert torch.equal(one[..., :1].nan_to_num(), other.nan_to_num())
    assert torch.equal(whole[0][:, 0].isnan().all(dim=0), torch.tensor(rows["n"].is_null() | rows["n"].is_nan()))


def test_infinity_stretches_no_scale_and_lies_at_its_end() -> None:
    schema = Schema("d", columns=(Column("n", "number"),))
    encoder = Encoder.fit(pl.DataFrame({"n": [*map(float, range(100)), float("inf"), float("-inf")]}), ("n",), schema)
    ends = pl.DataFrame({"n": [float("-inf"), 50.0, float("inf")]})
    for scale in SCALES:
        low, middle, high = encoder.scaled(ends, scale)[0].tolist()
        assert low < middle < high
        assert abs(middle) < 1


def test_rows_without_the_learned_columns_are_null_and_unknown() -> None:
    encoded = mixed().encode(pl.DataFrame({"other": [1]}))
    assert encoded.numbers.isnan().all()
    assert (encoded.codes == -1).all()
    assert len(mixed().encode(pl.DataFrame({"n": []}))) == 0


def test_a_million_categories_stay_small() -> None:
    values = pl.int_range(1_000_000, eager=True).cast(pl.String)
    rows = pl.DataFrame({"c": pl.concat([values] * 5)})
    arrays, _ = Encoder.fit(rows, ("c",), Schema("d", columns=(Column("c"),))).pack()
    assert sum(array.nbytes for array in arrays.values()) < 4_000_000
