from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from recommender.models.ann_index import ExactIndex, HNSWIndex, build_index, group_equal_rows, measure_recall, select_top_k


def unit(rows: int, seed: int, width: int = 16) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@given(
    arrays(np.float32, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20), elements=st.sampled_from([0.0, 0.5, 1.0, -2.0, -np.inf])),
    st.integers(0, 25),
)
def test_the_best_are_those_of_a_stable_sort(scores: np.ndarray, count: int) -> None:
    places, top_scores = select_top_k(scores, count)
    right = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    assert np.array_equal(places, right)
    assert np.array_equal(top_scores, np.take_along_axis(scores, right, axis=1))


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return unit(3000, 0)


def test_a_graph_finds_nearly_all_of_the_nearest_with_their_exact_scores(vectors: np.ndarray) -> None:
    points, graph = unit(20, 1), HNSWIndex.of(vectors, threads=1)
    assert measure_recall(graph, vectors, points, 100) >= 0.98
    numbers, scores = graph.search(points, 50)
    assert np.allclose(scores, np.take_along_axis(points @ vectors.T, numbers, axis=1), atol=1e-6)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_few_vectors_are_searched_exactly_and_many_by_a_graph(vectors: np.ndarray) -> None:
    assert isinstance(build_index(vectors), ExactIndex)
    assert isinstance(build_index(vectors, max_exact_items=2999), HNSWIndex)
    assert measure_recall(build_index(vectors), vectors, unit(3, 2), 10) == 1


@pytest.mark.parametrize("build", [ExactIndex, HNSWIndex.of])
def test_more_cannot_be_asked_for_than_there_is(build: object) -> None:
    vectors = unit(5, 3)
    numbers, scores = build(vectors).search(vectors[:2], 100)  # type: ignore[operator]  # a class or its constructor
    assert sorted(numbers[0].tolist()) == [0, 1, 2, 3, 4]
    assert scores.shape == (2, 5)
    assert numbers[:, 0].tolist() == [0, 1]


@pytest.mark.parametrize("build", [ExactIndex, HNSWIndex.of])
def test_nobody_asks_for_nothing(build: object) -> None:
    numbers, scores = build(unit(5, 3)).search(unit(0, 3), 4)  # type: ignore[operator]  # a class or its constructor
    assert numbers.shape == scores.shape == (0, 4)


def test_equal_vectors_are_found_as_exact_search_finds_them_and_none_twice() -> None:
    """Variants of one title have one vector: 30 titles with 100 variants."""
    rng = np.random.default_rng(4)
    titles = unit(30, 5)
    vectors = np.repeat(titles, 100, axis=0)[rng.permutation(3000)]
    graph = HNSWIndex.of(vectors, threads=1)
    for count in (51, 200, 1000, 3000):
        numbers, scores = graph.search(vectors[:40], count)
        assert all(len(set(row)) == count for row in numbers.tolist())
        assert np.allclose(scores, ExactIndex(vectors).search(vectors[:40], count)[1], atol=1e-6)


def test_a_graph_that_reaches_too_few_gives_the_exact_answer(vectors: np.ndarray) -> None:
    graph = HNSWIndex.of(vectors, threads=1)
    numbers, _ = graph.search(unit(5, 6), 3000)
    assert np.array_equal(np.sort(numbers, axis=1), np.tile(np.arange(3000), (5, 1)))


@given(st.lists(st.tuples(st.sampled_from([0.0, -0.0, 1.0]), st.sampled_from([0.0, 2.0])), max_size=30))
def test_every_row_is_in_one_group_of_equal_rows(rows: list[tuple[float, float]]) -> None:
    vectors = np.array(rows, np.float32).reshape(-1, 2)
    first, members, starts = group_equal_rows(vectors)
    groups = [members[begin:end].tolist() for begin, end in itertools.pairwise(starts)]
    assert sorted(members.tolist()) == list(range(len(rows)))
    assert [group[0] for group in groups] == first.tolist() == sorted(first.tolist())
    assert len(groups) == len({tuple(row) for row in vectors.tolist()})
    assert all(np.array_equal(vectors[group], vectors[[group[0]] * len(group)]) for group in groups)
