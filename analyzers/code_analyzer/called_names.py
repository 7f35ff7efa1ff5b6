"""Names what is called, methods of local objects included.

After `s3 = boto3.client("s3")`, the call `s3.copy()` is one of `boto3.client().copy`.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from analyzers.code_analyzer.call_aliases import Aliases
from analyzers.code_analyzer.parsed_file import ParsedFile


class CalledNames:
    """The calls of one file by name."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._parsed = parsed
        self._aliases = Aliases(parsed)

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """Name to its calls, in source order; what has no name is left out."""
        found: dict[str, list[ast.Call]] = {}
        for call in self._parsed.nodes[ast.Call]:
            for name in (self._alias(call) or self.of(call.func), self._handed_to_call(call)):
                if name is not None:
                    found.setdefault(name, []).append(call)
        return found

    def _alias(self, call: ast.Call) -> str | None:
        """After `read = Variable.get` or `read = partial(Variable.get, "a")`, what `read()` calls."""
        if not isinstance(call.func, ast.Name) or call.func.id in self._parsed.imports:
            return None
        names = {self._outside(value) for value in self._aliases.of(call.func.id)}
        return names.pop() if len(names) == 1 else None

    def _handed_to_call(self, call: ast.Call) -> str | None:
        """`map(Variable.get, names)` calls what it is given."""
        if isinstance(call.func, ast.Name) and call.func.id in {"map", "filter"} and call.args:
            return self._outside(call.args[0])
        return None

    def _outside(self, value: ast.expr) -> str | None:
        """The name of a callable that is imported."""
        name = self._parsed.qualified_name(value) if isinstance(value, ast.Attribute | ast.Name) else None
        return name if name is not None and "." in name else None

    def of(self, expression: ast.AST) -> str | None:
        """The name of what an expression stands for; `()` marks what a call returns."""
        name = self._parsed.qualified_name(expression)
        if name is not None:
            return name
        if isinstance(expression, ast.Attribute):
            base = self.of(expression.value)
            return f"{base}.{expression.attr}" if base is not None else None
        if isinstance(expression, ast.Call):
            base = self.of(expression.func)
            return f"{base}()" if base is not None else None
        return self._made(expression) if isinstance(expression, ast.Name) else None

    def _made(self, name: ast.Name) -> str | None:
        makers = self._makers.get(name.id, ())
        if len(makers) > 1:
            here = self._parsed.enclosing_function(name)
            makers = [call for call in makers if self._parsed.enclosing_function(call) is here] or makers
        if not makers or any(self._inside(name, call) for call in makers):
            return None
        made = {self._parsed.qualified_name(call.func) or self._of_maker(call) for call in makers}
        only = made.pop()
        return f"{only}()" if not made and only is not None else None

    def _of_maker(self, call: ast.Call) -> str | None:
        # One step only: `conn = engine.connect()` after `engine = create_engine(url)`.
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            makers = self._makers.get(call.func.value.id, ())
            if len(makers) == 1 and makers[0] is not call:
                base = self._parsed.qualified_name(makers[0].func)
                return f"{base}().{call.func.attr}" if base is not None else None
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
            base = self._parsed.qualified_name(call.func.value.func)
            return f"{base}().{call.func.attr}" if base is not None else None
        return None

    def _inside(self, name: ast.Name, call: ast.Call) -> bool:
        """Whether the name stands in the very call that made it: `df = df.dropna()`."""
        return name.lineno == call.lineno and call in self._parsed.ancestors(name)

    @cached_property
    def _makers(self) -> dict[str, Sequence[ast.Call]]:
        found: dict[str, list[ast.Call]] = {}
        for name, call in self._assigned():
            found.setdefault(name, []).append(call)
        return dict(found)

    def _assigned(self) -> Iterator[tuple[str, ast.Call]]:
        for node in self._parsed.nodes[ast.Assign]:
            if isinstance(node.value, ast.Call):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield target.id, node.value
        for item in self._parsed.nodes[ast.withitem]:
            if isinstance(item.context_expr, ast.Call) and isinstance(item.optional_vars, ast.Name):
                yield item.optional_vars.id, item.context_expr
