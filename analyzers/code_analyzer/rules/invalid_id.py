"""DGA105: an id or a tag is not one that Airflow accepts.

DAG and task ids are at most 250 letters, digits, dashes, dots and underscores; a group's id takes no dots;
a tag is at most 100 characters long. Airflow refuses the file otherwise.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("daily report", schedule="@daily"):  # <- here
        BashOperator(task_id="load/orders", bash_command="load")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("daily_report", schedule="@daily"):
        BashOperator(task_id="load_orders", bash_command="load")
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import TaskGroup
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, dag_place
from dagaudit.finding import Severity

_ID = re.compile(r"[\w.-]+")
_GROUP = re.compile(r"[\w-]+")
_MAX_ID = 250
_MAX_TAG = 100


@dag_rule("DGA105", "invalid-id", Severity.HIGH, tags=("correctness",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at every known id."""
    dag = context.dag
    if dag.dag_id is not None and (wrong := _wrong(dag.dag_id, _ID)):
        yield Problem(dag_place(context), f"the DAG id {_shown(dag.dag_id)} {wrong}")
    for task in dag.tasks:
        if task.task_id is not None and (wrong := _wrong(task.task_id, _ID)):
            yield Problem(
                at(task, context), f"the task id {_shown(task.task_id)} {wrong}", task_id=task.task_id
            )
    for group in dag.groups:
        own = _own_id(group)
        if group.group_id and own and (wrong := _wrong(own, _GROUP)):
            yield Problem(at(group, context), f"the group id {_shown(group.group_id)} {wrong}")
    tags = dag.argument("tags")
    given = tags.value.plain() if tags else None
    for tag in given if isinstance(given, list | tuple) else ():
        if isinstance(tag, str) and len(tag) > _MAX_TAG:
            yield Problem(
                at(tags, context), f"the tag {_shown(tag)} has {len(tag)} characters, {_MAX_TAG} are allowed"
            )


def _own_id(group: TaskGroup) -> str:
    """The id without those of the groups around it, which its prefix adds."""
    around = group.parent.group_id if group.parent else None
    return (group.group_id or "").removeprefix(f"{around}." if around else "")


def _wrong(text: str, allowed: re.Pattern[str]) -> str | None:
    if len(text) > _MAX_ID:
        return f"has {len(text)} characters, {_MAX_ID} are allowed"
    if not allowed.fullmatch(text):
        bad = sorted({mark for mark in text if not allowed.fullmatch(mark)})
        return "is empty" if not text else f"holds {' '.join(map(repr, bad))}"
    return None


def _shown(text: str) -> str:
    return f"`{text[:40]}…`" if len(text) > 41 else f"`{text}`"
