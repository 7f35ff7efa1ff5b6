"""DGA502: what a caller sends becomes part of a shell command.

Who may trigger the DAG may put `; rm -rf …` into `dag_run.conf` or a free parameter, and the shell runs it
on the worker, with its credentials. Passed as an environment variable the value stays a value.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule=None):
        BashOperator(task_id="load", bash_command="load {{ dag_run.conf['table'] }}")  # <- here

Bad:

    import os
    from airflow.sdk import DAG, task

    with DAG("report", schedule=None):
        @task
        def load(dag_run=None):
            os.system("load " + dag_run.conf["table"])  # <- here

        load()

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule=None):
        BashOperator(
            task_id="load",
            bash_command='load "$TABLE"',
            env={"TABLE": "{{ dag_run.conf['table'] }}"},
        )
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Dag
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import effective
from analyzers.code_analyzer.run_input import read_from_run
from analyzers.code_analyzer.shell_calls import shell_calls
from analyzers.code_analyzer.task_templates import TemplateUse, templates_of
from analyzers.code_analyzer.values import Const, Made, Value
from dagaudit.finding import Severity

# Arguments that a shell reads, by the operator's name.
_BY_SHELL = {"bash_command", "command", "remote_command"}
_BY_SHELL_OPERATORS = ("Bash", "SSH", "Docker", "WinRM")
_IN_POD = {"cmds", "arguments"}
_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "-c", "-lc", "-ec", "-euc")
_QUOTING = frozenset({"quote", "shell_quote", "shlex_quote", "int", "float", "length", "count"})
_BOUND = ("enum", "pattern", "const", "format", "examples_only")
_HARMLESS_TYPES = frozenset({"integer", "number", "boolean", "null"})


@dag_rule("DGA502", "shell-injection", Severity.CRITICAL, tags=("security", "template"))
def check(context: DagContext) -> Iterator[Problem]:
    """Look for free values in what a shell reads: in templates, and in the calls of task functions."""
    for use in templates_of(context):
        if not _read_by_shell(use):
            continue
        told: set[str] = set()
        for reference in use.template.references:
            if reference.as_condition or _QUOTING & set(reference.filters) or reference.dotted in told:
                continue
            if _is_free(reference.path, context.dag):
                told.add(reference.dotted)
                yield Problem(
                    use.place(reference.line, reference.name, context),
                    f"whoever triggers the DAG writes `{reference.dotted}` "
                    f"into a command of `{use.task.name}`",
                    suggestion='pass it by env and use "$NAME", or restrict it by Param(enum=…)',
                    task_id=use.task.task_id,
                )
    yield from _in_python(context)


def _in_python(context: DagContext) -> Iterator[Problem]:
    tasks = {
        task.function.definition: task for task in reversed(context.dag.tasks) if task.function is not None
    }
    for name, call, command in shell_calls(context.file) if tasks else ():
        function = context.file.scopes.function(call)
        if function is None or function not in tasks:
            continue
        free = [path for path in read_from_run(context.file, command) if _is_free(path, context.dag)]
        if free:
            yield Problem(
                call,
                f"whoever triggers the DAG writes `{'.'.join(free[0])}` into the command of {name}()",
                suggestion="give a list of arguments, without a shell",
                task_id=tasks[function].task_id,
            )


def _read_by_shell(use: TemplateUse) -> bool:
    name, operator = use.argument.name, use.task.operator
    if name in _BY_SHELL:
        return name == "bash_command" or any(part in operator for part in _BY_SHELL_OPERATORS)
    if name in _IN_POD and ("Pod" in operator or "Kubernetes" in operator):
        commands = [effective(use.task, part) for part in sorted(_IN_POD)]
        words = [word for command in commands if isinstance(command, list) for word in command]
        return any(word in _SHELLS for word in words)
    return False


def _is_free(path: tuple[str, ...], dag: Dag) -> bool:
    if path[:2] == ("dag_run", "conf"):
        return True
    if path[0] != "params" or len(path) == 1:
        return False
    value = dag.params.get(path[1])
    return value is not None and _accepts_anything(value)


def _accepts_anything(value: Value) -> bool:
    """Whether a parameter takes any text; one without a schema does, whatever its default."""
    if isinstance(value, Const):
        return True
    if not isinstance(value, Made) or value.class_name != "Param":
        return False
    if any(name in value.kwargs for name in _BOUND) or "schema" in value.kwargs:
        return False
    if "type" not in value.kwargs:
        return True
    types = value.kwargs["type"].plain()
    if isinstance(types, str):
        types = [types]
    return isinstance(types, list | tuple) and not set(types) <= _HARMLESS_TYPES
