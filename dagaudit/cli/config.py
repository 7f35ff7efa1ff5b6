"""`[tool.dagaudit]`: looked up from the audited path upwards, as other linters do."""

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from analyzers.code_analyzer.options import CodeOptions


def code_options(paths: Sequence[Path]) -> "CodeOptions":
    """The options that hold for these paths: those of the nearest pyproject.toml of the first that has one.

    Raises:
        SpecInvalid: the file is no TOML, or has a key that we do not know.
    """
    from analyzers.code_analyzer.options import CodeOptions, options_from

    for path in paths:
        found = _nearest(path)
        if found is not None:
            file, table = found
            try:
                return options_from(table)
            except SpecInvalid as error:
                raise SpecInvalid(f"{file}, [tool.dagaudit]: {error}") from error
    return CodeOptions()


def _nearest(path: Path) -> tuple[Path, dict[str, Any]] | None:
    start = Path(os.path.realpath(path))
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if _is_file(file):
            table = _table(file)
            if table is not None:
                return file, table
    return None


def _is_file(file: Path) -> bool:
    """False also where the folder may not be searched: whoever reads the folder says so, and better."""
    try:
        return file.is_file()
    except PermissionError:
        return False


def _table(file: Path) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpecInvalid(f"{file} cannot be read: {error}") from error
    table = document.get("tool", {}).get("dagaudit")
    if table is not None and not isinstance(table, dict):
        raise SpecInvalid(f"{file}: tool.dagaudit is not a table")
    return table
