"""DGA414: a chain of tasks is very long, or mostly empty.

Each step costs the scheduler seconds between two tasks; a chain of fifty steps spends minutes on nothing.

Bad:

    from airflow.sdk import DAG, chain
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        chain(*[EmptyOperator(task_id=f"step_{n}") for n in range(60)])  # <- here

Good:

    from airflow.sdk import DAG, chain
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        chain(*[EmptyOperator(task_id=f"step_{n}") for n in range(6)])
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.graph import longest_path
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import edge_place
from dagaudit.finding import Severity


@dag_rule("DGA414", "deep-chain", Severity.LOW, tags=("parse-time",), options={"max_steps": 50})
def check(context: DagContext) -> Iterator[Problem]:
    """Measure the longest path."""
    dag, limit = context.dag, context.settings.option("DGA414", "max_steps")
    if len(dag.tasks) <= limit:
        return
    number = {task: str(index) for index, task in enumerate(dag.tasks)}
    path = longest_path(
        [
            (number[edge.upstream], number[edge.downstream])
            for edge in dag.edges
            if edge.upstream in number and edge.downstream in number
        ]
    )
    if len(path) > limit:
        first, second = dag.tasks[int(path[0])], dag.tasks[int(path[1])]
        yield Problem(
            edge_place(context, first, second),
            f"{len(path)} tasks run one after another, from `{first.name}` "
            f"to `{dag.tasks[int(path[-1])].name}`",
            suggestion="join steps that always run together into one task",
        )
