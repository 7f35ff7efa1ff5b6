"""Classes of the bundle: plain ones are run, operators among them become tasks."""

import ast

from analyzers.code_analyzer.interpreter.enums import EnumConst
from analyzers.code_analyzer.interpreter.functions import Arguments, call_function
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.names import meaning
from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Raised, Scope, Super, is_outside
from analyzers.code_analyzer.operator_table import find_operator
from analyzers.code_analyzer.values import Const, Function, Made, Sequence, Symbol, Value

_OPERATOR_ENDINGS = ("Operator", "Sensor", "OperatorAsync", "SensorAsync")


def make_class(scope: Scope, node: ast.ClassDef) -> Value:
    """Run a class body."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    bases = tuple(evaluate(scope, base) for base in node.bases)
    body = Scope(scope.file, scope, is_class=True)
    result = ClassValue(node.name, bases, body, node=node, file=scope.file)
    run(body, node.body)
    derived(result)
    result.fields = _fields(scope, node, result)
    _tell_bases(scope, node, result)
    return result


def _tell_bases(scope: Scope, node: ast.ClassDef, cls: ClassValue) -> None:
    """`__init_subclass__` of a base of the bundle runs for each class that derives from it."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    for base in cls.bases:
        hook = base.find("__init_subclass__") if isinstance(base, ClassValue) else None
        if isinstance(hook, Function):
            given = Arguments()
            given.args = [cls]
            given.kwargs = {word.arg: evaluate(scope, word.value) for word in node.keywords if word.arg}
            inner = Scope(hook.file or scope.file, hook.scope)
            inner.variables["__class__"] = base
            call_function(scope, node, hook, given, inner)
            return


def derived(result: ClassValue) -> ClassValue:
    """What a class has from its bases."""
    for base in result.bases:
        if isinstance(base, ClassValue):
            result.operator_base = result.operator_base or base.operator_base
            result.is_dag = result.is_dag or base.is_dag
            result.is_group = result.is_group or base.is_group
            result.is_named_tuple = result.is_named_tuple or base.is_named_tuple
        elif isinstance(base, Symbol):
            if is_operator_name(base.name):
                result.operator_base = result.operator_base or base.name
            result.is_dag = result.is_dag or meaning(base.name) == "dag_class"
            result.is_group = result.is_group or meaning(base.name) == "group_class"
            result.is_named_tuple = result.is_named_tuple or base.name == "typing.NamedTuple"
    return result


_DATACLASSES = {
    "dataclasses.dataclass",
    "attrs.define",
    "attrs.frozen",
    "attr.s",
    "attr.define",
    "attrs.mutable",
}


def _fields(scope: Scope, node: ast.ClassDef, cls: ClassValue) -> dict[str, Value | None] | None:
    """The fields of a dataclass, those of its bases first; None for every other class."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    inherited: dict[str, Value | None] = {}
    for base in cls.bases:
        if isinstance(base, ClassValue) and base.fields is not None:
            inherited.update(base.fields)
    marks = [evaluate(scope, mark) for mark in node.decorator_list]
    names = {
        mark.name if isinstance(mark, Symbol) else mark.callee
        for mark in marks
        if isinstance(mark, Symbol | Made)
    }
    is_model = any(isinstance(base, Symbol) and base.name == "pydantic.BaseModel" for base in cls.bases)
    if not (names & _DATACLASSES or is_model or cls.is_named_tuple or inherited):
        return None
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            inherited[statement.target.id] = cls.scope.variables.get(statement.target.id)
    return inherited


def is_operator_name(name: str) -> bool:
    """Whether a name from outside is an operator's class."""
    last = name.rpartition(".")[2]
    if last.endswith(_OPERATOR_ENDINGS):
        return True
    if not name.startswith("airflow.") or not last[:1].isupper():
        return False
    operator = find_operator(name)
    return operator is not None and "BaseOperator" in operator.ancestors


def template_fields(cls: ClassValue) -> frozenset[str] | None:
    """The template fields that a class of the bundle declares or inherits; None where they are not known."""
    declared = cls.scope.variables.get("template_fields")
    if declared is None:
        for base in cls.bases:
            if isinstance(base, ClassValue) and (found := template_fields(base)) is not None:
                return found
        operator = find_operator(cls.operator_base) if cls.operator_base else None
        return operator.template_fields if operator else None
    if isinstance(declared, Sequence) and declared.known:
        return frozenset(str(item) for item in declared.plain())
    if isinstance(declared, Const) and isinstance(declared.value, str):
        return frozenset({declared.value})
    return None


def instantiate(scope: Scope, node: ast.AST, cls: ClassValue, given: Arguments) -> Value:
    """`Cls(...)` of a plain class."""
    instance = Instance(cls, node=node, file=scope.file)
    init = cls.find("__init__")
    if isinstance(init, Function):
        call_bound(scope, node, instance, init, given)
    elif cls.fields is not None:
        _set_fields(scope, node, instance, given)
    elif cls.open_base is not None:
        name = f"{cls.scope.file.module}.{cls.name}"
        return Made(name, tuple(given.args), given.kwargs, node=node, file=scope.file)
    return instance


def _set_fields(scope: Scope, node: ast.AST, instance: Instance, given: Arguments) -> None:
    fields = instance.cls.fields or {}
    values = {**dict(zip(fields, given.args, strict=False)), **given.kwargs}
    for name, default in fields.items():
        if name in values:
            instance.attributes[name] = values[name]
        elif given.open or given.spread:
            instance.attributes[name] = unknown(scope, node, given.open or given.spread or "")
        elif default is None:
            raise Raised(node, f"{instance.cls.name}() misses its field {name}", "TypeError")
        else:
            instance.attributes[name] = _default(scope, node, default)
    after = instance.cls.find("__post_init__")
    if isinstance(after, Function):
        call_bound(scope, node, instance, after, Arguments())


def _default(scope: Scope, node: ast.AST, default: Value) -> Value:
    """A field's default; `field(default_factory=list)` makes a new one each time."""
    if not isinstance(default, Made) or default.class_name not in {"field", "Field", "ib", "attrib"}:
        return default
    if "default" in default.kwargs:
        return default.kwargs["default"]
    factory = default.kwargs.get("default_factory") or default.kwargs.get("factory")
    if factory is None:
        return default.args[0] if default.args else unknown(scope, node, "the field's default is not known")
    from analyzers.code_analyzer.interpreter.calls import call_value

    call = ast.copy_location(
        ast.Call(func=ast.Name(id="factory", ctx=ast.Load()), args=[], keywords=[]), node
    )
    return call_value(scope, call, factory, Arguments())


def call_bound(
    scope: Scope,
    node: ast.AST,
    receiver: Instance | ClassValue | EnumConst,
    function: Function,
    given: Arguments,
) -> Value:
    """Call a method on its instance, or on its class."""
    cls = receiver if isinstance(receiver, ClassValue) else receiver.cls
    bound = Arguments()
    bound.args = [receiver, *given.args]
    if any(isinstance(mark, Symbol) and mark.name == "staticmethod" for mark in function.decorators):
        bound.args = list(given.args)
    elif any(isinstance(mark, Symbol) and mark.name == "classmethod" for mark in function.decorators):
        bound.args = [cls, *given.args]
    bound.kwargs, bound.keywords = given.kwargs, given.keywords
    bound.open, bound.spread = given.open, given.spread
    inner = Scope(function.file or scope.file, function.scope)
    inner.variables["__class__"] = _owner(cls, function)
    return call_function(scope, node, function, bound, inner)


def _owner(cls: ClassValue, function: Function) -> ClassValue:
    """The class whose body holds the method: where `super()` starts from."""
    for one in cls.mro():
        if isinstance(one, ClassValue) and any(value is function for value in one.scope.variables.values()):
            return one
    return cls


def call_method(scope: Scope, node: ast.AST, instance: Instance, name: str, given: Arguments) -> Value:
    """`instance.name(...)`."""
    method = instance.cls.find(name)
    if isinstance(method, Function):
        return call_bound(scope, node, instance, method, given)
    return unknown(scope, node, f"{instance.cls.name}.{name} is not known")


def call_super(scope: Scope, node: ast.AST, value: Super, name: str, given: Arguments) -> Value:
    """`super().name(...)`."""
    own = value.instance if isinstance(value.instance, ClassValue) else value.instance.cls
    line = own.mro()
    start = next((at for at, one in enumerate(line) if one is value.cls), 0)
    for base in line[start + 1 :]:
        if is_outside(base):
            return _call_outside(scope, node, value, name, given)
        method = base.scope.variables.get(name) if isinstance(base, ClassValue) else None
        if isinstance(method, Function):
            return call_bound(scope, node, value.instance, method, given)
    return Const(None, node=node, file=scope.file)


def _call_outside(scope: Scope, node: ast.AST, value: Super, name: str, given: Arguments) -> Value:
    if name == "__init__" and isinstance(value.instance, Instance):
        value.instance.attributes.update(given.kwargs)
        value.instance.super_arguments = given
    if name.startswith("__"):
        return Const(None, node=node, file=scope.file)
    return unknown(scope, node, f"super().{name}() lies outside the DAG folder")
