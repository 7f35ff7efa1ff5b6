"""The picture of a DAG: an ECharts option made of the coordinates that the report holds.

Up to 150 tasks are all drawn. Of a larger DAG the neighbourhood of one task is drawn: the one that was
asked for, or the worst.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dagaudit.dag_detail import Graph, GraphNode
from dashboard import text
from dashboard.views import times

MAX_WHOLE = 150
MAX_NEAR = 80
HOPS = 2
MAX_LABEL = 28
ROW = 64
MAX_COLUMNS = 8
WIDTH = 1_000
NO_ATTEMPTS = "no attempts known"
# Words and colours together: the colour is never alone.
STATES = {"failed": ("#d63a3a", 0), "flaky": ("#c98500", 1), "ok": ("#2f9e5b", 3), None: ("#8a8f98", 4)}
FINDINGS_COLOUR = "#7a5cd6"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in the list beside the picture."""

    task_id: str
    operator: str
    state: str
    findings: int
    line: int | None
    upstream: int
    downstream: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The option for the chart, and the same in words."""

    option: dict[str, Any]
    height: int
    alt: str
    note: str | None
    shown: tuple[str, ...]
    """Task ids in the order of the chart's nodes."""
    tasks: tuple[TaskLine, ...]


def picture(graph: Graph, chosen: str | None = None) -> Picture:
    """The DAG's picture; `chosen` is a task that the reader wants in the middle."""
    index = {node.task_id: number for number, node in enumerate(graph.nodes)}
    middle = index.get(chosen) if chosen is not None else None
    shown = set(range(len(graph.nodes)))
    note = None
    if len(shown) > MAX_WHOLE:
        middle = middle if middle is not None else worst(graph)
        shown = _near(graph, middle)
        note = (
            f"{times.count(len(graph.nodes), 'task')} are too many for one picture: this is what lies around "
            f"{graph.nodes[middle].task_id}. Choose another task to move it."
        )
    order = sorted(shown)
    failed = sum(node.state == "failed" for node in graph.nodes)
    size = times.count(len(order), "task")
    return Picture(
        option=_option(graph, order, middle),
        height=_height(graph, order),
        alt=f"Graph of {size}, {failed} failed; the list below says the same in words",
        note=note,
        shown=tuple(graph.nodes[number].task_id for number in order),
        tasks=_task_lines(graph),
    )


def worst(graph: Graph) -> int:
    """The task that needs somebody first: failed before flaky, then by findings."""
    return min(
        range(len(graph.nodes)),
        key=lambda number: (
            STATES.get(graph.nodes[number].state, STATES[None])[1],
            -graph.nodes[number].findings,
            graph.nodes[number].x,
            number,
        ),
    )


def _near(graph: Graph, middle: int) -> set[int]:
    """Up to two hops around a task, nearest first, at most 80 tasks."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for up, down in graph.edges:
        neighbours[up].append(down)
        neighbours[down].append(up)
    found = [middle]
    seen = {middle}
    ring = [middle]
    for _ in range(HOPS):
        ring = sorted({other for number in ring for other in neighbours[number]} - seen)
        seen.update(ring)
        found += ring
    return set(found[:MAX_NEAR])


def _option(graph: Graph, order: list[int], middle: int | None) -> dict[str, Any]:
    place = {number: position for position, number in enumerate(order)}
    columns = sorted({graph.nodes[number].x for number in order})
    rows = sorted({graph.nodes[number].y for number in order})
    ends = _window(columns, graph.nodes[middle].x if middle is not None else None)
    nodes = _nodes(graph, order, middle, chain=len(rows) == 1)
    hidden = {"show": False, "type": "value"}
    options: dict[str, Any] = {
        "animation": False,
        "tooltip": {"trigger": "item", "confine": True, "formatter": "{b}"},
        "grid": {"left": 60, "right": 60, "top": 5, "bottom": 50 if ends else 20},
        "xAxis": {**hidden, "min": columns[0] - 0.1, "max": columns[-1] + 0.1},
        "yAxis": {**hidden, "inverse": True, "min": rows[0] - 0.5, "max": rows[-1] + 0.5},
        "series": [
            {
                "type": "graph",
                "coordinateSystem": "cartesian2d",
                "selectedMode": "single",
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 7,
                "labelLayout": {"hideOverlap": True},
                "lineStyle": {"opacity": 0.7, "width": 1.5},
                "label": {
                    "show": True, "position": "bottom", "fontSize": 12, "lineHeight": 15,
                    "width": WIDTH // min(len(columns), MAX_COLUMNS), "overflow": "truncate",
                },
                "data": nodes,
                "links": [
                    {"source": place[up], "target": place[down]}
                    for up, down in graph.edges
                    if up in place and down in place
                ],
            }
        ],
    }  # fmt: skip
    if ends:
        options["dataZoom"] = [{"type": "slider", "startValue": ends[0], "endValue": ends[1], "bottom": 5}]
    return options


def _nodes(graph: Graph, order: list[int], middle: int | None, *, chain: bool) -> list[dict[str, Any]]:
    nodes = [_node(graph, graph.nodes[number], number == middle) for number in order]
    for node in nodes if chain else ():
        # With every other label above, twice as long names find room.
        node["label"]["position"] = "top" if node["value"][0] % 2 else "bottom"
    return nodes


def _window(columns: list[int], middle: int | None) -> tuple[float, float] | None:
    """The columns to begin with, where there are too many to be read side by side."""
    if len(columns) <= MAX_COLUMNS:
        return None
    first = columns[0] if middle is None else max(columns[0], middle - MAX_COLUMNS // 2)
    first = min(first, columns[-1] - MAX_COLUMNS + 1)
    return (first - 0.1, first + MAX_COLUMNS - 0.9)


def _node(graph: Graph, node: GraphNode, chosen: bool) -> dict[str, Any]:
    colour, _ = STATES.get(node.state, STATES[None])
    state = node.state if node.state not in (None, "ok") else ""
    notes = [word for word in (state, _findings(node.findings), "mapped" if node.is_mapped else "") if word]
    name = text.clip(node.task_id.rpartition(".")[2] or node.task_id, MAX_LABEL)
    return {
        # ECharts takes two nodes of one name for one: the id keeps them apart.
        "id": node.task_id,
        "name": f"{text.clip(node.task_id, 120)} · {_operator(graph, node)} · {node.state or NO_ATTEMPTS}",
        "value": [node.x, node.y],
        "symbolSize": 24 if chosen else 16,
        "symbol": "diamond" if node.is_setup or node.is_teardown else "rect" if node.is_mapped else "circle",
        "itemStyle": {
            "color": colour,
            "borderColor": FINDINGS_COLOUR if node.findings else colour,
            "borderWidth": 3 if node.findings else 1,
        },
        "label": {"formatter": _label(name, notes)},
    }


def _label(name: str, notes: list[str]) -> str:
    # {} and | steer ECharts' label templates.
    plain = name.replace("{", "(").replace("}", ")").replace("|", "/")
    return f"{plain}\n{', '.join(notes)}" if notes else plain


def _findings(number: int) -> str:
    return times.count(number, "finding") if number else ""


def _operator(graph: Graph, node: GraphNode) -> str:
    return graph.operators[node.operator] if 0 <= node.operator < len(graph.operators) else "unknown operator"


def _height(graph: Graph, order: Iterable[int]) -> int:
    rows = {graph.nodes[number].y for number in order}
    return int(min(max(max(rows, default=0) - min(rows, default=0) + 1, 2) * ROW + 60, 900))


def _task_lines(graph: Graph) -> tuple[TaskLine, ...]:
    up: dict[int, int] = defaultdict(int)
    down: dict[int, int] = defaultdict(int)
    for above, below in graph.edges:
        up[below] += 1
        down[above] += 1
    order = sorted(
        range(len(graph.nodes)),
        key=lambda number: (
            STATES.get(graph.nodes[number].state, STATES[None])[1],
            graph.nodes[number].x,
            number,
        ),
    )
    return tuple(
        TaskLine(
            task_id=text.clean(graph.nodes[number].task_id),
            operator=_operator(graph, graph.nodes[number]),
            state=graph.nodes[number].state or NO_ATTEMPTS,
            findings=graph.nodes[number].findings,
            line=graph.nodes[number].line,
            upstream=up[number],
            downstream=down[number],
        )
        for number in order
    )
