"""Places of tasks in the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.report_merger.layout import layout


def test_level_is_the_longest_path_before_a_task():
    places = layout(["a", "b", "c", "d"], [(0, 1), (1, 2), (0, 2), (2, 3)])

    assert places.columns == (0, 1, 2, 3)


def test_level_is_centred_on_zero():
    places = layout(["root", "x", "y", "z"], [(0, 1), (0, 2), (0, 3)])

    assert places.rows == (0.0, -1.0, 0.0, 1.0)
    assert (places.width, places.height) == (2, 3)


def test_crossing_edges_are_untangled():
    places = layout(["a", "b", "y", "x"], [(0, 2), (1, 3)])

    assert (places.rows[0] < places.rows[1]) == (places.rows[2] < places.rows[3])


@pytest.mark.parametrize("edges", [[(0, 0)], [(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 1)]])
def test_cycle_still_gets_a_picture(edges):
    places = layout(["a", "b", "c"], edges)

    assert len(set(zip(places.columns, places.rows, strict=True))) == 3


def test_empty_graph_has_no_size():
    assert (layout([], []).width, layout([], []).height) == (0, 0)


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_no_two_tasks_share_a_place_and_order_of_edges_does_not_matter(edges, random):
    names = [f"task_{number}" for number in range(12)]
    shuffled = list(edges)
    random.shuffle(shuffled)

    places = layout(names, edges)

    assert len(set(zip(places.columns, places.rows, strict=True))) == 12
    assert layout(names, shuffled) == places
