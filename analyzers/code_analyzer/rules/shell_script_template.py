"""DGA130: a command that ends in `.sh` is taken for the name of a template.

The text of `bash_command` is looked up as a file when it ends in `.sh` or `.bash`; a command such as
`/opt/load.sh` then fails with TemplateNotFound. A space at the end keeps it a command.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="/opt/jobs/load.sh")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="/opt/jobs/load.sh ")
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.model import Argument
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, at, dag_value, operator_of
from analyzers.code_analyzer.values import Const
from dagaudit.finding import Fix, Severity


@dag_rule("DGA130", "shell-script-template", Severity.HIGH, tags=("template",), fixes=edits.SAFE)
def check(context: DagContext) -> Iterator[Problem]:
    """A relative name without a space may be a file beside the DAG; anything else cannot be found."""
    if dag_value(context.dag, "template_searchpath") is not UNSET:
        return
    for task in context.dag.tasks:
        argument = task.effective("bash_command")
        operator = operator_of(task)
        if argument is None or operator is None or not isinstance(argument.value, Const):
            continue
        command = argument.value.value
        if not isinstance(command, str) or not command.endswith(tuple(operator.template_ext) or ("\0",)):
            continue
        if command.startswith("/") or " " in command.strip():
            yield Problem(
                at(argument, context),
                f"Airflow looks for a template file called `{command[:60]}` and finds none",
                suggestion="add a space after it",
                task_id=task.task_id,
                fix=_fix(argument, context),
            )


def _fix(argument: Argument, context: DagContext) -> Fix | None:
    node, parsed = argument.value.node, context.file.parsed
    if argument.value.file is not parsed or argument.keyword is None or argument.keyword.value is not node:
        # What stands elsewhere may be used for more than this command.
        return None
    if not isinstance(node, ast.Constant):
        return None
    line, column = edits.end(parsed, node)
    quotes = 3 if parsed.line(line)[: column - 1].endswith(('"""', "'''")) else 1
    return edits.safe("add a space after the command", edits.insert((line, column - quotes), " "))
