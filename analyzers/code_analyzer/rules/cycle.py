"""DGA104: tasks wait for each other in a circle.

None of them could ever start, so Airflow refuses the DAG.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract, load = EmptyOperator(task_id="extract"), EmptyOperator(task_id="load")
        extract >> load
        load >> extract  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        extract, load = EmptyOperator(task_id="extract"), EmptyOperator(task_id="load")
        extract >> load
"""

from collections.abc import Iterator
from itertools import pairwise

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.graph import cycles
from analyzers.code_analyzer.model import Dag
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import edge_place
from dagaudit.finding import Severity


@dag_rule("DGA104", "cycle", Severity.CRITICAL, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look for circles among the edges."""
    dag = context.dag
    if not _has_cycle(dag):
        return
    number = {task: f"{index:06}" for index, task in enumerate(dag.tasks)}
    edges = {
        (number[edge.upstream], number[edge.downstream])
        for edge in dag.edges
        if edge.upstream in number and edge.downstream in number
    }
    for circle in cycles(edges):
        tasks = [dag.tasks[int(node)] for node in (*circle, circle[0])]
        steps = [edge for pair in pairwise(tasks) if (edge := dag.edge(*pair)) is not None]
        closing = max(steps, key=lambda edge: (edge.line, getattr(edge.node, "col_offset", 0)))
        path = tasks[0].name + "".join(f" → {edge.downstream.name} (line {edge.line})" for edge in steps)
        yield Problem(
            edge_place(context, closing.upstream, closing.downstream),
            f"these tasks wait for each other: {path}",
            suggestion="remove one of these dependencies",
            task_id=closing.downstream.task_id,
        )


def _has_cycle(dag: Dag) -> bool:
    """Whether some tasks stay behind when, again and again, all without upstream are taken away."""
    waiting = {task: len(dag.upstream_of(task)) for task in dag.tasks}
    ready = [task for task, count in waiting.items() if not count]
    taken = 0
    while ready:
        taken += 1
        for after in dag.downstream_of(ready.pop()):
            if after in waiting:
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
    return taken < len(waiting)
