"""Finds imports of Airflow that fail in Airflow 3, as far as the table of names knows."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.gone_names import is_gone, new_place
from analyzers.code_analyzer.parsed_file import ParsedFile

_CATCHES_IT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class GoneImport:
    """One name that can no longer be imported."""

    name: str
    """Dotted: the module's, or the module's and the member's."""
    line: int
    column: int
    new: str | None
    """Where it is now, where that is known."""


def gone_imports(file: FileContext) -> Iterator[GoneImport]:
    """Those that an import of the file would meet, be it at once or when a function runs."""
    imports: list[ast.Import | ast.ImportFrom] = [*file.all(ast.Import), *file.all(ast.ImportFrom)]
    for node in imports:
        for alias, name, gone in _names(node, file.parsed):
            if gone and not is_guarded_import(node, file.parsed):
                yield GoneImport(name, alias.lineno, alias.col_offset + 1, new_place(name))


def _names(node: ast.Import | ast.ImportFrom, parsed: ParsedFile) -> Iterator[tuple[ast.alias, str, bool]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            if alias.name.startswith("airflow."):
                yield alias, alias.name, is_gone(alias.name)
            continue
        base = parsed.import_base(node)
        if base == "airflow" or base.startswith("airflow."):
            yield alias, f"{base}.{alias.name}", is_gone(base, None if alias.name == "*" else alias.name)


def is_guarded_import(node: ast.AST, parsed: ParsedFile) -> bool:
    """Whether the file is ready for its failure: a `try` or a question about the version is around it."""
    inner = node
    for outer in parsed.ancestors(node):
        if isinstance(outer, ast.Try) and inner not in outer.finalbody and any(map(_catches, outer.handlers)):
            return True
        if isinstance(outer, ast.If) and inner is not outer.test and _asks_version(outer.test):
            return True
        inner = outer
    return False


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(kind).rpartition(".")[2] in _CATCHES_IT for kind in kinds)


def _asks_version(test: ast.expr) -> bool:
    text = ast.unparse(test).lower()
    return "version" in text or "type_checking" in text or "airflow_v" in text or "airflow_3" in text
