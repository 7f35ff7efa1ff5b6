"""DGA114: a task that joins the arms of a branch is always skipped.

The arm that was not chosen is skipped, and with the default trigger rule a task is skipped as soon as one
of its upstream tasks was.

Bad:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        @task.branch
        def choose():
            return "full"

        full, delta = EmptyOperator(task_id="full"), EmptyOperator(task_id="delta")
        publish = EmptyOperator(task_id="publish")  # <- here
        choose() >> [full, delta] >> publish

Good:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        @task.branch
        def choose():
            return "full"

        full, delta = EmptyOperator(task_id="full"), EmptyOperator(task_id="delta")
        publish = EmptyOperator(task_id="publish", trigger_rule="none_failed_min_one_success")
        choose() >> [full, delta] >> publish
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits, model_edits
from analyzers.code_analyzer.model import Task
from analyzers.code_analyzer.returned import may_return_several
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, effective, is_branch, names, trigger_rule
from dagaudit.finding import Severity


@dag_rule("DGA114", "branch-join-skipped", Severity.HIGH, tags=("correctness",), fixes=edits.UNSAFE)
def check(context: DagContext) -> Iterator[Problem]:
    """Follow the arms of each branch to where they meet."""
    told: set[Task] = set()
    for branch in context.dag.tasks:
        if not is_branch(branch) or (branch.function and may_return_several(branch.function)):
            continue
        arms = branch.downstream
        if len(arms) < 2:
            continue
        for join, met in _joins(context, branch, arms):
            if join not in told:
                told.add(join)
                which = "chosen itself" if join in met else "whichever arm is chosen"
                rule = 'trigger_rule="none_failed_min_one_success"'
                given = join.effective("trigger_rule")
                made = [] if given else model_edits.task_argument_added(join, context.file.parsed, rule)
                yield Problem(
                    at(join, context),
                    f"`{join.name}` joins the arms {names(met)} of the branch `{branch.name}` "
                    f"with the rule all_success: it is skipped, {which}",
                    suggestion=f"give it {rule}",
                    task_id=join.task_id,
                    fix=edits.unsafe(f"add {rule}", *made) if made else None,
                )


def _joins(context: DagContext, branch: Task, arms: list[Task]) -> Iterator[tuple[Task, set[Task]]]:
    """Tasks in which several arms meet first, with these arms."""
    reached: dict[Task, set[Task]] = {arm: {arm} for arm in arms}
    for task in _in_order(context, branch):
        came = set(reached.get(task, ()))
        for upstream in task.upstream:
            came |= reached.get(upstream, set())
        if len(came) < 2:
            reached[task] = came
            continue
        # Whatever its rule, what follows sees the join, no longer the arms.
        reached[task] = set()
        if _chosen_together(branch, came):
            continue
        if trigger_rule(task) == "all_success" and not _joined_on_purpose(task):
            yield task, came


def _chosen_together(branch: Task, arms: set[Task]) -> bool:
    """Whether one of the operator's answers names all of these arms."""
    for name in ("follow_task_ids_if_true", "follow_task_ids_if_false"):
        answer = branch.value_of(name)
        if isinstance(answer, list | tuple) and {arm.task_id for arm in arms} <= set(answer):
            return True
    return False


def _joined_on_purpose(task: Task) -> bool:
    """A teardown, or a setup, has rules of its own."""
    return task.is_teardown or task.is_setup or effective(task, "ignore_downstream_trigger_rules") is False


def _in_order(context: DagContext, branch: Task) -> list[Task]:
    """The descendants, upstream before downstream; those on a cycle are left out."""
    after = context.dag.descendants(branch)
    waiting = {task: sum(1 for up in task.upstream if up in after) for task in after}
    ready = [task for task in context.dag.tasks if waiting.get(task) == 0]
    ordered: list[Task] = []
    while ready:
        task = ready.pop(0)
        ordered.append(task)
        for down in task.downstream:
            waiting[down] -= 1
            if waiting[down] == 0:
                ready.append(down)
    return ordered
