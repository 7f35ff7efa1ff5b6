"""Tells the code that runs while a file is parsed from the code that runs in a task.

PARSE is what an import runs: module and class bodies, decorators, parameter defaults, `with DAG`, the bodies
of `@dag` and `@task_group` functions, and every function that those call. TASK is the body of a `@task`, an
operator's `execute`, a callable handed to an operator or kept as a callback, and every function that those
call. A helper that only tasks call is TASK; one that nobody calls here is neither; so is what stands below
`if __name__ == "__main__":`.
"""

import ast
from collections.abc import Iterable, Mapping
from functools import cached_property

from analyzers.code_analyzer.call_graph import CallGraph, Function
from analyzers.code_analyzer.parsed_file import ParsedFile


class Scopes:
    """The scopes of one file."""

    def __init__(self, parsed: ParsedFile, graph: CallGraph | None = None) -> None:
        self._parsed = parsed
        self._graph = graph or CallGraph(parsed)

    def at_parse(self, node: ast.AST) -> bool:
        """Whether this code runs while the file is parsed."""
        owner = self._graph.owner(node)
        if owner is not None and owner not in self._parse_functions:
            return False
        return not self._graph.guarded(node)

    def in_task(self, node: ast.AST) -> bool:
        """Whether this code runs in a task, or in a callback of one."""
        owner = self._graph.owner(node)
        return owner is not None and owner in self._task_functions

    def function(self, node: ast.AST) -> Function | None:
        """The function whose body this code belongs to; a decorator or default belongs to the code around."""
        return self._graph.owner(node)

    @property
    def task_functions(self) -> Iterable[Function]:
        """Every function whose body runs in a task, in order of line."""
        return self._task_functions

    @property
    def entry_functions(self) -> Iterable[Function]:
        """Those of them that an operator calls first, in order of line."""
        return self._graph.task_entries

    def entries_reaching(self, function: Function) -> frozenset[Function]:
        """The entry functions that lead to this one, itself included where it is one."""
        return self._task_functions.get(function, frozenset())

    def is_callback(self, function: Function) -> bool:
        """Whether only callbacks lead to it: Airflow does not keep what they return or raise."""
        entries = self.entries_reaching(function)
        return bool(entries) and entries <= self._graph.callbacks

    @cached_property
    def _parse_functions(self) -> frozenset[Function]:
        return frozenset(self._graph.reached_from([None, *self._graph.parse_entries]))

    @cached_property
    def _task_functions(self) -> Mapping[Function, frozenset[Function]]:
        reaching: dict[Function, set[Function]] = {}
        for entry in [*self._graph.task_entries, *self._graph.task_called]:
            for function in self._graph.reached_from([entry]):
                reaching.setdefault(function, set()).add(entry)
        ordered = sorted(reaching, key=lambda function: (function.lineno, function.col_offset))
        return {function: frozenset(reaching[function]) for function in ordered}
