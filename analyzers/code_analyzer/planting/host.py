"""A clean DAG file and the places in it where something can be planted.

It is read by `ast` alone. Were the interpreter asked where to plant, a construct that it misunderstands
would never be tried.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from textwrap import indent

from analyzers.code_analyzer.planting.edits import Edit

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
# Their functions return ids or conditions: a statement at their start is still task code like any other.
TASK_DECORATORS = frozenset({"task", "branch", "short_circuit", "virtualenv", "sensor"})


@dataclass(frozen=True, slots=True)
class Body:
    """A block that statements can be added to."""

    offset: int
    """Where the new lines begin: the start of a line."""
    indentation: str


@dataclass(frozen=True, slots=True)
class DagSpot:
    """A DAG of the file: the call that makes it, and the block that its tasks stand in."""

    call: ast.Call
    body: Body
    name: str | None
    """What the DAG object is called in its block, where it has a name."""
    function: str | None = None
    """The function that `@dag` decorates."""


@dataclass(frozen=True)
class Host:
    """One clean file, and what else its bundle holds."""

    path: str
    text: str
    others: dict[str, bytes] = field(default_factory=dict, hash=False)

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree.

        Raises:
            SyntaxError: it is no Python.
        """
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) for line in self.text.splitlines(keepends=True))]

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    def offset(self, line: int, column: int) -> int:
        """Characters before a place that the AST names: a line from 1, UTF-8 bytes before it in the line."""
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Where a node begins and ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: ast.expr | ast.stmt) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def after(self, statement: ast.stmt) -> int:
        """The start of the line after a statement."""
        return self._starts[min(statement.end_lineno or 1, len(self._starts) - 1)]

    @cached_property
    def module(self) -> Body:
        """After the imports."""
        last: ast.stmt | None = None
        for number, statement in enumerate(self.tree.body):
            is_docstring = number == 0 and ast.get_docstring(self.tree) is not None
            if is_docstring or isinstance(statement, ast.Import | ast.ImportFrom):
                last = statement
        return Body(0 if last is None else self.after(last), "")

    @cached_property
    def imports(self) -> Body:
        """Before the first import that is not from `__future__`, after the docstring."""
        for statement in self.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom) and not (
                isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            ):
                return Body(self.offset(statement.lineno, 0), "")
        return self.module

    @property
    def end(self) -> Body:
        """After everything."""
        return Body(len(self.text), "")

    @cached_property
    def dags(self) -> tuple[DagSpot, ...]:
        """`with DAG(…)` blocks and functions decorated with `@dag(…)`."""
        found = []
        for node in self.nodes:
            if isinstance(node, ast.With):
                call = node.items[0].context_expr
                name = node.items[0].optional_vars
                if isinstance(call, ast.Call) and called(call) == "DAG":
                    known = name.id if isinstance(name, ast.Name) else None
                    found.append(DagSpot(call, self._end_of(node.body), known))
            elif isinstance(node, ast.FunctionDef):
                found += [
                    DagSpot(each, self._end_of(node.body), None, node.name)
                    for each in node.decorator_list
                    if isinstance(each, ast.Call) and called(each) == "dag"
                ]
        return tuple(found)

    def _end_of(self, body: list[ast.stmt]) -> Body:
        last = body[-1]
        spaces = " " * last.col_offset
        if isinstance(last, ast.Return):
            return Body(self.offset(last.lineno, 0), spaces)
        return Body(self.after(last), spaces)

    @cached_property
    def task_bodies(self) -> tuple[Body, ...]:
        """Starts of functions that run as tasks."""
        handed = {
            keyword.value.id
            for node in self.nodes
            if isinstance(node, ast.Call)
            for keyword in node.keywords
            if keyword.arg == "python_callable" and isinstance(keyword.value, ast.Name)
        }
        return tuple(
            self._start_of(node)
            for node in self.nodes
            if isinstance(node, ast.FunctionDef)
            and node.body[0].lineno != node.lineno
            and (node.name in handed or any(_is_task(each) for each in node.decorator_list))
        )

    def _start_of(self, function: FunctionNode) -> Body:
        first = function.body[0]
        if ast.get_docstring(function) is not None:
            return Body(self.after(first), " " * first.col_offset)
        decorators = getattr(first, "decorator_list", [])
        line = min([first.lineno, *(each.lineno for each in decorators)])
        return Body(self.offset(line, 0), " " * first.col_offset)

    @cached_property
    def operators(self) -> tuple[ast.Call, ...]:
        """Calls that make one task with a plain id: `BashOperator(task_id="a", …)`."""
        return tuple(
            node
            for node in self.nodes
            if isinstance(node, ast.Call)
            and called(node)[:1].isupper()
            and isinstance(keyword(node, "task_id"), ast.Constant)
        )

    def added(self, body: Body, code: str) -> Edit:
        """New lines in a block."""
        text = indent(code.strip("\n"), body.indentation) + "\n"
        if body.offset and self.text[body.offset - 1] != "\n":
            text = "\n" + text
        return Edit(body.offset, body.offset, text)

    def given(self, call: ast.Call, name: str, value: str) -> Edit:
        """An argument with a new value, added where the call does not have it."""
        old = keyword(call, name)
        if old is not None:
            return Edit(*self.span(old), value)
        arguments: list[ast.expr] = [*call.args, *(each.value for each in call.keywords)]
        if not arguments:
            end = self.span(call)[1] - 1
            return Edit(end, end, f"{name}={value}")
        last = max(arguments, key=lambda node: self.span(node)[1])
        end = self.span(last)[1]
        spaces = " " * (len(self._lines[call.lineno - 1]) - len(self._lines[call.lineno - 1].lstrip()) + 4)
        # A parenthesis around the last value ends after it.
        while self.text[end : end + 1] == ")" and end < self.span(call)[1] - 1:
            end += 1
        return Edit(end, end, f",\n{spaces}{name}={value}")

    def without(self, call: ast.Call, name: str) -> Edit | None:
        """A call without one of its arguments; None where it has no such, or only that one."""
        found = next((each for each in call.keywords if each.arg == name), None)
        if found is None or len(call.keywords) + len(call.args) == 1:
            return None
        start, end = self.span(found)
        return Edit(start, self.after_comma(end), "")

    def after_comma(self, end: int) -> int:
        """Where a list goes on after an item that ends here."""
        rest = self.text[end:]
        stripped = rest.lstrip()
        return end + len(rest) - len(stripped) + 1 if stripped.startswith(",") else end


def called(call: ast.Call) -> str:
    """The last part of what is called."""
    function = call.func
    return str(getattr(function, "id", getattr(function, "attr", "")))


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """An argument given by name."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def constants(node: ast.AST) -> Iterator[str]:
    """The texts in it."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _is_task(decorator: ast.expr) -> bool:
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    name = str(getattr(decorator, "id", getattr(decorator, "attr", "")))
    owner = getattr(getattr(decorator, "value", None), "id", "task")
    return name in TASK_DECORATORS and owner == "task"
