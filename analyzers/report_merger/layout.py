"""Gives every task of a DAG a place: the level by the longest path, the row by its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """Places by index of the node."""

    columns: tuple[int, ...]
    rows: tuple[float, ...]
    """0 is the middle of a level."""
    width: int
    height: int


def layout(nodes: Sequence[str], edges: Sequence[tuple[int, int]]) -> Layout:
    """Longest-path levels, then barycentre sweeps; equal input gives equal places."""
    up: list[list[int]] = [[] for _ in nodes]
    down: list[list[int]] = [[] for _ in nodes]
    for above, below in sorted(set(edges)):
        if above != below:
            up[below].append(above)
            down[above].append(below)
    columns = _levels(nodes, up, down)
    levels: list[list[int]] = [[] for _ in range(max(columns, default=-1) + 1)]
    for node in sorted(range(len(nodes)), key=nodes.__getitem__):
        levels[columns[node]].append(node)
    if max(map(len, levels), default=0) > 1:
        _untangle(levels, up, down)
    rows = [0.0] * len(nodes)
    for level in levels:
        for position, node in enumerate(level):
            rows[node] = position - (len(level) - 1) / 2
    return Layout(tuple(columns), tuple(rows), len(levels), max(map(len, levels), default=0))


def _levels(nodes: Sequence[str], up: list[list[int]], down: list[list[int]]) -> list[int]:
    """The number of tasks on the longest path before each node."""
    columns = [0] * len(nodes)
    waiting = [len(above) for above in up]
    ready = [(nodes[node], node) for node in range(len(nodes)) if not waiting[node]]
    ready.sort()
    # What stands in a cycle never gets ready: the node that waits for least, then by name, opens it.
    stuck = [(count, nodes[node], node) for node, count in enumerate(waiting) if count]
    stuck.sort()
    done = [False] * len(nodes)
    next_stuck = 0
    while True:
        if not ready:
            while next_stuck < len(stuck) and done[stuck[next_stuck][2]]:
                next_stuck += 1
            if next_stuck == len(stuck):
                return columns
            ready = [(stuck[next_stuck][1], stuck[next_stuck][2])]
        _, node = heappop(ready)
        if done[node]:
            continue
        done[node] = True
        for below in down[node]:
            if not done[below]:
                columns[below] = max(columns[below], columns[node] + 1)
                waiting[below] -= 1
                if not waiting[below]:
                    heappush(ready, (nodes[below], below))


def _untangle(levels: list[list[int]], up: list[list[int]], down: list[list[int]]) -> None:
    """Order each level by the mean place of its neighbours, forth and back."""
    place = [0.0] * len(up)
    for level in levels:
        _spread(level, place)
    for sweep in range(SWEEPS):
        neighbours = up if sweep % 2 == 0 else down
        for level in levels if sweep % 2 == 0 else reversed(levels):
            pull = {node: _mean(neighbours[node], place, place[node]) for node in level}
            # A stable sort: equals keep their order, so that the picture does not depend on chance.
            level.sort(key=pull.__getitem__)
            _spread(level, place)


def _spread(level: list[int], place: list[float]) -> None:
    for position, node in enumerate(level):
        place[node] = position - (len(level) - 1) / 2


def _mean(neighbours: list[int], place: list[float], otherwise: float) -> float:
    if not neighbours:
        return otherwise
    return sum(place[node] for node in neighbours) / len(neighbours)
