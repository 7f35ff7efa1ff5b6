"""Cycles, paths and reach in a graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.code_analyzer.graph import cycles, downstream_of, longest_path, reachable


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ([], []),
        ([("a", "b"), ("b", "c")], []),
        ([("a", "a")], [["a"]]),
        ([("a", "b"), ("b", "c"), ("c", "a")], [["a", "b", "c"]]),
        ([("a", "b"), ("b", "a"), ("x", "y"), ("y", "x")], [["a", "b"], ["x", "y"]]),
        ([("s", "b"), ("b", "c"), ("c", "b"), ("c", "t")], [["b", "c"]]),
        ([("a", "b"), ("b", "c"), ("c", "a"), ("b", "a")], [["a", "b"]]),
    ],
)
def test_one_shortest_cycle_is_told_for_each_knot(edges, found):
    assert cycles(edges) == found


def test_deep_chain_does_not_exhaust_the_stack():
    edges = [(f"t{i}", f"t{i + 1}") for i in range(5000)]

    assert cycles([*edges, ("t5000", "t0")])[0][0] == "t0"
    assert len(longest_path(edges)) == 5001


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))))
def test_cycle_is_found_exactly_where_a_node_reaches_itself(edges):
    after = downstream_of(edges)
    on_cycle = {node for node in "abcdef" if node in reachable([node], after)}

    found = {node for cycle in cycles(edges) for node in cycle}

    assert found <= on_cycle
    assert bool(found) == bool(on_cycle)


def test_longest_path_is_by_nodes():
    assert longest_path([("a", "b"), ("b", "c"), ("a", "c")]) == ["a", "b", "c"]


def test_longest_path_of_a_cycle_is_none():
    assert longest_path([("a", "b"), ("b", "a")]) == []
