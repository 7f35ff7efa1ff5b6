"""Names what is called, methods of local objects included.

After `s3 = boto3.client("s3")`, the call `s3.copy()` is one of `boto3.client().copy`.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from analyzers.code_analyzer.parsed_file import ParsedFile


class CalledNames:
    """The calls of one file by name."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._parsed = parsed

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """Name to its calls, in source order; what has no name is left out."""
        found: dict[str, list[ast.Call]] = {}
        for call in self._parsed.nodes[ast.Call]:
            name = self.of(call.func)
            if name is not None:
                found.setdefault(name, []).append(call)
        return found

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
