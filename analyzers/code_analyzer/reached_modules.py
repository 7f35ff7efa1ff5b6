"""Other files of the bundle that a file's code runs in: functions which it calls at parse time or in a task.

A helper in a module of its own is neither PARSE nor TASK when that module is looked at alone. Here the caller
is at hand: what it calls while it is parsed is PARSE there, what its tasks call is TASK there.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from analyzers.code_analyzer.call_graph import CallGraph, Function
from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.scopes import Scopes

MAX_DEPTH = 5
_ELSEWHERE = sys.stdlib_module_names | {"airflow", "__future__"}


@dataclass(slots=True, eq=False)
class ReachedModule:
    """One other file, with what runs in it."""

    parsed: ParsedFile
    at_parse: set[Function] = field(default_factory=set)
    handed: set[Function] = field(default_factory=set)
    """To an operator, or as a callback."""
    in_task: set[Function] = field(default_factory=set)
    """Called by a task."""
    callbacks: set[Function] = field(default_factory=set)

    def context(self, of: FileContext) -> FileContext:
        """The file as its caller makes it run."""
        model = FileModel(self.parsed, read_data=of.model.read_data, read_module=of.model.read_module)
        return FileContext(model, of.settings, self.scopes)

    @property
    def scopes(self) -> Scopes:
        """PARSE and TASK with what the caller adds."""
        graph = graph_of(self.parsed)
        return Scopes(
            self.parsed, graph.with_entries(self.at_parse, self.handed, self.callbacks, self.in_task)
        )

    @property
    def size(self) -> int:
        """How much of it runs."""
        return len(self.at_parse) + len(self.handed) + len(self.in_task)


def reached_modules(context: FileContext) -> list[ReachedModule]:
    """Every other file in which the code of this one runs, in the order of path."""
    found: dict[str, ReachedModule] = {}
    waiting = [(context.parsed, context.scopes)]
    for _ in range(MAX_DEPTH):
        changed: dict[str, ReachedModule] = {}
        for parsed, scopes in waiting:
            for other in _called(parsed, scopes, context):
                known = found.setdefault(other.parsed.path, ReachedModule(other.parsed))
                if _added(known, other):
                    changed[other.parsed.path] = known
        if not changed:
            break
        waiting = [(each.parsed, each.scopes) for each in changed.values()]
    return [found[path] for path in sorted(found)]


@lru_cache(maxsize=128)
def graph_of(parsed: ParsedFile) -> CallGraph:
    """The call graph of a file that several others may call into."""
    return CallGraph(parsed)


def _added(known: ReachedModule, other: ReachedModule) -> bool:
    before = known.size
    known.at_parse |= other.at_parse
    known.handed |= other.handed
    known.in_task |= other.in_task
    known.callbacks |= other.callbacks
    return known.size > before


def _called(parsed: ParsedFile, scopes: Scopes, context: FileContext) -> Iterator[ReachedModule]:
    """What the code of one file calls in others, reference by reference."""
    names = {local for local, origin in parsed.imports.items() if origin.partition(".")[0] not in _ELSEWHERE}
    if not names:
        return
    modules = _Modules(parsed, context)
    for reference in parsed.nodes[ast.Name]:
        if reference.id not in names or not isinstance(reference.ctx, ast.Load):
            continue
        whole = _outermost(reference, parsed)
        target = modules.function(parsed.qualified_name(whole) or "")
        if target is None:
            continue
        other, function = target
        how = graph_of(parsed).how_used(whole)
        if how in {"handed", "callback"}:
            callbacks = {function} if how == "callback" else set[Function]()
            yield ReachedModule(other, handed={function}, callbacks=callbacks)
        elif how == "called":
            if scopes.at_parse(whole):
                yield ReachedModule(other, at_parse={function})
            if scopes.in_task(whole):
                yield ReachedModule(other, in_task={function})


def _outermost(reference: ast.Name, parsed: ParsedFile) -> ast.expr:
    """`settings.bucket` of `settings`; a name alone is itself."""
    whole: ast.expr = reference
    parent = parsed.parent(whole)
    while isinstance(parent, ast.Attribute) and parent.value is whole:
        whole, parent = parent, parsed.parent(parent)
    return whole


class _Modules:
    """The functions of the bundle's other files by dotted name."""

    def __init__(self, parsed: ParsedFile, context: FileContext) -> None:
        self._parsed = parsed
        self._read = context.model.read_module
        self._main = context.parsed
        self._known: dict[str, ParsedFile | None] = {}

    def function(self, name: str) -> tuple[ParsedFile, Function] | None:
        """The function, or a class's `__init__`; None where it is none of the bundle."""
        module, _, last = name.rpartition(".")
        for _ in range(MAX_DEPTH):
            other = self._module(module) if module else None
            if other is None:
                return None
            found = _functions_of(other).get(last)
            if found is not None:
                return other, found
            # A package hands on what its modules define.
            origin = other.imports.get(last)
            if origin is None:
                return None
            module, _, last = origin.rpartition(".")
        return None

    def _module(self, name: str) -> ParsedFile | None:
        if name not in self._known:
            found = self._read(name, self._parsed.path) if self._read is not None else None
            self._known[name] = found if found is not self._main and found is not self._parsed else None
        return self._known[name]


@lru_cache(maxsize=128)
def _functions_of(parsed: ParsedFile) -> Mapping[str, Function]:
    found: dict[str, Function] = {}
    for node in parsed.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                    found[node.name] = inner
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
    return found
