"""From a parsed file to its model."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.file_model import FileModel, Raising
from analyzers.code_analyzer.interpreter.lost import lost_in
from analyzers.code_analyzer.interpreter.machine import Budget, BundleFiles, Machine, NoFiles, Version
from analyzers.code_analyzer.interpreter.objects import BudgetSpent, Raised, Scope, TaskFactory
from analyzers.code_analyzer.interpreter.versions import LAST_OF_2
from analyzers.code_analyzer.model import Dag, Reason
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.values import Function, Unknown, Value, walk

DEFAULT_TARGET: Version = (3, 3)
OLD_IMPORT = "does not exist in the target version"


def interpret(
    parsed: ParsedFile,
    *,
    target: Version = DEFAULT_TARGET,
    files: BundleFiles | None = None,
    budget: Budget | None = None,
) -> FileModel:
    """What a file defines. Never raises for what stands in the file."""
    machine = Machine(parsed, target, files or NoFiles(), budget or Budget())
    scope = Scope(parsed, machine=machine)
    model = FileModel(parsed, read_data=machine.files.data, read_module=machine.files.module)
    _run(scope, model)
    _collect(scope, model)
    old = next((note.text for note in scope.machine.notes if OLD_IMPORT in note.text), None)
    if target >= (3, 0) and old is not None:
        # Airflow sees no DAG here; whoever mends the file still wants to hear what else is wrong.
        machine = Machine(parsed, LAST_OF_2, files or NoFiles(), budget or Budget(), forgiving=True)
        before, scope = FileModel(parsed), Scope(parsed, machine=machine)
        _run(scope, before)
        _collect(scope, before)
        model.dags_before, model.dags_before_because = before.dags, old
        model.imported = tuple(sorted({*model.imported, *before.imported}))
    return model


def _run(scope: Scope, model: FileModel) -> None:
    from analyzers.code_analyzer.interpreter.statements import run

    machine = scope.machine
    for statement in machine.main.tree.body:
        machine.main_node = statement
        try:
            run(scope, [statement])
        except Raised as raised:
            because = f"the file raises here: {raised.text}"
            machine.note(None, statement, because)
            if model.raises is None:
                model.raises, model.raises_because = statement, f"line {statement.lineno}: {because}"
                model.raised = Raising(_in_main(machine, statement, raised.node), raised.name, raised.text)
            if OLD_IMPORT in raised.text:
                return
            # Airflow would stop here, too; what follows is read all the same, so that the file is no blank.
        except BudgetSpent:
            machine.note(None, statement, "the file needs more steps than the interpreter's budget")
            return
        except RecursionError:
            machine.note(None, statement, "the file is nested too deeply for the interpreter")


def _in_main(machine: Machine, statement: ast.stmt, node: ast.AST) -> ast.AST:
    """The node that raises; what another file raises is told where this file makes it do so."""
    return node if any(inner is node for inner in ast.walk(machine.main.tree)) else statement


def _collect(scope: Scope, model: FileModel) -> None:
    foreign = {id(dag) for dag in scope.machine.foreign}
    named: set[int] = set()
    maybe: set[int] = set()
    for value in scope.variables.values():
        (named if isinstance(value, Dag) else maybe).update(id(dag) for dag in _possible(value))
    for dag in scope.machine.dags:
        if id(dag) in named:
            dag.registered = True
        elif id(dag) in maybe and not dag.registered:
            dag.registered = True
            dag.reasons.append(
                Reason("whether it keeps its global name is not known", dag.home_line, model.path)
            )
        elif id(dag) in foreign:
            continue
        dag.reasons += [Reason(note.text, note.line, note.path) for note in scope.machine.notes]
        (model.dags if dag.registered else model.unreachable_dags).append(dag)
    if not scope.machine.dags and model.raises is None:
        model.lost = lost_in(scope, model.path)
    model.loose_tasks = [task for task in scope.machine.tasks if task.dag is None]
    mentioned = _mentioned(scope)
    model.uncalled_dag_functions = [
        factory.function
        for factory in scope.machine.dag_factories
        if not factory.used and factory.file is scope.machine.main and id(factory) not in mentioned
    ]
    model.uncalled_task_functions = [
        factory.function
        for factory in scope.machine.task_factories
        if not factory.used[0]
        and factory.file is scope.machine.main
        and isinstance(factory.function, Function)
    ]
    model.imported = tuple(sorted({module.scope.file.path for module in scope.machine.modules.values()}))


def _possible(value: Value) -> Iterator[Dag]:
    """The DAGs that a global name may hold at the end."""
    if isinstance(value, Dag):
        yield value
    elif isinstance(value, Unknown):
        for candidate in value.candidates:
            yield from _possible(candidate)


def _mentioned(scope: Scope) -> set[int]:
    """What lies in the containers of the module: a factory kept in a dict is no forgotten one."""
    found: set[int] = set()
    for value in scope.variables.values():
        if not isinstance(value, TaskFactory):
            found.update(id(inner) for inner in walk(value) if inner is not value)
    return found
