"""`.airflowignore`: which files and folders Airflow leaves out, by its own two syntaxes."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

NAME = ".airflowignore"


class IgnoreSyntax(StrEnum):
    """`[core] dag_ignore_file_syntax`; glob is Airflow 3's default."""

    GLOB = "glob"
    REGEXP = "regexp"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line of an ignore file."""

    matches: Callable[[str, bool], bool]
    """Given a path from the bundle's root and whether it is a folder."""
    include: bool
    """False for a line that begins with `!`."""


class IgnoreRules:
    """All ignore files of a bundle."""

    def __init__(self, files: Mapping[str, str], syntax: IgnoreSyntax = IgnoreSyntax.GLOB) -> None:
        """`files`: the folder of each ignore file, "" for the root, and its text."""
        compile_line = _glob if syntax is IgnoreSyntax.GLOB else _regexp
        self._by_folder: dict[str, list[_Pattern]] = {}
        self.invalid: list[str] = []
        for folder, text in files.items():
            patterns = self._by_folder.setdefault(folder, [])
            for line in text.split("\n"):
                stripped = re.sub(r"\s*#.*", "", line.rstrip("\r"))
                if not stripped or stripped.strip() == "/":
                    continue
                pattern = compile_line(stripped, folder)
                if pattern is None:
                    self.invalid.append(f"{folder}/{NAME}".lstrip("/") + f": {stripped!r} is no pattern")
                else:
                    patterns.append(pattern)
        self._folders: dict[str, bool] = {"": False}

    def leaves_out(self, path: str) -> bool:
        """Whether Airflow would not look at this file."""
        if not self._by_folder:
            return False
        folder = path.rpartition("/")[0]
        return self._folder_is_out(folder) or self._match(path, folder, is_folder=False)

    def _folder_is_out(self, folder: str) -> bool:
        known = self._folders.get(folder)
        if known is None:
            above = folder.rpartition("/")[0]
            # Nothing below an ignored folder can come back: Airflow does not walk into it.
            known = self._folder_is_out(above) or self._match(folder, above, is_folder=True)
            self._folders[folder] = known
        return known

    def _match(self, path: str, folder: str, *, is_folder: bool) -> bool:
        matched = False
        for pattern in self._patterns(folder):
            if pattern.matches(path, is_folder):
                matched = pattern.include
        return matched

    def _patterns(self, folder: str) -> Iterable[_Pattern]:
        parts = folder.split("/") if folder else []
        for depth in range(len(parts) + 1):
            yield from self._by_folder.get("/".join(parts[:depth]), ())


def _regexp(line: str, folder: str) -> _Pattern | None:
    del folder
    try:
        expression = re.compile(line)
    except re.error:
        return None
    return _Pattern(partial(_regexp_matches, expression), True)


def _regexp_matches(expression: re.Pattern[str], path: str, is_folder: bool) -> bool:
    del is_folder
    return expression.search(path) is not None


def _glob(line: str, folder: str) -> _Pattern | None:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        pattern = GitIgnoreSpecPattern(line)
    except ValueError:
        return None
    if pattern.include is None:
        return None
    anchored = line.startswith("/") or "/" in line.rstrip("/")
    bare = line.lstrip("!").rstrip()
    only_folders = bare != bare.rstrip("/")
    return _Pattern(
        partial(_glob_matches, pattern, folder if anchored else None, only_folders), pattern.include
    )


def _glob_matches(pattern: Any, anchor: str | None, only_folders: bool, path: str, is_folder: bool) -> bool:  # noqa: ANN401 - pathspec's own class
    if only_folders and not is_folder:
        return False
    # A pattern without a slash looks at the name alone, all others at the path from their own file on.
    seen = path.rpartition("/")[2] if anchor is None else path[len(anchor) + bool(anchor) :]
    return pattern.match_file(f"{seen}/" if is_folder else seen) is not None
