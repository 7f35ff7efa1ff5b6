"""Questions about a directed graph, given as (upstream, downstream) pairs."""

from collections.abc import Collection, Iterable, Mapping, Sequence

Edge = tuple[str, str]


def downstream_of(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """Node to its direct successors, sorted; only nodes that have some."""
    found: dict[str, list[str]] = {}
    for up, down in sorted(set(edges)):
        found.setdefault(up, []).append(down)
    return found


def upstream_of(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """Node to its direct predecessors, sorted; only nodes that have some."""
    return downstream_of((down, up) for up, down in edges)


def reachable(start: Iterable[str], neighbours: Mapping[str, Sequence[str]]) -> set[str]:
    """All that can be reached in one step or more."""
    found: set[str] = set()
    waiting = [other for node in start for other in neighbours.get(node, ())]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += neighbours.get(node, ())
    return found


def cycles(edges: Collection[Edge]) -> list[list[str]]:
    """One shortest cycle of each strongly connected component, beginning with its smallest node, sorted."""
    after = downstream_of(edges)
    found = []
    for component in _components(after):
        start = min(component)
        path = _way_back(start, after, component)
        if path:
            found.append(path)
    return sorted(found)


def longest_path(edges: Collection[Edge]) -> list[str]:
    """The nodes of a longest path of an acyclic graph; empty for one with a cycle."""
    after, before = downstream_of(edges), upstream_of(edges)
    nodes = sorted({node for edge in edges for node in edge})
    waiting = {node: len(before.get(node, ())) for node in nodes}
    ready = [node for node in nodes if not waiting[node]]
    best: dict[str, int] = dict.fromkeys(ready, 1)
    came_from: dict[str, str] = {}
    done = 0
    while ready:
        node = ready.pop()
        done += 1
        for other in after.get(node, ()):
            if best[node] + 1 > best.get(other, 0):
                best[other], came_from[other] = best[node] + 1, node
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    if done < len(nodes) or not nodes:
        return []
    path = [max(nodes, key=lambda node: best[node])]
    while path[-1] in came_from:
        path.append(came_from[path[-1]])
    return path[::-1]


def _way_back(start: str, after: Mapping[str, Sequence[str]], component: Collection[str]) -> list[str]:
    """The shortest way from a node to itself, without leaving the component."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        node = waiting.pop(0)
        for other in after.get(node, ()):
            if other == start:
                path = [node]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if other in component and other not in came_from:
                came_from[other] = node
                waiting.append(other)
    return []


def _components(after: Mapping[str, Sequence[str]]) -> list[set[str]]:
    """Tarjan's algorithm, without recursion: a DAG may be thousands of tasks deep."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[set[str]] = []
    for root in sorted(after):
        if root in index:
            continue
        work = [(root, iter(after.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for other in successors:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(after.get(other, ()))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_take(stack, on_stack, node))
    return found


def _take(stack: list[str], on_stack: set[str], last: str) -> set[str]:
    component: set[str] = set()
    while last not in component:
        node = stack.pop()
        on_stack.discard(node)
        component.add(node)
    return component
