"""DGA115: a short circuit also skips a task that was meant to run in any case.

By default a short circuit skips everything downstream, whatever trigger rule the tasks have; a cleanup or a
notice with `all_done` is skipped with the rest.

Bad:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        @task.short_circuit
        def anything_new():
            return False

        load = EmptyOperator(task_id="load")
        clean = EmptyOperator(task_id="clean", trigger_rule="all_done")  # <- here
        anything_new() >> load >> clean

Good:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        @task.short_circuit(ignore_downstream_trigger_rules=False)
        def anything_new():
            return False

        load = EmptyOperator(task_id="load")
        clean = EmptyOperator(task_id="clean", trigger_rule="all_done")
        anything_new() >> load >> clean
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, effective, is_short_circuit, trigger_rule
from dagaudit.finding import Severity

# A rule that only tolerates failures is no wish to run where nothing did.
_IN_THE_END = re.compile(
    r"clean|delete|remove|drop|purge|terminate|stop|shutdown|release|unlock|notify|alert|mail|slack|report_status",
    re.IGNORECASE,
)
_IN_ANY_CASE = frozenset({"all_done", "always", "all_done_min_one_success", "none_failed"})


@dag_rule("DGA115", "short-circuit-cleanup", Severity.MEDIUM, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look downstream of short circuits for rules that they override."""
    for circuit in context.dag.tasks:
        if not is_short_circuit(circuit):
            continue
        if effective(circuit, "ignore_downstream_trigger_rules") not in (UNSET, True):
            continue
        after = context.dag.descendants(circuit)
        for task in context.dag.tasks:
            if task not in after or task.is_teardown or not _IN_THE_END.search(task.name):
                continue
            if trigger_rule(task) in _IN_ANY_CASE:
                yield Problem(
                    at(task.effective("trigger_rule") or task, context),
                    f"`{task.name}` has the rule {trigger_rule(task)}, "
                    f"but the short circuit `{circuit.name}` skips it all the same",
                    suggestion=f"set ignore_downstream_trigger_rules=False on `{circuit.name}`",
                    task_id=task.task_id,
                )
