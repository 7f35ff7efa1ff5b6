"""Who calls whom inside one file: the functions, and which of them an import or an operator calls first."""

import ast
from collections.abc import Iterable, Iterator
from copy import copy

from analyzers.code_analyzer.call_aliases import Aliases
from analyzers.code_analyzer.call_marks import (
    TASK_METHODS,
    decorated_as,
    guards_of,
    handed_as,
    is_run_by_airflow,
    last_part,
    makes_task,
)
from analyzers.code_analyzer.parsed_file import ParsedFile

_Def = ast.FunctionDef | ast.AsyncFunctionDef
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)

# Builtins and friends that call what they are given, there and then.
_CALL_AT_ONCE = frozenset({
    "map", "filter", "sorted", "min", "max", "any", "all", "sum", "list", "tuple", "set", "dict", "next",
    "iter", "functools.reduce", "itertools.starmap", "itertools.groupby", "itertools.takewhile",
    "itertools.dropwhile",
})  # fmt: skip
_PARTIAL = frozenset({"functools.partial", "partial"})
_PROPERTIES = frozenset({"property", "cached_property"})
_PASS_THROUGH = (ast.List, ast.Tuple, ast.Set, ast.Starred, ast.IfExp, ast.BoolOp, ast.NamedExpr)


class CallGraph:
    """The functions of a file and the calls between them; None stands for the code outside of functions."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._parsed = parsed
        self._guards = guards_of(parsed)
        self._calls: dict[Function | None, set[Function]] = {}
        self._names: dict[str, list[Function]] = {}
        self._classes: dict[str, dict[str, Function]] = {}
        self._task_marked: set[Function] = set()
        self._returned: dict[Function, set[Function]] = {}
        self._decorating: list[tuple[Function, Function]] = []
        self._deferred: set[Function] = set()
        self.parse_entries: list[Function] = []
        self.task_called: list[Function] = []
        self.callbacks: set[Function] = set()
        self._read_definitions()
        self._aliases = Aliases(parsed)
        self._read_references()
        self._run_what_decorators_return()
        self.task_entries: list[Function] = sorted(
            self._task_marked, key=lambda function: (function.lineno, function.col_offset)
        )

    def owner(self, node: ast.AST) -> Function | None:
        """The function whose body the node belongs to."""
        parent_of = self._parsed.parent
        parent = parent_of(node)
        while parent is not None:
            if isinstance(parent, _DEFS):
                # Decorators, defaults and annotations are expressions; only the body is made of statements.
                if isinstance(node, ast.stmt):
                    return parent
            elif isinstance(parent, ast.Lambda) and not isinstance(node, ast.arguments):
                return parent
            node, parent = parent, parent_of(parent)
        return None

    def guarded(self, node: ast.AST) -> bool:
        """Whether an import never gets here: below `if __name__ == "__main__":` or `if TYPE_CHECKING:`."""
        if not self._guards:
            return False
        parent = self._parsed.parent(node)
        while parent is not None:
            if parent in self._guards and node in self._guards[parent]:
                return True
            node, parent = parent, self._parsed.parent(parent)
        return False

    def reached_from(self, starts: Iterable[Function | None]) -> Iterator[Function]:
        """The starts and every function that they call, directly or not."""
        seen: set[Function | None] = set()
        waiting = list(starts)
        while waiting:
            function = waiting.pop()
            if function in seen:
                continue
            seen.add(function)
            if function is not None:
                yield function
            waiting.extend(self._calls.get(function, ()))

    def with_entries(
        self,
        at_parse: Iterable[Function],
        handed: Iterable[Function],
        callbacks: Iterable[Function],
        called: Iterable[Function],
    ) -> "CallGraph":
        """The same, entered from other files, too: at parse time, by their operators, or by their tasks."""
        made = copy(self)
        made.task_called = sorted(called, key=lambda function: (function.lineno, function.col_offset))
        made.parse_entries = [*self.parse_entries, *at_parse]
        made.callbacks = {*self.callbacks, *callbacks}
        entries = {*self.task_entries, *handed}
        made.task_entries = sorted(entries, key=lambda function: (function.lineno, function.col_offset))
        return made

    def how_used(self, reference: ast.AST) -> str:
        """called, handed (to an operator), callback, or kept for a use that is not seen."""
        return (
            "kept" if self.guarded(reference) and self.owner(reference) is None else self._how_used(reference)
        )

    def _read_definitions(self) -> None:
        defined: list[_Def] = [*self._parsed.nodes[ast.FunctionDef]]
        defined += self._parsed.nodes[ast.AsyncFunctionDef]
        for function in defined:
            parent = self._parsed.parent(function)
            if isinstance(parent, ast.ClassDef):
                self._classes.setdefault(parent.name, {})[function.name] = function
                if function.name in TASK_METHODS and is_run_by_airflow(parent):
                    self._task_marked.add(function)
            else:
                self._names.setdefault(function.name, []).append(function)
            kind = decorated_as(self._parsed, function)
            if kind == "task":
                self._task_marked.add(function)
                self._deferred.add(function)
            elif kind == "dag":
                self.parse_entries.append(function)

    def _read_references(self) -> None:
        if not self._names and not self._classes and not self._parsed.nodes[ast.Lambda]:
            return
        for name in self._parsed.nodes[ast.Name]:
            if not isinstance(name.ctx, ast.Load):
                continue
            if name.id in self._names:
                for function in self._visible(name):
                    self._refer(name, function)
            elif name.id in self._classes:
                self._refer_to_class(name)
            else:
                self._refer_by_alias(name)
        for attribute in self._parsed.nodes[ast.Attribute]:
            self._refer_by_attribute(attribute)
        for function in self._parsed.nodes[ast.Lambda]:
            self._refer(function, function)

    def _visible(self, name: ast.Name) -> list[Function]:
        candidates = self._names[name.id]
        if len(candidates) == 1 and self.owner(candidates[0]) is None:
            return candidates
        around: list[Function | None] = [self.owner(name)]
        while around[-1] is not None:
            around.append(self.owner(around[-1]))
        for scope in around:
            found = [function for function in candidates if self.owner(function) is scope]
            if found:
                return found
        return []

    def _refer(self, reference: ast.AST, function: Function) -> None:
        owner = self.owner(reference)
        if owner is None and self.guarded(reference):
            return
        if function in self._deferred:
            # Calling a @task makes a task; its body runs elsewhere.
            return
        how = self._how_used(reference)
        parent = self._parsed.parent(reference)
        if isinstance(parent, _DEFS) and reference in parent.decorator_list:
            self._decorating.append((function, parent))
        if isinstance(parent, ast.Return) and owner is not None:
            self._returned.setdefault(owner, set()).add(function)
        elif how == "called":
            self._calls.setdefault(owner, set()).add(function)
        elif how == "handed":
            self._task_marked.add(function)
        elif how == "callback":
            self._task_marked.add(function)
            self.callbacks.add(function)
        else:
            self._handed_on(owner, function)

    def _refer_by_alias(self, name: ast.Name) -> None:
        """`read = lambda: …` or `read = partial(load, 1)`, and then `read()`."""
        for value in self._aliases.of(name.id):
            functions = [value] if isinstance(value, ast.Lambda) else self._visible_or_none(value)
            for function in functions:
                if self._how_used(name) == "called" and function not in self._deferred:
                    self._calls.setdefault(self.owner(name), set()).add(function)

    def _visible_or_none(self, value: ast.expr) -> list[Function]:
        return self._visible(value) if isinstance(value, ast.Name) and value.id in self._names else []

    def _run_what_decorators_return(self) -> None:
        """A decorator's inner function runs when the decorated one does, not when it decorates."""
        for decorator, decorated in self._decorating:
            for inner in self._returned.get(decorator, ()):
                self._calls.setdefault(decorated, set()).add(inner)

    def _handed_on(self, owner: Function | None, function: Function) -> None:
        """Kept in a variable, or given to code we do not see: most of these end up in an operator."""
        if owner is None or owner in self.parse_entries:
            self._task_marked.add(function)
        else:
            self._calls.setdefault(owner, set()).add(function)

    def _how_used(self, reference: ast.AST) -> str:
        node, parent = reference, self._parsed.parent(reference)
        while isinstance(parent, _PASS_THROUGH):
            node, parent = parent, self._parsed.parent(parent)
        if isinstance(parent, ast.Call):
            return self._how_used_by_call(node, parent)
        if isinstance(parent, ast.keyword):
            return self._how_used_by_keyword(parent)
        if isinstance(parent, ast.Dict):
            keys = [key for key, value in zip(parent.keys, parent.values, strict=True) if value is node]
            return handed_as(str(keys[0].value)) if keys and isinstance(keys[0], ast.Constant) else "kept"
        if isinstance(parent, _DEFS) and node in parent.decorator_list:
            return "called"
        return "called" if isinstance(reference, ast.Name) and isinstance(parent, ast.Attribute) else "kept"

    def _how_used_by_call(self, node: ast.AST, call: ast.Call) -> str:
        if call.func is node:
            return "called"
        name = self._parsed.qualified_name(call.func) or ""
        if name in _PARTIAL:
            return self._how_used(call)
        if name in _CALL_AT_ONCE:
            return "called"
        return "handed" if makes_task(name) or name.endswith(".map") else "kept"

    def _how_used_by_keyword(self, keyword: ast.keyword) -> str:
        call = self._parsed.parent(keyword)
        if keyword.arg == "key":
            return "called"
        if keyword.arg is not None and handed_as(keyword.arg) != "kept":
            return handed_as(keyword.arg)
        name = self._parsed.qualified_name(call.func) if isinstance(call, ast.Call) else None
        if name in _PARTIAL and call is not None:
            return self._how_used(call)
        return "handed" if makes_task(name or "") else "kept"

    def _refer_to_class(self, name: ast.Name) -> None:
        parent = self._parsed.parent(name)
        owner = self.owner(name)
        if isinstance(parent, ast.Call) and parent.func is name and not self.guarded(name):
            methods = self._classes[name.id]
            made = {methods[each] for each in ("__new__", "__init__", "__post_init__") if each in methods}
            self._calls.setdefault(owner, set()).update(made)

    def _refer_by_attribute(self, attribute: ast.Attribute) -> None:
        function = self._methods_of(attribute.value).get(attribute.attr)
        if function is None:
            return
        if any(last_part(each) in _PROPERTIES for each in getattr(function, "decorator_list", ())):
            # Reading a property calls it.
            self._calls.setdefault(self.owner(attribute), set()).add(function)
        else:
            self._refer(attribute, function)

    def _methods_of(self, value: ast.expr) -> dict[str, Function]:
        """The methods of what the attribute is taken from: self, a class here, or a fresh instance."""
        if isinstance(value, ast.Call):
            value = value.func
        if not isinstance(value, ast.Name):
            return {}
        if value.id in self._classes:
            return self._classes[value.id]
        if value.id in {"self", "cls"}:
            around = self._parsed.parent(value)
            while around is not None and not isinstance(around, ast.ClassDef):
                around = self._parsed.parent(around)
            return self._classes.get(around.name, {}) if around is not None else {}
        made = self._instances.get(value.id)
        return self._classes[made] if made is not None else {}

    @property
    def _instances(self) -> dict[str, str]:
        if not hasattr(self, "_instance_names"):
            self._instance_names = {
                target.id: node.value.func.id
                for node in (self._parsed.nodes[ast.Assign] if self._classes else ())
                if isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Name)
                and node.value.func.id in self._classes
                for target in node.targets
                if isinstance(target, ast.Name)
            }
        return self._instance_names
