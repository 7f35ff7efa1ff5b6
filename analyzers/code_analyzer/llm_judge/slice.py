"""The part of a file that a model is shown: a task's function or a DAG's header, with the file's numbers."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

MAX_LINES = 120
MIN_LINES = 40
MAX_CHARACTERS = 12_000
_MAX_LINE_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive lines of a file, masked."""

    first: int
    lines: tuple[str, ...]

    @property
    def numbers(self) -> list[int]:
        """The file's numbers of the lines."""
        return list(range(self.first, self.first + len(self.lines)))

    @property
    def text(self) -> str:
        """The lines with their numbers, as a model sees them."""
        return "\n".join(f"{number:5d} {line}" for number, line in zip(self.numbers, self.lines, strict=True))


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Outline:
    """A file's lines and the statements they belong to; made once per file."""

    def __init__(self, masked: str, hidden_lines: Mapping[int, str] | None = None) -> None:
        lines = masked.split("\n")
        for number, text in (hidden_lines or {}).items():
            if 1 <= number <= len(lines):
                lines[number - 1] = text
        self._lines = [_printable(line) for line in lines]
        self._functions, self._statements = _spans(masked)

    def around(self, line: int) -> Slice:
        """At most 120 lines around one, cut where functions and statements end."""
        line = min(max(line, 1), len(self._lines))
        span = self._statement_at(line)
        if span.length > MAX_LINES:
            half = MAX_LINES // 2
            first = min(max(span.first, line - half), span.last - MAX_LINES + 1)
            span = _Span(first, first + MAX_LINES - 1)
        elif span.length < MIN_LINES:
            # A few lines more often hold the default_args or the import that settles it.
            more = MIN_LINES - span.length
            span = _Span(max(1, span.first - more // 2), min(len(self._lines), span.last + more - more // 2))
        return self._cut(span, line)

    def _statement_at(self, line: int) -> _Span:
        # The outermost function that can be shown whole; a DAG's body is a statement or a function too.
        around = [span for span in self._functions if span.first <= line <= span.last]
        whole = [span for span in around if span.length <= MAX_LINES]
        if whole:
            return max(whole, key=lambda span: span.length)
        if around:
            return min(around, key=lambda span: span.length)
        for span in self._statements:
            if span.first <= line <= span.last:
                return span
        return _Span(line, line)

    def _cut(self, span: _Span, line: int) -> Slice:
        """Fewer lines, from the ends, until the text is short enough."""
        first, last = span.first, span.last
        size = sum(len(self._lines[number - 1]) + 7 for number in range(first, last + 1))
        while size > MAX_CHARACTERS and first < last:
            if line - first > last - line:
                size -= len(self._lines[first - 1]) + 7
                first += 1
            else:
                size -= len(self._lines[last - 1]) + 7
                last -= 1
        return Slice(first, tuple(self._lines[first - 1 : last]))


def _spans(source: str) -> tuple[list[_Span], list[_Span]]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [], []
    functions = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append(_span(node))
        if not isinstance(node, ast.expr):
            pending.extend(ast.iter_child_nodes(node))
    return functions, [_span(statement) for statement in tree.body]


def _span(node: ast.stmt) -> _Span:
    decorators = getattr(node, "decorator_list", [])
    return _Span(min([node.lineno, *(each.lineno for each in decorators)]), node.end_lineno or node.lineno)


def _printable(line: str) -> str:
    shown = "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line.rstrip("\r"))
    if len(shown) > _MAX_LINE_CHARACTERS:
        return shown[:_MAX_LINE_CHARACTERS] + " …"
    return shown
