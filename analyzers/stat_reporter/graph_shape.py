"""The shape of a DAG: levels, fans and the longest path."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """Tasks and edges, with the tasks in an order in which every edge points forward."""

    order: tuple[str, ...]
    down: dict[str, tuple[str, ...]]
    up: dict[str, tuple[str, ...]]
    in_cycle: tuple[str, ...]
    """Tasks on a cycle or behind one: they have no level and lie on no path."""

    @property
    def levels(self) -> dict[str, int]:
        """0 for a task without upstream, else one more than its deepest upstream."""
        levels: dict[str, int] = {}
        for task in self.order:
            levels[task] = 1 + max((levels[above] for above in self.up[task]), default=-1)
        return levels

    def heaviest_path(self, weights: Mapping[str, float]) -> tuple[str, ...]:
        """The path from a first to a last task with the greatest sum of weights.

        Among equals the one with more tasks, then the alphabetically first, so that the answer is stable.
        """
        best: dict[str, tuple[float, int]] = {}
        follows: dict[str, str | None] = {}
        for task in reversed(self.order):
            ahead = [below for below in self.down[task] if below in best]
            following = min(ahead, key=lambda below: _rank(below, best), default=None)
            follows[task] = following
            weight, length = best[following] if following is not None else (0.0, 0)
            best[task] = (weights.get(task, 0.0) + weight, 1 + length)
        firsts = [task for task in self.order if not self.up[task]]
        here = min(firsts, key=lambda task: _rank(task, best), default=None)
        path = []
        while here is not None:
            path.append(here)
            here = follows[here]
        return tuple(path)


def _rank(task: str, best: Mapping[str, tuple[float, int]]) -> tuple[float, int, str]:
    weight, length = best[task]
    return (-weight, -length, task)


def shape_of(tasks: Iterable[str], edges: Iterable[Edge]) -> Shape:
    """The shape of a graph; edges to tasks that are not known are left out."""
    known = sorted(set(tasks))
    down: dict[str, set[str]] = {task: set() for task in known}
    up: dict[str, set[str]] = {task: set() for task in known}
    for above, below in edges:
        if above in down and below in down:
            down[above].add(below)
            up[below].add(above)
    waiting = {task: len(up[task]) for task in known}
    order = [task for task in known if not waiting[task]]
    for task in order:
        for below in sorted(down[task]):
            waiting[below] -= 1
            if not waiting[below]:
                order.append(below)
    return Shape(
        order=tuple(order),
        down={task: tuple(sorted(found)) for task, found in down.items()},
        up={task: tuple(sorted(found)) for task, found in up.items()},
        in_cycle=tuple(sorted(set(known) - set(order))),
    )
