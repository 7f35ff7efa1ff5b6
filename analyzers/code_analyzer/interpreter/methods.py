"""Methods of values: containers, texts, tasks, groups, DAGs, factories."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import (
    asset_calls,
    class_calls,
    classes,
    container_methods,
    contexts,
    dag_factory,
    edges,
    factory_methods,
    file_calls,
    setup_teardown,
    text_calls,
    text_methods,
)
from analyzers.code_analyzer.interpreter.context_managers import ExitStack, GeneratorContext
from analyzers.code_analyzer.interpreter.decorators import call_decorator
from analyzers.code_analyzer.interpreter.enums import EnumConst
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.names import meaning
from analyzers.code_analyzer.interpreter.objects import (
    ClassValue,
    GroupFactory,
    Instance,
    LabelValue,
    OperatorPartial,
    Scope,
    SetupScope,
    Super,
    TaskFactory,
)
from analyzers.code_analyzer.interpreter.paths import path_method, text_of_file
from analyzers.code_analyzer.interpreter.versions import teardown_trigger_rule
from analyzers.code_analyzer.model import Argument, Dag, Task, TaskGroup, XComArg
from analyzers.code_analyzer.values import Const, Function, Made, Mapping, Sequence, Symbol, Text, Value


def call_method_of(scope: Scope, node: ast.Call, receiver: Value, name: str, given: Arguments) -> Value:
    """`receiver.name(...)`."""
    if name in ("__enter__", "__exit__") and isinstance(
        receiver, Dag | TaskGroup | ExitStack | GeneratorContext
    ):
        if name == "__enter__":
            return contexts.enter(scope, node, receiver)
        contexts.leave(scope, node, receiver)
        return Const(None, node=node, file=scope.file)
    handler = _BY_KIND.get(receiver.__class__)
    if handler is not None:
        found = handler(scope, node, receiver, name, given)
        if found is not None:
            return found
    scope.machine.uncertain += 1
    if edges.is_node(receiver) or isinstance(receiver, Dag | OperatorPartial | GroupFactory | TaskFactory):
        for dag in edges.dags_in(receiver):
            scope.machine.note(dag, node, f".{name}() is not followed", scope.file)
    args = (receiver, *given.args)
    return Made(f"{_called(receiver)}.{name}", args, given.kwargs, node=node, file=scope.file)


def _called(receiver: Value) -> str:
    if isinstance(receiver, Made):
        return f"{receiver.callee}()"
    return type(receiver).__name__.lower()


def _node(scope: Scope, node: ast.Call, value: Value, name: str, given: Arguments) -> Value | None:
    if name in ("set_upstream", "set_downstream"):
        other = given.args[0] if given.args else given.kwargs.get("task_or_task_list")
        label = given.kwargs.get("edge_modifier") or (given.args[1] if len(given.args) > 1 else None)
        if other is None:
            return None
        mark = label if isinstance(label, LabelValue) else None
        edges.relate(scope, edges.How(node, name == "set_downstream", mark, "set"), value, other)
        return Const(None, node=node, file=scope.file)
    if name == "as_setup":
        for task in edges.tasks_of(value):
            task.is_setup = True
        return value
    if name == "as_teardown":
        return _as_teardown(scope, node, value, given)
    if name in _SHIFTS and given.args:
        how = edges.How(node, name in ("__rshift__", "__rlshift__"), origin="shift")
        edges.relate(scope, how, value, given.args[0])
        return given.args[0]
    if name in ("add_outlets", "add_inlets", "get_dag", "has_dag"):
        return Const(None, node=node, file=scope.file)
    if isinstance(value, XComArg):
        return _xcom(scope, node, value, name, given)
    if isinstance(value, TaskGroup):
        return _group(scope, node, value, name, given)
    return None


_SHIFTS = ("__rshift__", "__lshift__", "__rrshift__", "__rlshift__")


def _xcom(scope: Scope, node: ast.Call, value: XComArg, name: str, given: Arguments) -> Value | None:
    if name == "map":
        return XComArg(value.task, value.key, True, value.others, node=node, file=scope.file)
    if name in ("zip", "concat"):
        others = tuple(other for other in given.args if isinstance(other, XComArg))
        if len(others) == len(given.args):
            return XComArg(value.task, value.key, True, (*value.others, *others), node=node, file=scope.file)
    return None


def _group(scope: Scope, node: ast.Call, value: TaskGroup, name: str, given: Arguments) -> Value | None:
    if name == "get_child_by_label" and given.args and isinstance(given.args[0], Const):
        from analyzers.code_analyzer.interpreter.groups import child_id

        wanted = child_id(value, str(given.args[0].value))
        return next((task for task in value.all_tasks() if task.task_id == wanted), None)
    if name == "child_id" and given.args and isinstance(given.args[0], Const):
        from analyzers.code_analyzer.interpreter.groups import child_id

        return Const(child_id(value, str(given.args[0].value)), node=node, file=scope.file)
    if name in ("get_roots", "get_leaves"):
        from analyzers.code_analyzer.interpreter.relatives import leaves_of, roots_of

        found = roots_of(value) if name == "get_roots" else leaves_of(value)
        return Sequence(list(found), list, node=node, file=scope.file)
    return None


def _as_teardown(scope: Scope, node: ast.Call, value: Value, given: Arguments) -> Value:
    rule = Const(teardown_trigger_rule(), node=node, file=scope.file)
    for task in edges.tasks_of(value):
        task.is_teardown = True
        task.arguments["trigger_rule"] = Argument("trigger_rule", rule)
    setups = given.kwargs.get("setups")
    if setups is None or (isinstance(setups, Const) and setups.value is None):
        return value
    items = setups.items if isinstance(setups, Sequence) else [setups]
    for item in items:
        if not isinstance(item, Task | XComArg):
            edges.lost(scope, node, value, item)
            continue
        for task in edges.tasks_of(item):
            task.is_setup = True
        edges.relate(scope, edges.How(node, origin="setup"), item, value)
    return value


def _dag(scope: Scope, node: ast.Call, value: Dag, name: str, given: Arguments) -> Value | None:
    if name == "task":
        given.kwargs["dag"] = value
        return call_decorator(scope, node, "task", "", given)
    if name in ("add_task", "add_tasks"):
        from analyzers.code_analyzer.interpreter.tasks import join_dag

        items = given.args[0].items if given.args and isinstance(given.args[0], Sequence) else given.args
        for item in items:
            for task in edges.tasks_of(item):
                if task.dag is None:
                    join_dag(scope, task, value)
        return Const(None, node=node, file=scope.file)
    if name == "get_task" and given.args and isinstance(given.args[0], Const):
        return value.task(str(given.args[0].value))
    if name == "set_dependency" and len(given.args) == 2:
        ends = [value.task(str(one.value)) if isinstance(one, Const) else None for one in given.args]
        if ends[0] is not None and ends[1] is not None:
            edges.relate(scope, edges.How(node, origin="set"), ends[0], ends[1])
            return Const(None, node=node, file=scope.file)
        return None
    if name == "has_task" and given.args and isinstance(given.args[0], Const):
        return Const(value.task(str(given.args[0].value)) is not None, node=node, file=scope.file)
    if name in ("test", "cli", "validate", "run", "doc_md", "param", "resolve_template_files", "add_result"):
        return Made(f"dag.{name}", tuple(given.args), given.kwargs, node=node, file=scope.file)
    return None


def _class(scope: Scope, node: ast.Call, value: ClassValue, name: str, given: Arguments) -> Value | None:
    method = value.find(name)
    if name == "partial" and value.operator_base and not isinstance(method, Function):
        return OperatorPartial(value, given.kwargs, given.keywords, given.open, node=node, file=scope.file)
    if isinstance(method, Function):
        marks = [mark.name for mark in method.decorators if isinstance(mark, Symbol)]
        if "classmethod" in marks or "staticmethod" in marks:
            return classes.call_bound(scope, node, value, method, given)
        from analyzers.code_analyzer.interpreter.functions import call_function

        return call_function(scope, node, method, given)
    return None


def _symbol(scope: Scope, node: ast.Call, value: Symbol, name: str, given: Arguments) -> Value | None:
    if meaning(value.name) == "asset_class" and name == "ref":
        return asset_calls.make_reference(scope, node, given)
    return None


def _instance(scope: Scope, node: ast.Call, value: Instance, name: str, given: Arguments) -> Value | None:
    if value.cls.find(name) is not None:
        return classes.call_method(scope, node, value, name, given)
    found = text_calls.match_method(scope, node, value, name, given) or text_calls.template_method(
        scope, node, value, name, given
    )
    if found is not None:
        return found
    if value.cls.is_named_tuple or name in _OF_MODELS:
        if name == "_replace":
            return class_calls.replaced(scope, node, value, given)
        if name in ("_asdict", *_OF_MODELS) and not given.args and not given.kwargs:
            return class_calls.as_mapping(scope, node, value)
    return None


_OF_MODELS = ("model_dump", "dict")


def _enum_const(scope: Scope, node: ast.Call, value: EnumConst, name: str, given: Arguments) -> Value | None:
    method = value.cls.find(name)
    if isinstance(method, Function):
        return classes.call_bound(scope, node, value, method, given)
    return text_methods.of_const(scope, node, value, name, given)


def _super(scope: Scope, node: ast.Call, value: Super, name: str, given: Arguments) -> Value:
    return classes.call_super(scope, node, value, name, given)


def _setup_scope(
    scope: Scope, node: ast.Call, value: SetupScope, name: str, given: Arguments
) -> Value | None:
    if name == "add_task" and given.args:
        setup_teardown.add(scope.machine, given.args[0])
        return Const(None, node=node, file=scope.file)
    return None


def _exit_stack(scope: Scope, node: ast.Call, value: ExitStack, name: str, given: Arguments) -> Value | None:
    if name == "enter_context" and given.args:
        bound = contexts.enter(scope, node, given.args[0])
        value.entered.append(given.args[0])
        return bound
    if name == "close":
        contexts.leave(scope, node, value)
    return Const(None, node=node, file=scope.file) if name in ("close", "callback") else None


def _made(scope: Scope, node: ast.Call, value: Made, name: str, given: Arguments) -> Value | None:
    if value.callee.startswith("pathlib."):
        found = path_method(scope, node, value, name, given.args)
        if found is not None:
            return found
    if value.callee in ("open", "__enter__") and name in ("read", "readlines"):
        text = text_of_file(scope.machine, value)
        if text is not None and name == "read":
            return Const(text, node=node, file=scope.file)
        lines = file_calls.lines_of(scope, node, value) if name == "readlines" else None
        if lines is not None:
            return Sequence(lines, list, node=node, file=scope.file)
        return Made("open().read", (value,), node=node, file=scope.file)
    return None


_BY_KIND: dict[type[Value], Callable[..., Value | None]] = {
    Task: _node,
    TaskGroup: _node,
    XComArg: _node,
    LabelValue: _node,
    Dag: _dag,
    TaskFactory: factory_methods.of_task_factory,
    GroupFactory: factory_methods.of_group_factory,
    OperatorPartial: factory_methods.of_operator_partial,
    ClassValue: _class,
    Symbol: _symbol,
    Instance: _instance,
    Super: _super,
    SetupScope: _setup_scope,
    ExitStack: _exit_stack,
    Made: _made,
    file_calls.Ini: file_calls.ini_method,
    dag_factory.YamlFactory: dag_factory.factory_method,
    Sequence: container_methods.of_sequence,
    Mapping: container_methods.of_mapping,
    Const: text_methods.of_const,
    EnumConst: _enum_const,
    Text: text_methods.of_text,
}
