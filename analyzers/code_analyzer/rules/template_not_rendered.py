"""DGA131: a template stands in an argument that the operator does not render.

Only the arguments in an operator's `template_fields` pass through Jinja; anywhere else the braces stay as
they are.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load", pool="{{ params.pool }}")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load {{ params.pool }}", pool="loads")
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import at, operator_of
from analyzers.code_analyzer.task_templates import text_of
from analyzers.code_analyzer.templates import is_template
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Text, Value
from dagaudit.finding import Severity

# Prose, or rendered by Airflow itself or by the object that stands there.
_NOT_ASKED = frozenset(
    {"doc", "doc_md", "doc_json", "doc_yaml", "doc_rst", "map_index_template", "task_display_name",
     "notifiers", "inlets", "outlets", "executor_config",
     "default_args", "op_args", "op_kwargs", "dag", "task_group",
     "python_callable", "extra_links", "params"}
)  # fmt: skip


@dag_rule("DGA131", "template-not-rendered", Severity.MEDIUM, tags=("template",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at strings in the arguments of operators that the table knows."""
    for task in context.dag.tasks:
        if task.decorator is not None:
            continue
        operator = operator_of(task)
        if operator is None or operator.template_fields is None:
            continue
        for name, argument in (*task.arguments.items(), *task.expanded.items()):
            if name in operator.template_fields or name in _NOT_ASKED or name.endswith("_callback"):
                continue
            found = next((text for text in _plain_texts(argument.value) if is_template(text_of(text))), None)
            if found is not None:
                yield Problem(
                    at(found, context),
                    f"`{task.operator}` does not render `{name}`: the braces stay as they are",
                    suggestion=f"it renders {', '.join(sorted(operator.template_fields)) or 'nothing'}",
                    task_id=task.task_id,
                )


def _plain_texts(value: Value) -> Iterator[Value]:
    """Strings that are there as such, not handed to another object that may render them."""
    if isinstance(value, Const | Text):
        yield value
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from _plain_texts(item)
    elif isinstance(value, Mapping):
        for item in value.items.values():
            yield from _plain_texts(item)
