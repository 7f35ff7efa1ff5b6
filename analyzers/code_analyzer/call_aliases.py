"""Other names of callables: `read = Variable.get`, `read = partial(load, 1)`, `read = lambda: …`."""

import ast
from collections.abc import Sequence

from analyzers.code_analyzer.parsed_file import ParsedFile

PARTIAL = frozenset({"functools.partial", "partial"})


class Aliases:
    """The callables that the names of one file stand for, where each is assigned."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._parsed = parsed
        self._known: dict[str, list[ast.expr]] | None = None

    def of(self, name: str) -> Sequence[ast.expr]:
        """The lambdas, names and attributes that a name is given."""
        if self._known is None:
            self._known = {}
            for node in self._parsed.nodes[ast.Assign]:
                value = self.callable_in(node.value)
                for target in node.targets if value is not None else ():
                    if isinstance(target, ast.Name) and value is not None:
                        self._known.setdefault(target.id, []).append(value)
        return self._known.get(name, ())

    def callable_in(self, value: ast.expr) -> ast.expr | None:
        """The callable itself: of a partial its first argument."""
        if isinstance(value, ast.Call) and self._parsed.qualified_name(value.func) in PARTIAL and value.args:
            return self.callable_in(value.args[0])
        return value if isinstance(value, ast.Lambda | ast.Name | ast.Attribute) else None
