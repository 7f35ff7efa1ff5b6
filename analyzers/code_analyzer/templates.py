"""Reads Jinja templates: which names they use, what they call with, and where they are broken.

Jinja2's own parser does the reading; nothing is ever rendered. A text without a Jinja mark costs one search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

NOT_LITERAL = object()
"""Stands for an argument whose value only rendering would tell."""

_JINJA_GLOBALS = frozenset(
    {
        "range", "dict", "lipsum", "cycler", "joiner", "namespace", "loop", "self", "super", "caller",
        "varargs", "kwargs",
    }
)  # fmt: skip
_DEFAULTING_FILTERS = frozenset({"default", "d"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that a template takes from its context, with the attributes read from it."""

    path: tuple[str, ...]
    """As ("dag_run", "conf", "table"); constant subscripts count as attributes."""
    line: int
    """Within the template, from 1."""
    filters: tuple[str, ...] = ()
    """The filters that its value passes, in their order."""
    as_condition: bool = False
    """Whether it only decides something, so that its text never shows."""

    @property
    def name(self) -> str:
        """The context key."""
        return self.path[0]

    @property
    def dotted(self) -> str:
        """As it would be written."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """A call in a template, as `ti.xcom_pull(task_ids='extract')`."""

    path: tuple[str, ...]
    line: int
    arguments: tuple[Any, ...] = ()
    """Literal values, NOT_LITERAL for the others."""
    keywords: Mapping[str, Any] = field(default_factory=dict)
    open_ended: bool = False
    """Whether it also takes `*args` or `**kwargs`."""

    def argument(self, name: str, position: int) -> Any:  # noqa: ANN401 - any literal
        """An argument given by name or by position, None where it is left out."""
        if name in self.keywords:
            return self.keywords[name]
        return self.arguments[position] if position < len(self.arguments) else None


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """Why a template cannot be parsed."""

    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """A template, taken apart."""

    text: str
    references: tuple[Reference, ...] = ()
    calls: tuple[TemplateCall, ...] = ()
    guarded: frozenset[str] = frozenset()
    """Names that it tests by `is defined` or gives a default."""
    includes: bool = False
    """Whether it takes in other templates, and so names that are not seen here."""
    problem: TemplateProblem | None = None

    @property
    def names(self) -> frozenset[str]:
        """The context keys that it needs."""
        return frozenset(reference.name for reference in self.references)


def is_template(text: str) -> bool:
    """Whether there is anything for Jinja in it."""
    return "{{" in text or "{%" in text or "{#" in text


@lru_cache(maxsize=4096)
def read_template(text: str) -> Template:
    """Take a template apart; one without marks, or broken, has no names."""
    if not is_template(text):
        return Template(text)
    from jinja2 import TemplateSyntaxError

    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        return Template(text, problem=TemplateProblem(error.message or "syntax error", error.lineno))
    except RecursionError:
        return Template(text, problem=TemplateProblem("nested too deeply to be read", 1))
    reader = _Reader()
    reader.read(tree, ())
    references = tuple(found for found in reader.references if found.name not in reader.local_names)
    return Template(
        text, references, tuple(reader.calls), frozenset(reader.guarded), includes=reader.includes
    )


def source_line(template_line: int, needle: str, lines: Sequence[str], first: int, last: int) -> int:
    """The line of the source file on which a line of a string literal stands.

    `first` and `last` are the lines of the literal. Escapes and joined literals shift lines, so the line
    by count is believed only where it holds the needle; otherwise the first line that does is taken.
    """
    counted = first + template_line - 1
    span = range(first, min(last, len(lines)) + 1)
    if counted in span and needle in lines[counted - 1]:
        return counted
    return next((number for number in span if needle in lines[number - 1]), first)


@cache
def known_filters() -> frozenset[str]:
    """The filters that Jinja itself brings."""
    return frozenset(_environment().filters)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment

    # As Airflow makes its own; it parses only, so there is nothing to escape.
    return Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])  # noqa: S701


class _Reader:
    """Walks a template's tree once."""

    def __init__(self) -> None:
        self.references: list[Reference] = []
        self.calls: list[TemplateCall] = []
        self.guarded: set[str] = set()
        self.local_names: set[str] = set(_JINJA_GLOBALS)
        self.includes = False
        self._in_condition = False

    def read(self, node: "nodes.Node", filters: tuple[str, ...]) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            self._read_name(node, filters)
            return
        if isinstance(node, nodes.Call):
            self._note_call(node)
        elif isinstance(node, nodes.Filter):
            self._read_filter(node, filters)
            return
        elif isinstance(node, nodes.Test) and node.name in {"defined", "undefined"}:
            self._guard(node.node)
        elif isinstance(node, nodes.Include | nodes.Extends | nodes.Import | nodes.FromImport):
            self._note_import(node)
        elif isinstance(node, nodes.Macro):
            self.local_names.add(node.name)
        outer = self._in_condition
        for child in node.iter_child_nodes():
            self._in_condition = outer or _only_decides(node, child)
            # A call passes its value on unchanged as far as filters are concerned.
            self.read(child, filters if isinstance(node, nodes.Call) and child is node.node else ())
        self._in_condition = outer

    def _read_name(self, node: "nodes.Node", filters: tuple[str, ...]) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.Name) and node.ctx != "load":
            self.local_names.add(node.name)
            return
        path = _path(node)
        if path:
            self.references.append(Reference(path, node.lineno, filters, self._in_condition))
        for inner in _unread_parts(node, whole_path=bool(path)):
            self.read(inner, ())

    def _read_filter(self, node: "nodes.Filter", filters: tuple[str, ...]) -> None:
        if node.name in _DEFAULTING_FILTERS and node.node is not None:
            self._guard(node.node)
        for child in node.iter_child_nodes():
            self.read(child, (node.name, *filters) if child is node.node else ())

    def _guard(self, node: "nodes.Node") -> None:
        path = _path(node)
        if path:
            self.guarded.add(path[0])

    def _note_call(self, node: "nodes.Call") -> None:
        path = _path(node.node)
        if path:
            self.calls.append(
                TemplateCall(
                    path,
                    node.lineno,
                    tuple(_literal(argument) for argument in node.args),
                    {keyword.key: _literal(keyword.value) for keyword in node.kwargs},
                    open_ended=node.dyn_args is not None or node.dyn_kwargs is not None,
                )
            )

    def _note_import(self, node: "nodes.Node") -> None:
        from jinja2 import nodes

        self.includes = True
        if isinstance(node, nodes.Import):
            self.local_names.add(node.target)
        elif isinstance(node, nodes.FromImport):
            self.local_names.update(name if isinstance(name, str) else name[1] for name in node.names)


def _only_decides(node: "nodes.Node", child: "nodes.Node") -> bool:
    """Whether a part of an expression or statement is asked for its truth only."""
    from jinja2 import nodes

    if isinstance(node, nodes.If | nodes.CondExpr):
        return child is node.test
    return isinstance(node, nodes.Compare | nodes.Test | nodes.Not)


def _path(node: "nodes.Node") -> tuple[str, ...]:
    """The dotted path of a name, empty where it does not begin with one."""
    from jinja2 import nodes

    parts: list[str] = []
    while True:
        if isinstance(node, nodes.Getattr):
            parts.append(node.attr)
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            parts.append(str(node.arg.value))
        elif isinstance(node, nodes.Getitem) and _path(node.node):
            # A computed subscript ends what is known of the path.
            parts.clear()
        elif isinstance(node, nodes.Name):
            return (node.name, *reversed(parts))
        else:
            return ()
        node = node.node


def _unread_parts(node: "nodes.Node", *, whole_path: bool) -> Iterator["nodes.Node"]:
    """What lies inside a path besides its names: computed subscripts, or the call that it begins with."""
    from jinja2 import nodes

    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            yield node.arg
        node = node.node
    if not whole_path:
        yield node


def _literal(node: "nodes.Expr") -> Any:  # noqa: ANN401 - any literal
    from jinja2 import nodes

    if not all(
        isinstance(part, nodes.Const | nodes.List | nodes.Tuple | nodes.Dict | nodes.Pair | nodes.Neg)
        for part in (node, *node.find_all(nodes.Node))
    ):
        return NOT_LITERAL
    try:
        return node.as_const()
    except nodes.Impossible:
        return NOT_LITERAL
