"""What marks code for the call graph: decorators that make tasks, keywords that take callables, guards."""

import ast

from analyzers.code_analyzer.parsed_file import ParsedFile

_Def = ast.FunctionDef | ast.AsyncFunctionDef

# What Airflow calls on an operator, a sensor, a trigger or a notifier.
TASK_METHODS = frozenset({
    "execute", "pre_execute", "post_execute", "execute_complete", "execute_async", "execute_failed",
    "on_kill", "poke", "resume_execution", "run", "notify", "async_notify", "submit_job", "choose_branch",
})  # fmt: skip
_TASK_BASES = ("Operator", "Sensor", "Trigger", "Notifier", "Mixin")
_HANDED_BY_KEYWORD = ("callable", "_fn", "_check", "_filter", "_handler")


def guards_of(parsed: ParsedFile) -> dict[ast.AST, list[ast.stmt]]:
    """The module-level `if`s whose body an import never runs, with that body."""
    guards: dict[ast.AST, list[ast.stmt]] = {}
    for node in parsed.tree.body:
        if isinstance(node, ast.If):
            test = (
                ast.dump(node.test)
                if isinstance(node.test, ast.Compare)
                else parsed.qualified_name(node.test)
            )
            if test is not None and ("__main__" in test or test.endswith("TYPE_CHECKING")):
                guards[node] = node.body
    return guards


def decorated_as(parsed: ParsedFile, function: _Def) -> str | None:
    """task or dag, where a decorator makes it one."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = parsed.qualified_name(called) or ""
        if makes_task(name):
            return "task"
        if name.rpartition(".")[2] in {"dag", "task_group"}:
            return "dag"
    return None


def last_part(node: ast.expr) -> str:
    """`c` of `a.b.c`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def makes_task(name: str) -> bool:
    """Whether a call of this name makes a task."""
    parts = name.split(".")
    if parts[-1] == "partial":
        parts.pop()
    if not parts:
        return False
    last = parts[-1]
    if last.endswith(("Operator", "Sensor")) or last in {"task", "setup", "teardown", "asset"}:
        return True
    return len(parts) > 1 and parts[-2] in {"task", "asset"} and last != "task_group"


def handed_as(keyword: str) -> str:
    """What a keyword of this name does with a callable: callback, handed (to a task), or kept."""
    if keyword.startswith("on_") or keyword.endswith("_callback"):
        return "callback"
    return "handed" if keyword.endswith(_HANDED_BY_KEYWORD) else "kept"


def is_run_by_airflow(cls: ast.ClassDef) -> bool:
    """Whether Airflow calls the methods of the class: an operator's, a sensor's, a trigger's."""
    return any(last_part(base).endswith(_TASK_BASES) for base in cls.bases)
