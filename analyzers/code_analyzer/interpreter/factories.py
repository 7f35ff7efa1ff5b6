"""Calls what decorators and `.partial()` made: @task functions, operators waiting for `.expand()`."""

import ast

from analyzers.code_analyzer.interpreter.classes import template_fields
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.objects import (
    ClassValue,
    OperatorPartial,
    Raised,
    Scope,
    TaskFactory,
)
from analyzers.code_analyzer.interpreter.tasks import Kind, make_task
from analyzers.code_analyzer.interpreter.versions import present_name, teardown_trigger_rule
from analyzers.code_analyzer.model import Task, XComArg
from analyzers.code_analyzer.values import Const, Function, Mapping, Sequence, Symbol, Value

_STANDARD = "airflow.providers.standard.decorators."
_KUBERNETES = "airflow.providers.cncf.kubernetes.decorators."
DECORATED_CLASSES = {
    "": _STANDARD + "python._PythonDecoratedOperator",
    "bash": _STANDARD + "bash._BashDecoratedOperator",
    "branch": _STANDARD + "branch_python._BranchPythonDecoratedOperator",
    "branch_external_python": _STANDARD + "branch_external_python._BranchExternalPythonDecoratedOperator",
    "branch_virtualenv": _STANDARD + "branch_virtualenv._BranchPythonVirtualenvDecoratedOperator",
    "external_python": _STANDARD + "external_python._PythonExternalDecoratedOperator",
    "virtualenv": _STANDARD + "python_virtualenv._PythonVirtualenvDecoratedOperator",
    "sensor": _STANDARD + "sensor.DecoratedSensorOperator",
    "short_circuit": _STANDARD + "short_circuit._ShortCircuitDecoratedOperator",
    "stub": _STANDARD + "stub._StubOperator",
    "docker": "airflow.providers.docker.decorators.docker._DockerDecoratedOperator",
    "kubernetes": _KUBERNETES + "kubernetes._KubernetesDecoratedOperator",
    "kubernetes_cmd": _KUBERNETES + "kubernetes_cmd._KubernetesCmdDecoratedOperator",
    "pyspark": "airflow.providers.apache.spark.decorators.pyspark._PySparkDecoratedOperator",
    "snowpark": "airflow.providers.snowflake.decorators.snowpark._SnowparkDecoratedOperator",
    "sql": "airflow.providers.common.sql.decorators.sql._SQLDecoratedOperator",
}


def decorated_class(flavour: str) -> str:
    """The operator behind `@task.<flavour>`."""
    known = DECORATED_CLASSES.get(flavour)
    if known is not None:
        return known
    words = "".join(word.capitalize() for word in flavour.split("_"))
    return f"airflow.decorators._{words}DecoratedOperator"


def call_task_factory(
    scope: Scope,
    node: ast.AST,
    factory: TaskFactory,
    given: Arguments,
    expanded: dict[str, Value] | None = None,
) -> XComArg:
    """A call of a @task function: a task, seen through its output."""
    factory.used[0] = True
    wanted = Arguments()
    wanted.kwargs = dict(factory.kwargs)
    wanted.keywords = dict(factory.keywords)
    wanted.open = factory.open
    function = factory.function
    name = function.name if isinstance(function, Function) else "task"
    wanted.kwargs.setdefault("task_id", Const(name, node=function.node, file=function.file))
    wanted.kwargs.pop("multiple_outputs", None)
    if factory.is_teardown:
        if "trigger_rule" in factory.kwargs:
            # Airflow keeps the rule of the first call, and refuses the second one for it.
            raise Raised(node, "a teardown has a trigger rule of its own", "ValueError")
        factory.kwargs["trigger_rule"] = wanted.kwargs["trigger_rule"] = Const(
            teardown_trigger_rule(), node=factory.node, file=factory.file
        )
    if given.args or given.spread:
        wanted.kwargs["op_args"] = Sequence(list(given.args), list, given.spread, node=node, file=scope.file)
    named = {**factory.partial, **given.kwargs}
    if named or given.open:
        nodes: dict[object, ast.AST] = {key: word.value for key, word in given.keywords.items()}
        wanted.kwargs["op_kwargs"] = Mapping(dict(named), nodes, given.open, node=node, file=scope.file)
    task = make_task(
        scope,
        node,
        Kind(
            decorated_class(factory.flavour),
            f"task.{factory.flavour}" if factory.flavour else "task",
            function,
        ),
        wanted,
        expanded,
    )
    task.is_setup, task.is_teardown = factory.is_setup, factory.is_teardown
    return XComArg(task, node=node, file=scope.file)


def operator_class_of(value: Value) -> str:
    """The qualified name of an operator's class."""
    if isinstance(value, Symbol):
        return present_name(value.name)
    if isinstance(value, ClassValue):
        return f"{value.scope.file.module}.{value.name}"
    return "airflow.sdk.BaseOperator"


def expand_operator(
    scope: Scope,
    node: ast.AST,
    partial: OperatorPartial,
    given: Arguments,
) -> Task:
    """`Operator.partial(...).expand(...)`."""
    wanted = Arguments()
    wanted.kwargs = dict(partial.kwargs)
    wanted.keywords = dict(partial.keywords)
    wanted.open = partial.open or given.open
    fields = template_fields(partial.operator) if isinstance(partial.operator, ClassValue) else None
    kind = Kind(operator_class_of(partial.operator), template_fields=fields)
    return make_task(scope, node, kind, wanted, dict(given.kwargs))
