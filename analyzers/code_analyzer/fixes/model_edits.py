"""Edits of what the model knows: an argument of a DAG, of a task or in a dict that is handed to one."""

import ast

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.arguments import add_argument, remove_argument
from analyzers.code_analyzer.model import Argument, Task
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.values import Value
from dagaudit.finding import Edit

_MAKES_DAGS = frozenset({"DAG", "dag"})


def dag_argument_added(context: DagContext, text: str) -> list[Edit]:
    """The edits that give the DAG an argument more; empty where it is made elsewhere or by other means."""
    dag, parsed = context.dag, context.file.parsed
    node = dag.node
    if node is None or (dag.file is not None and dag.file is not parsed):
        return []
    called = node.func if isinstance(node, ast.Call) else node
    name = parsed.qualified_name(called) or ""
    if not name.startswith("airflow.") or name.rpartition(".")[2] not in _MAKES_DAGS:
        return []
    if isinstance(node, ast.Call):
        return [] if _is_handed_more(node, parsed) else add_argument(parsed, node, text)
    if isinstance(node, ast.Name | ast.Attribute):
        return [edits.insert(edits.end(parsed, node), f"({text})")]
    return []


def task_argument_added(task: Task, parsed: ParsedFile, text: str) -> list[Edit]:
    """The edits that give an operator an argument more; empty for tasks of other files and decorated ones."""
    node = task.node
    if not isinstance(node, ast.Call) or task.decorator is not None or task.is_mapped:
        return []
    if task.file is not None and task.file is not parsed:
        return []
    return [] if _is_handed_more(node, parsed) else add_argument(parsed, node, text)


def _is_handed_more(call: ast.Call, parsed: ParsedFile) -> bool:
    """Whether a function hands over what its callers give: another one may give this very argument."""
    open_ended = any(keyword.arg is None for keyword in call.keywords)
    return open_ended and parsed.enclosing_function(call) is not None


def argument_removed(argument: Argument, parsed: ParsedFile) -> list[Edit]:
    """The edits that take an argument out of the call or the dict that gives it, in this file."""
    if argument.value.file is not None and argument.value.file is not parsed:
        return []
    if argument.keyword is not None:
        call = parsed.parent(argument.keyword)
        return remove_argument(parsed, call, argument.keyword) if isinstance(call, ast.Call) else []
    return item_removed(argument.value, argument.name, parsed)


def item_removed(value: Value, name: str, parsed: ParsedFile) -> list[Edit]:
    """The edits that take an item out of the dict that it stands in, in this file."""
    key = key_of(value, name, parsed)
    holder = parsed.parent(key) if key is not None else None
    return remove_argument(parsed, holder, key) if key is not None and isinstance(holder, ast.Dict) else []


def key_renamed(value: Value, name: str, instead: str, parsed: ParsedFile) -> list[Edit]:
    """The edits that rename a dict's key, unless the name is asked for elsewhere in the file."""
    key = key_of(value, name, parsed)
    if key is None:
        return []
    named = [each for each in parsed.nodes[ast.Constant] if each.value in (name, instead)]
    return edits.replace_word(parsed, key, name, instead) if named == [key] else []


def key_of(value: Value, name: str, parsed: ParsedFile) -> ast.Constant | None:
    """The key of a dict's item, by its value."""
    if value.node is None or value.file is not parsed:
        return None
    holder = parsed.parent(value.node)
    if not isinstance(holder, ast.Dict):
        return None
    for key, each in zip(holder.keys, holder.values, strict=True):
        if each is value.node and isinstance(key, ast.Constant) and key.value == name:
            return key
    return None
