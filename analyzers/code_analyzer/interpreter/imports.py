"""Imports: modules of the bundle are run, all others are symbols."""

import ast

from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Module, Raised, Scope
from analyzers.code_analyzer.interpreter.versions import absent, lacks
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.values import Symbol, Value

NEXT = 0
MAX_MODULES = 256


def import_statement(scope: Scope, node: ast.Import) -> int:
    """`import a.b as c`."""
    for alias in node.names:
        _check(scope.machine, node, alias.name)
        if alias.asname:
            scope.assign(alias.asname, _module(scope, node, alias.name))
        else:
            top = alias.name.partition(".")[0]
            module = _module(scope, node, alias.name)
            if top == alias.name or isinstance(module, Symbol):
                scope.assign(top, module if top == alias.name else Symbol(top, node=node, file=scope.file))
            else:
                scope.assign(top, Symbol(top, node=node, file=scope.file))
    return NEXT


def import_from(scope: Scope, node: ast.ImportFrom) -> int:
    """`from a.b import c`."""
    base = scope.file.import_base(node)
    _check(scope.machine, node, base)
    module = _bundle_module(scope, node, base) if base != "airflow.sdk" else None
    for alias in node.names:
        if alias.name == "*":
            _star(scope, node, base, module)
            continue
        if base.startswith("airflow") and not scope.machine.forgiving:
            _check_name(scope.machine, node, base, alias.name)
        scope.assign(alias.asname or alias.name, _member(scope, node, base, module, alias.name))
    return NEXT


def _check(machine: Machine, node: ast.AST, name: str) -> None:
    top = name.partition(".")[0]
    if top == "airflow":
        if not machine.forgiving and absent(name, machine.target):
            raise Raised(node, f"{name} does not exist in the target version", "ModuleNotFoundError")
    elif top not in _STDLIB:
        machine.uncertain += 1


def _check_name(machine: Machine, node: ast.AST, base: str, name: str) -> None:
    if lacks(base, name, machine.target):
        raise Raised(node, f"{base}.{name} does not exist in the target version", "ImportError")


def _star(scope: Scope, node: ast.ImportFrom, base: str, module: Module | None) -> None:
    if module is not None:
        for name, value in module.scope.variables.items():
            if not name.startswith("_"):
                scope.assign(name, value)
        return
    if base.partition(".")[0] not in {"airflow", *_STDLIB}:
        scope.machine.note(None, node, f"`from {base} import *` may bring anything", scope.file)
    scope.stars.append(base)


def _member(scope: Scope, node: ast.ImportFrom, base: str, module: Module | None, name: str) -> Value:
    if module is not None and name in module.scope.variables:
        return module.scope.variables[name]
    submodule = _bundle_module(scope, node, f"{base}.{name}" if base else name)
    if submodule is not None:
        return submodule
    if module is not None:
        return unknown(scope, node, f"{base} has no {name} that could be found")
    return Symbol(f"{base}.{name}" if base else name, node=node, file=scope.file)


def _module(scope: Scope, node: ast.AST, name: str) -> Value:
    return _bundle_module(scope, node, name) or Symbol(name, node=node, file=scope.file)


def find_module(scope: Scope, node: ast.AST, name: str) -> Module | None:
    """A module of the bundle by its dotted name, run if it was not yet."""
    return _bundle_module(scope, node, name)


OWN_EXAMPLES = "airflow.example_dags."


def _bundle_module(scope: Scope, node: ast.AST, name: str) -> Module | None:
    # Airflow's examples import each other by their place in Airflow.
    name = name.removeprefix(OWN_EXAMPLES)
    top = name.partition(".")[0]
    if not name or top in _STDLIB or top == "airflow":
        return None
    if name in scope.machine.modules:
        return scope.machine.modules[name]
    parsed = scope.machine.files.module(name, scope.file.path)
    if parsed is None or parsed is scope.machine.main:
        return None
    if len(scope.machine.modules) >= MAX_MODULES:
        because = f"it imports more than {MAX_MODULES} modules of the bundle: {name} is not followed"
        scope.machine.note(None, node, because, scope.file)
        return None
    return _run_module(scope.machine, node, name, parsed)


def _run_module(machine: Machine, node: ast.AST, name: str, parsed: ParsedFile) -> Module:
    from analyzers.code_analyzer.interpreter.statements import run

    module_scope = Scope(parsed, machine=machine)
    module = Module(module_scope, node=node, file=parsed)
    machine.modules[name] = module
    arms, reasons = machine.arms, machine.arm_reasons
    dags, groups = machine.dag_stack, machine.group_stack
    made = len(machine.dags)
    machine.dag_stack, machine.group_stack = [], []
    machine.depth += 1
    try:
        run(module_scope, parsed.tree.body)
    finally:
        machine.depth -= 1
        machine.dag_stack, machine.group_stack = dags, groups
        machine.arms, machine.arm_reasons = arms, reasons
    # DAGs at that module's own top level belong to it: it is read as a DAG file of its own.
    for dag in machine.dags[made:]:
        dag.registered = False
        machine.foreign.append(dag)
    return module


_STDLIB = frozenset(__import__("sys").stdlib_module_names)
