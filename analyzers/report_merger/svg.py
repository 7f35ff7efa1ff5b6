"""Draws sparklines and small graphs as inline SVG: no script, no style attribute, readable by ear too."""

# ruff: noqa: S704 (every text put into the markup below passes escape)

from collections.abc import Sequence

from markupsafe import Markup
from markupsafe import escape as escape_markup

from analyzers.report_merger.text import clean, clip, count
from dagaudit.dag_detail import Graph

BAR, GAP, TALL = 5, 2, 20
BOX_WIDTH, BOX_HEIGHT, COLUMN, ROW, MARGIN = 132, 26, 172, 40, 6
MAX_NODES = 40
MIN_DAYS = 3
MAX_LABEL = 20


def sparkline(failed: Sequence[int]) -> Markup:
    """Failed runs per day as bars, oldest first; a day without failure is a dot on the ground."""
    if len(failed) < MIN_DAYS:
        return Markup("")
    most = max(*failed, 1)
    bars = []
    for position, number in enumerate(failed):
        tall = max(round(number / most * TALL), 2)
        word = "bad" if number else "ok"
        bars.append(
            f'<rect class="{word}" x="{position * (BAR + GAP)}" y="{TALL - tall}" '
            f'width="{BAR}" height="{tall}"/>'
        )
    width = len(failed) * (BAR + GAP) - GAP
    label = f"{count(sum(failed), 'failed run')} in {count(len(failed), 'day')} with runs"
    return Markup(
        f'<svg class="spark" role="img" aria-label="{escape(label)}" width="{width}" height="{TALL}" '
        f'viewBox="0 0 {width} {TALL}"><title>{escape(label)}</title>{"".join(bars)}</svg>'
    )


def share_bar(parts: Sequence[tuple[str, int]], width: int = 240) -> Markup:
    """Numbers as one bar of coloured shares; the words stand beside it."""
    total = sum(number for _, number in parts)
    if not total:
        return Markup("")
    drawn, before = [], 0
    for word, number in parts:
        left = round(before / total * width, 1)
        wide = round((before + number) / total * width - left, 1)
        before += number
        if number:
            drawn.append(f'<rect class="{escape(word)}" x="{left}" y="0" width="{wide}" height="8"/>')
    return Markup(
        f'<svg class="share" aria-hidden="true" viewBox="0 0 {width} 8" preserveAspectRatio="none">'
        f"{''.join(drawn)}</svg>"
    )


def picture(graph: Graph) -> Markup:
    """The graph of a DAG of moderate size; empty where it is too large to be read on a page."""
    if not 1 < len(graph.nodes) <= MAX_NODES:
        return Markup("")
    width = graph.columns * COLUMN - (COLUMN - BOX_WIDTH) + 2 * MARGIN
    height = graph.rows * ROW - (ROW - BOX_HEIGHT) + 2 * MARGIN
    places = [
        (MARGIN + node.x * COLUMN, round(MARGIN + (node.y + (graph.rows - 1) / 2) * ROW, 1))
        for node in graph.nodes
    ]
    lines = [_edge(places[up], places[down]) for up, down in graph.edges]
    boxes = []
    for node, (left, top) in zip(graph.nodes, places, strict=True):
        words = f"{node.task_id}: {graph.operators[node.operator]}"
        words += f", {node.state}" if node.state else ""
        words += f", {count(node.findings, 'finding')}" if node.findings else ""
        style = node.state or ("noted" if node.findings else "plain")
        boxes.append(
            f'<g class="{escape(style)}"><title>{escape(words)}</title>'
            f'<rect x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>'
            f'<text x="{left + 8}" y="{top + 17}">{escape(_label(node.task_id))}</text></g>'
        )
    label = f"graph of {count(len(graph.nodes), 'task')} and {count(len(graph.edges), 'edge')}"
    return Markup(
        f'<svg class="graph" role="img" aria-label="{label}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(lines)}{"".join(boxes)}</svg>'
    )


def _edge(above: tuple[int, float], below: tuple[int, float]) -> str:
    x1, y1 = above[0] + BOX_WIDTH, above[1] + BOX_HEIGHT / 2
    x2, y2 = below[0], below[1] + BOX_HEIGHT / 2
    bend = (x1 + x2) / 2
    return f'<path d="M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"/>'


def _label(task_id: str) -> str:
    short = task_id.rsplit(".", 1)[-1]
    return short if len(short) <= MAX_LABEL else f"{clip(short, MAX_LABEL - 1)[: MAX_LABEL - 1]}…"


def escape(text: str) -> Markup:
    """Fit for markup: markup never passes the page's own cleaning."""
    return escape_markup(clean(text))
