"""Makes one DAG's own document, with its graph laid out."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import orjson

from analyzers.report_merger.fit import Shortener, fit, shortener
from analyzers.report_merger.fleet import DagFacts, last_tries
from analyzers.report_merger.layout import layout
from analyzers.report_merger.rows import Judged
from analyzers.report_merger.short_cause import short_cause
from analyzers.report_merger.source_text import source_text
from dagaudit.dag import DagModel
from dagaudit.dag_detail import DagDetail, Graph, GraphNode, SourceText
from dagaudit.dag_stats import DagStats, RunStats
from dagaudit.report import Cut
from dagaudit.task_attempt import Attempt, Outcome

MAX_BYTES = 200_000
MAX_ATTEMPTS = 200
MAX_FINDINGS = 500
MAX_CAUSES = 20
MAX_NAMES = 20
MAX_EVIDENCE = 10


def detail(judged: Judged, text: str | None, report_id: str, created_at: datetime) -> bytes:
    """The document as bytes, at most 200 kB; `text` is the masked source of the DAG's file."""
    dag = judged.facts
    lists = {
        "attempts": (dag.attempts, MAX_ATTEMPTS),
        "findings": (dag.findings, MAX_FINDINGS),
        "causes": (dag.causes, MAX_CAUSES),
    }
    document = DagDetail(
        report_id=report_id,
        created_at=created_at,
        dag_id=dag.dag_id,
        verdict=judged.verdict,
        row=judged.row,
        model=dag.model,
        graph=graph(dag) if dag.model else None,
        stats=dag.stats,
        source=_source(dag, text),
        findings=dag.findings[:MAX_FINDINGS],
        finding_states=dict(sorted(dag.states.items())[:MAX_FINDINGS]),
        attempts=dag.attempts[:MAX_ATTEMPTS],
        causes=tuple(short_cause(cause, MAX_NAMES, MAX_EVIDENCE) for cause in dag.causes[:MAX_CAUSES]),
        cut=tuple(
            Cut(list=name, kept=most, total=len(rows))
            for name, (rows, most) in lists.items()
            if len(rows) > most
        ),
    )
    return fit(document, MAX_BYTES, _SHORTENERS, _encode)


def _source(dag: DagFacts, text: str | None) -> SourceText | None:
    if dag.model is None or text is None:
        return None
    return source_text(text, (dag.model.bundle, dag.model.path), dag.findings, dag.model.line)


def graph(dag: DagFacts) -> Graph | None:
    """The DAG's tasks and edges with coordinates."""
    model = dag.model
    if model is None:
        return None
    ids = [task.task_id for task in model.tasks]
    index = {task_id: number for number, task_id in enumerate(ids)}
    edges = sorted({(index[up], index[down]) for up, down in model.edges if up in index and down in index})
    places = layout(ids, edges)
    operators = tuple(sorted({task.operator for task in model.tasks}))
    number_of = {operator: number for number, operator in enumerate(operators)}
    states = _states(dag.attempts)
    named = Counter(finding.task_id for finding in dag.findings)
    nodes = tuple(
        GraphNode(
            task_id=task.task_id,
            operator=number_of[task.operator],
            x=places.columns[number],
            y=places.rows[number],
            line=task.line,
            group=task.group,
            is_mapped=task.is_mapped,
            is_setup=task.is_setup,
            is_teardown=task.is_teardown,
            trigger_rule=task.trigger_rule if isinstance(task.trigger_rule, str) else "unknown",
            state=states.get(task.task_id),
            findings=named[task.task_id],
        )
        for number, task in enumerate(model.tasks)
    )
    return Graph(
        operators=operators, nodes=nodes, edges=tuple(edges), columns=places.width, rows=places.height
    )


def _states(attempts: Iterable[Attempt]) -> dict[str, str]:
    """How each task does: by the newest run in which it ended."""
    known = [one for one in attempts if one.outcome is not Outcome.UNKNOWN]
    newest_run: dict[str, str] = {}
    for one in known:
        # They come newest first.
        newest_run.setdefault(one.task_id, one.run_id)
    states = dict.fromkeys(newest_run, "ok")
    for one in known:
        if one.outcome is Outcome.FAILED:
            states[one.task_id] = "flaky"
    for one in last_tries(one for one in known if newest_run[one.task_id] == one.run_id):
        if one.outcome is Outcome.FAILED:
            states[one.task_id] = "failed"
    return states


def _encode(document: DagDetail) -> bytes:
    plain = document.model_dump(mode="json", exclude={"graph"})
    plain["graph"] = None
    if document.graph is not None:
        plain["graph"] = document.graph.model_dump(mode="json", exclude={"nodes"})
        plain["graph"]["nodes"] = [node.model_dump(exclude_defaults=True) for node in document.graph.nodes]
    return orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE)


def _shorten_model(document: DagDetail, keep: int) -> DagDetail:
    assert document.model is not None
    # The edges stand in the graph too, which is the last to be cut.
    shorter = document.model.model_copy(update={"tasks": document.model.tasks[:keep], "edges": ()})
    return document.model_copy(update={"model": shorter})


def _model(document: DagDetail) -> DagModel | None:
    return document.model


def _runs(document: DagDetail) -> RunStats | None:
    return document.stats.runs if document.stats else None


def _shorten_task_stats(document: DagDetail, keep: int) -> DagDetail:
    stats, runs = document.stats, _runs(document)
    assert isinstance(stats, DagStats)
    assert runs is not None
    shorter = runs.model_copy(update={"tasks": runs.tasks[:keep]})
    return document.model_copy(update={"stats": stats.model_copy(update={"runs": shorter})})


def _shorten_graph(document: DagDetail, keep: int) -> DagDetail:
    assert document.graph is not None
    nodes = document.graph.nodes[:keep]
    edges = tuple(edge for edge in document.graph.edges if max(edge) < keep)
    return document.model_copy(
        update={"graph": document.graph.model_copy(update={"nodes": nodes, "edges": edges})}
    )


def _shorten_source(document: DagDetail, keep: int) -> DagDetail:
    assert document.source is not None
    source = document.source.model_copy(update={"parts": document.source.parts[:keep]})
    return document.model_copy(update={"source": source})


_SHORTENERS: tuple[Shortener[DagDetail], ...] = (
    shortener("attempts", least=20),
    Shortener(
        "model.tasks", lambda document: len(model.tasks) if (model := _model(document)) else 0, _shorten_model
    ),
    Shortener(
        "stats.runs.tasks",
        lambda document: len(runs.tasks) if (runs := _runs(document)) else 0,
        _shorten_task_stats,
    ),
    Shortener(
        "source.parts",
        lambda document: len(document.source.parts) if document.source else 0,
        _shorten_source,
    ),
    shortener("findings", least=20),
    shortener("causes", least=3),
    Shortener(
        "graph.nodes", lambda document: len(document.graph.nodes) if document.graph else 0, _shorten_graph
    ),
    shortener("findings"),
    shortener("attempts"),
    shortener("causes"),
)
