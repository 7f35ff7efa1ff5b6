"""A DAG file as text, lines and AST: parsed once, walked once, asked by everybody."""

import ast
import io
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Protocol, TypeVar, cast

from dagaudit.errors import DagAuditError

MAX_FILE_BYTES = 5 * 1024 * 1024

N = TypeVar("N", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class NodeIndex(Protocol):
    """Nodes by their exact type; a type that does not occur has an empty list."""

    def __getitem__(self, kind: type[N], /) -> list[N]:
        """All nodes of the type, in source order."""
        ...


class SourceBroken(DagAuditError):
    """A file is no Python that can be read; `line` and `column` (1-based) say where."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class ParsedFile:
    """One file of a bundle, parsed.

    `nodes[ast.Call]` are all calls in source order; `parent(node)` leads up. Lines count from 1.
    """

    def __init__(self, path: str, text: str, *, bundle: int = 0) -> None:
        """Parse.

        Raises:
            SourceBroken: it is not valid Python.
        """
        self.path = path
        self.bundle = bundle
        self.text = text
        self.tree = _tree(path, text)
        self._parents: dict[ast.AST, ast.AST] = {}
        self.nodes = cast("NodeIndex", self._index())

    def _index(self) -> defaultdict[type[ast.AST], list[ast.AST]]:
        # The one walk of the file, in source order; written out because it is the hottest loop of all.
        nodes: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        parents = self._parents
        pending: list[ast.AST] = [self.tree]
        pop, push = pending.pop, pending.append
        while pending:
            node = pop()
            kind = node.__class__
            nodes[kind].append(node)
            names = _FIELDS.get(kind)
            if names is None:
                names = _FIELDS[kind] = tuple(
                    name for name in reversed(kind._fields) if name not in _NO_NODES
                )
            # Backwards, as what is pushed last is popped first.
            for name in names:
                value = getattr(node, name)
                if value.__class__ is list:
                    for item in reversed(value):
                        if item.__class__ not in _PLAIN:
                            parents[item] = node
                            push(item)
                elif value.__class__ not in _PLAIN:
                    parents[value] = node
                    push(value)
        return nodes

    @property
    def module(self) -> str:
        """The dotted name it would be imported by, from the bundle's root."""
        name = self.path.removesuffix(".py").replace("/", ".")
        return name.removesuffix(".__init__")

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; `lines[0]` is line 1."""
        return self.text.split("\n")

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name to the dotted name it stands for, of all imports anywhere in the file."""
        found: dict[str, str] = {}
        for node in self.nodes[ast.Import]:
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        for imported in self.nodes[ast.ImportFrom]:
            base = self.import_base(imported)
            for alias in imported.names:
                found[alias.asname or alias.name] = f"{base}.{alias.name}" if base else alias.name
        return found

    def import_base(self, node: ast.ImportFrom) -> str:
        """The dotted module of a `from … import`, relative ones resolved from the bundle's root."""
        if not node.level:
            return node.module or ""
        package = self.path.removesuffix(".py").split("/")[:-1]
        above = package[: max(len(package) - node.level + 1, 0)]
        return ".".join([*above, node.module] if node.module else above)

    def qualified_name(self, expression: ast.AST) -> str | None:
        """What a name or attribute stands for: `pd.read_csv` is `pandas.read_csv`.

        A name that is not imported stands for itself when nothing in the file binds it at module
        level (a builtin); a local variable has no qualified name.
        """
        parts: list[str] = []
        while isinstance(expression, ast.Attribute):
            parts.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return None
        origin = self.imports.get(expression.id)
        if origin is None:
            if expression.id in self.bound_names:
                return None
            origin = expression.id
        parts.append(origin)
        return ".".join(reversed(parts))

    @cached_property
    def bound_names(self) -> frozenset[str]:
        """Every name that the file itself assigns, defines or takes as a parameter, at any depth."""
        names: set[str] = set()
        names.update(node.name for node in self.nodes[ast.FunctionDef])
        names.update(node.name for node in self.nodes[ast.AsyncFunctionDef])
        names.update(node.name for node in self.nodes[ast.ClassDef])
        names.update(node.id for node in self.nodes[ast.Name] if not isinstance(node.ctx, ast.Load))
        names.update(node.arg for node in self.nodes[ast.arg])
        names.update(node.name for node in self.nodes[ast.ExceptHandler] if node.name)
        return frozenset(names)

    @cached_property
    def generators(self) -> frozenset[ast.AST]:
        """The functions that yield."""
        yields: list[ast.AST] = [*self.nodes[ast.Yield], *self.nodes[ast.YieldFrom]]
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        owners = (next((up for up in self.ancestors(node) if isinstance(up, kinds)), None) for node in yields)
        return frozenset(owner for owner in owners if owner is not None)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds it; None for the module."""
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The parent, its parent, up to the module."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def enclosing_function(self, node: ast.AST) -> FunctionNode | None:
        """The innermost function whose body (or signature) holds the node."""
        return next((up for up in self.ancestors(node) if isinstance(up, FunctionNode)), None)

    def qualname(self, node: ast.AST) -> str:
        """The dotted name of the functions and classes around a node, itself included; "" at module level."""
        around = [node, *self.ancestors(node)]
        names = [up.name for up in around if isinstance(up, FunctionNode | ast.ClassDef)]
        return ".".join(reversed(names))

    def segment(self, node: ast.AST) -> str:
        """The source text of a node."""
        return ast.get_source_segment(self.text, node) or ""

    def line(self, number: int) -> str:
        """A line's text, "" beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @cached_property
    def comments(self) -> dict[int, str]:
        """Line to its comment, with the `#`."""
        if "#" not in self.text:
            return {}
        found: dict[int, str] = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
                if token.type == tokenize.COMMENT:
                    found[token.start[0]] = token.string
        except (tokenize.TokenError, SyntaxError):
            # The parser took the file, so what the tokenizer dislikes is at its end: keep what was found.
            return found
        return found


# Fields that hold text, or operators and contexts, which no rule asks for by their type.
_NO_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "kind", "n", "s", "type_comment", "level", "module"}
)
# What else than nodes a field may hold: asking for the class is cheaper than isinstance.
_PLAIN = frozenset({str, int, bool, type(None)})
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def _node_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The last one first."""
    return tuple(name for name in reversed(kind._fields) if name not in _NO_NODES)


def parse_file(path: str, data: bytes, *, bundle: int = 0, max_bytes: int = MAX_FILE_BYTES) -> ParsedFile:
    """A file from its bytes.

    Raises:
        SourceBroken: too large, not decodable or not valid Python; the message names the remedy.
    """
    if len(data) > max_bytes:
        raise SourceBroken(
            f"{path} has {len(data)} bytes, more than the limit of {max_bytes}; "
            "split it, or move its data to a file beside it"
        )
    return ParsedFile(path, decode(path, data), bundle=bundle)


def decode(path: str, data: bytes) -> str:
    """The text of a Python file: encoding by PEP 263, line ends as \\n.

    Raises:
        SourceBroken: null bytes, an unknown encoding, or bytes that are not in it.
    """
    if (at := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise SourceBroken(f"{path} holds a null byte at line {line}; it is no Python source", line)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceBroken(
            f"{path} is not {error.encoding} at line {line}; save it as UTF-8 or declare its encoding", line
        ) from error
    except (SyntaxError, LookupError) as error:
        # Of bad bytes in the first two lines the detector does not say where they are.
        good = len(data.decode("utf-8", "replace").partition("\ufffd")[0].encode())
        line = data.count(b"\n", 0, good) + 1 if good < len(data) else 1
        raise SourceBroken(f"{path}: {error}; save it as UTF-8", line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tree(path: str, text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, filename=path)
    except SyntaxError as error:
        line = error.lineno or 1
        # Of a string without an end Python says itself where it begins.
        place = "" if f"line {line}" in error.msg else f" at line {line}"
        raise SourceBroken(f"{path}: {error.msg}{place}", line, error.offset or 1) from error
    except (RecursionError, MemoryError) as error:
        raise SourceBroken(f"{path} is nested too deeply to be parsed; simplify its expressions") from error
    except ValueError as error:
        raise SourceBroken(f"{path}: {error}") from error
