"""Levels, fans and paths."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analyzers.stat_reporter.graph_shape import shape_of

DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def test_level_is_one_more_than_the_deepest_upstream():
    shape = shape_of("abcde", [*DIAMOND, ("a", "e"), ("d", "e")])

    assert shape.levels == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3}


def test_path_without_weights_is_the_longest():
    shape = shape_of("abcdx", [*DIAMOND, ("a", "x")])

    assert shape.heaviest_path({}) == ("a", "b", "d")


def test_heavier_branch_wins_over_the_longer_one():
    shape = shape_of("abcx", [("a", "b"), ("b", "c"), ("a", "x")])

    assert shape.heaviest_path({"a": 1, "b": 1, "c": 1, "x": 5}) == ("a", "x")


def test_weightless_task_at_the_end_still_belongs_to_the_path():
    shape = shape_of(["load", "done"], [("load", "done")])

    assert shape.heaviest_path({"load": 3}) == ("load", "done")


def test_equal_branches_are_decided_by_the_alphabet():
    assert shape_of("abcd", DIAMOND).heaviest_path({"b": 2, "c": 2}) == ("a", "b", "d")


def test_edge_to_an_unknown_task_is_left_out():
    shape = shape_of("ab", [("a", "b"), ("b", "z")])

    assert shape.down == {"a": ("b",), "b": ()}


def test_tasks_on_a_cycle_and_behind_it_have_no_level():
    shape = shape_of("abcd", [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])

    assert (shape.order, shape.in_cycle) == (("a",), ("b", "c", "d"))


def test_path_stops_before_a_cycle():
    shape = shape_of("abc", [("a", "b"), ("b", "c"), ("c", "b")])

    assert shape.heaviest_path({"b": 9}) == ("a",)


def test_dag_without_tasks_has_no_path():
    assert shape_of([], []).heaviest_path({}) == ()


graphs = st.integers(1, 12).flatmap(
    lambda size: st.tuples(
        st.just([f"t{n:02}" for n in range(size)]),
        st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=30),
        st.lists(st.floats(0, 100), min_size=size, max_size=size),
    )
)


def forward(tasks, pairs):
    return [(tasks[min(pair)], tasks[max(pair)]) for pair in pairs if pair[0] != pair[1]]


@given(graphs)
def test_path_runs_along_edges_from_a_first_to_a_last_task(graph):
    tasks, pairs, weights = graph
    edges = forward(tasks, pairs)

    path = shape_of(tasks, edges).heaviest_path(dict(zip(tasks, weights, strict=True)))

    assert all(step in edges for step in pairwise(path))
    assert path[0] not in {below for _, below in edges}
    assert path[-1] not in {above for above, _ in edges}


@given(graphs)
def test_no_single_task_outweighs_the_path(graph):
    tasks, pairs, weights = graph
    weight_of = dict(zip(tasks, weights, strict=True))

    path = shape_of(tasks, forward(tasks, pairs)).heaviest_path(weight_of)

    assert sum(weight_of[task] for task in path) >= max(weights) - 1e-9


@given(graphs)
def test_every_edge_leads_to_a_deeper_level(graph):
    tasks, pairs, _ = graph
    edges = forward(tasks, pairs)

    levels = shape_of(tasks, edges).levels

    assert all(levels[above] < levels[below] for above, below in edges)
