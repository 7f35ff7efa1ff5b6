"""Which names of a bundle's files other files of it import: who imports a function may call it."""

import ast
from collections.abc import Collection

from analyzers.code_analyzer.context import FileContext


def imported_by(file: FileContext) -> list[str]:
    """What a file imports by name from elsewhere than Airflow, as `factory.report`; a star as `factory.*`."""
    return sorted(
        {
            f"{base}.{alias.name}"
            for node in file.all(ast.ImportFrom)
            if not (base := file.parsed.import_base(node)).startswith("airflow")
            for alias in node.names
        }
    )


def is_imported(module: str, name: str, imported: Collection[str]) -> bool:
    """Whether a name of a module is among those; the importing file may see it from a folder further down."""
    parts = module.split(".")
    return any(
        ".".join((*parts[start:], last)) in imported for start in range(len(parts)) for last in (name, "*")
    )
