"""Calls of Python's builtins and of known library functions; all others are calls to the outside."""

import ast
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import (
    class_calls,
    classes,
    collection_calls,
    containers,
    dag_factory,
    edges,
    functional_calls,
    iteration_calls,
    library_calls,
)
from analyzers.code_analyzer.interpreter.enums import EnumConst, is_member
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import (
    ClassValue,
    DagFactory,
    Instance,
    Module,
    OperatorPartial,
    PartialFunction,
    Raised,
    Scope,
    TaskFactory,
)
from analyzers.code_analyzer.interpreter.texts import formatted, text_of
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.model import XComArg
from analyzers.code_analyzer.values import Const, Function, Made, Mapping, Sequence, Symbol, Text, Value

_RUNS_TEXT = frozenset({"exec", "eval", "runpy.run_path", "runpy.run_module"})
LAZY = frozenset({"globals", "locals", "vars"})
_SILENT = frozenset(
    {"print", "logging", "warnings", "breakpoint", "help", "input", "sys.path.append", "sys.path.insert"}
)


def lazy(scope: Scope, node: ast.Call, name: str) -> Value:
    """`globals()`: a dict that shares the module's names."""
    owner = scope.globals if name == "globals" else scope
    result = Mapping({}, {}, node=node, file=scope.file)
    # The very same dict: an item set in it becomes a name of the module. In a function it is a copy.
    is_function = owner.outer is not None and not owner.is_class
    result.items = dict(owner.variables) if is_function else owner.variables
    result.is_names = not is_function and owner.file is scope.machine.main
    return result


def call_builtin(scope: Scope, node: ast.Call, name: str, given: Arguments) -> Value | None:
    """A builtin or known library function; None where it is neither."""
    functional = functional_calls.HANDLERS.get(name)
    if functional is not None:
        return functional(scope, node, given)
    if name == "functools.partial" and given.args:
        return PartialFunction(given.args[0], given.args[1:], given.kwargs, node=node, file=scope.file)
    if (
        name == "str"
        and given.args
        and (isinstance(given.args[0], XComArg | Text) or is_member(given.args[0]))
    ):
        # The text of an output is a template, which sets no dependency.
        return text_of([formatted(given.args[0], "", -1)], node, scope.file)
    special = _SPECIAL.get(name)
    if special is not None and not given.spread and (found := special(scope, node, given)) is not None:
        return found
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(scope, node, given)
    if name in _PURE and all(value.known for value in given.args) and not given.spread:
        return _pure(scope, node, name, given)
    return library_calls.call_library(scope, node, name, given)


def outside(scope: Scope, node: ast.Call, callee: Symbol, given: Arguments) -> Value:
    """A call that only running it would answer."""
    name = callee.name
    if name == "airflow.sdk.Asset.ref" or name.endswith((".Asset.ref", ".Dataset.ref")):
        from analyzers.code_analyzer.interpreter.asset_calls import make_reference

        return make_reference(scope, node, given)
    if name.endswith(".partial") and _is_operator_class(name.removesuffix(".partial")):
        operator = Symbol(name.removesuffix(".partial"), node=node.func, file=scope.file)
        return OperatorPartial(operator, given.kwargs, given.keywords, given.open, node=node, file=scope.file)
    if "task_id" in given.kwargs and name.rpartition(".")[2][:1].isupper():
        from analyzers.code_analyzer.interpreter.operator_calls import make_operator

        return make_operator(scope, node, callee, given)
    top = name.partition(".")[0]
    if name in _RUNS_TEXT:
        scope.machine.note(None, node, f"{name}() runs code that is not followed", scope.file)
    if name not in _SILENT and top not in _SILENT:
        scope.machine.uncertain += 1
        if not library_calls.harmless(name):
            _warn(scope, node, name, given)
    for function in (*given.args, *given.kwargs.values()):
        if isinstance(function, Mapping) and function.is_names:
            scope.machine.elsewhere = scope.machine.elsewhere or node
        if isinstance(function, TaskFactory):
            function.used[0] = True
        elif isinstance(function, DagFactory):
            function.used = True
    return Made(name, tuple(given.args), given.kwargs, node=node, file=scope.file)


def _is_operator_class(name: str) -> bool:
    from analyzers.code_analyzer.interpreter.classes import is_operator_name

    return is_operator_name(name)


def _warn(scope: Scope, node: ast.Call, name: str, given: Arguments) -> None:
    dags = {id(scope.machine.dag): scope.machine.dag} if scope.machine.dag is not None else {}
    for value in (*given.args, *given.kwargs.values()):
        for dag in edges.dags_in(value):
            dags[id(dag)] = dag
    for dag in dags.values():
        scope.machine.note(dag, node, f"{name}() lies outside the DAG folder and may add tasks", scope.file)


def _len(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    value = given.args[0] if given.args else None
    if isinstance(value, Sequence | Mapping) and value.open is None:
        return Const(len(value.items), node=node, file=scope.file)
    if isinstance(value, Const) and isinstance(value.value, str | bytes):
        return Const(len(value.value), node=node, file=scope.file)
    if isinstance(value, ClassValue) or (isinstance(value, Instance) and value.cls.is_named_tuple):
        items, why = containers.items_of(value)
        if items is not None and why is None:
            return Const(len(items), node=node, file=scope.file)
    if isinstance(value, Instance) and isinstance(own := value.cls.find("__len__"), Function):
        return classes.call_bound(scope, node, value, own, Arguments())
    return unknown(scope, node, (value.reason if value else None) or "its length is not known")


def _bool(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    known = truth(given.args[0]) if given.args else False
    if known is None:
        return unknown(scope, node, given.args[0].reason or "it is not known")
    return Const(known, node=node, file=scope.file)


def _quantifier(wanted: bool) -> Callable[..., Value]:
    def check(scope: Scope, node: ast.Call, given: Arguments) -> Value:
        items, why = containers.items_of(given.args[0]) if given.args else (None, None)
        verdicts = [truth(item) for item in items or []]
        if wanted in verdicts:
            return Const(wanted, node=node, file=scope.file)
        if items is None or why or None in verdicts:
            return unknown(scope, node, why or "not all of it is known")
        return Const(not wanted, node=node, file=scope.file)

    return check


def _getattr(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    from analyzers.code_analyzer.interpreter.attributes import attribute

    if len(given.args) > 1 and isinstance(given.args[1], Const) and isinstance(given.args[1].value, str):
        return attribute(scope, node, given.args[0], given.args[1].value)
    return unknown(scope, node, "which attribute is read is not known")


def _setattr(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    from analyzers.code_analyzer.interpreter.attribute_setting import set_attribute

    if len(given.args) == 3 and isinstance(given.args[1], Const):
        target = ast.Attribute(value=node.args[0], attr=str(given.args[1].value), ctx=ast.Store())
        ast.copy_location(target, node)
        set_attribute(scope, target, given.args[0], given.args[2])
    elif (
        len(given.args) == 3
        and isinstance(module := given.args[0], Module)
        and module.scope.file is scope.machine.main
    ):
        containers.register(given.args[2])
    return Const(None, node=node, file=scope.file)


def _isinstance(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    value, wanted = (*given.args, None, None)[:2]
    names = _type_names(wanted)
    if isinstance(value, Const | Sequence | Mapping) and names and names <= _PLAIN_TYPES.keys():
        kind = (
            value.kind
            if isinstance(value, Sequence)
            else dict
            if isinstance(value, Mapping)
            else type(value.value)
        )
        return Const(any(issubclass(kind, _PLAIN_TYPES[name]) for name in names), node=node, file=scope.file)
    if isinstance(value, Instance) and isinstance(wanted, ClassValue):
        return Const(wanted.is_base_of(value.cls), node=node, file=scope.file)
    if isinstance(wanted, ClassValue) and isinstance(value, Const | Sequence | Mapping):
        return Const(
            isinstance(value, EnumConst) and wanted.is_base_of(value.cls), node=node, file=scope.file
        )
    return unknown(scope, node, "its type is not known")


_PLAIN_TYPES: dict[str, type] = {
    "str": str, "int": int, "float": float, "bool": bool, "list": list, "tuple": tuple, "dict": dict, "set":
    set, "bytes": bytes,
}  # fmt: skip


def _type_names(wanted: Value | None) -> set[str]:
    if isinstance(wanted, Symbol):
        return {wanted.name}
    if isinstance(wanted, Sequence) and all(isinstance(item, Symbol) for item in wanted.items):
        return {item.name for item in wanted.items if isinstance(item, Symbol)}
    return set()


def _type(scope: Scope, node: ast.Call, given: Arguments) -> Value:
    if len(given.args) == 1 and isinstance(given.args[0], Instance):
        return given.args[0].cls
    return unknown(scope, node, "type() is not followed")


def _pure(scope: Scope, node: ast.Call, name: str, given: Arguments) -> Value:
    try:
        result = _PURE[name](
            *[value.plain() for value in given.args],
            **{k: v.plain() for k, v in given.kwargs.items() if v.known},
        )
    except (TypeError, ValueError, ArithmeticError, MemoryError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
    if isinstance(result, tuple):
        return Sequence(
            [Const(item, node=node, file=scope.file) for item in result], tuple, node=node, file=scope.file
        )
    return Const(result, node=node, file=scope.file)  # type: ignore[arg-type]


def _str(value: object = "") -> str:
    return str(value)


_PURE: dict[str, Callable[..., object]] = {
    "str": _str, "int": int, "float": float, "abs": abs, "round": round, "sum": sum,
    "repr": repr, "ord": ord, "chr": chr, "divmod": divmod,
    "hex": hex, "bin": bin,
}  # fmt: skip
_SPECIAL: dict[str, Callable[..., Value | None]] = {
    **class_calls.HANDLERS,
    **iteration_calls.HANDLERS,
    **dag_factory.HANDLERS,
}
_HANDLERS: dict[str, Callable[..., Value]] = {
    **collection_calls.HANDLERS,
    "len": _len,
    "bool": _bool,
    "any": _quantifier(True),
    "all": _quantifier(False),
    "getattr": _getattr,
    "setattr": _setattr,
    "isinstance": _isinstance,
    "type": _type,
}
