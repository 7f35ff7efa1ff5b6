"""Which local files the task code of a file writes and reads."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import HOLE, argument, last_name, literal_text, makes_task, text_of

_WRITES = {
    "to_csv": 0, "to_parquet": 0, "to_json": 0, "to_pickle": 0, "to_excel": 0, "write_csv": 0,
    "write_parquet": 0, "dump": 1, "save": 1, "urlretrieve": 1, "copyfile": 1, "copy": 1, "move": 1,
    "savetxt": 0,
}  # fmt: skip
_READS = {
    "read_csv": 0, "read_parquet": 0, "read_json": 0, "read_pickle": 0, "read_excel": 0, "load": 0,
    "loadtxt": 0, "scan_csv": 0, "scan_parquet": 0, "listdir": 0,
}  # fmt: skip
_PATH_WRITES = frozenset({"write_text", "write_bytes"})
_PATH_READS = frozenset({"read_text", "read_bytes"})
_REDIRECT = re.compile(r">>?\s*(?P<path>/[\w./-]+)")
_MENTION = re.compile(r"(?<![\w/>.:-])(?P<path>/(?:tmp|var|home|opt|data|root|usr/local)/[\w./-]+)")


@dataclass(frozen=True, slots=True)
class FileUse:
    """One write or read of an absolute path."""

    path: str
    writes: bool
    node: ast.AST
    tasks: frozenset[ast.AST]
    """The functions that operators call, or the operator's own call, through which it happens."""

    @property
    def shown(self) -> str:
        """The path, with dots for what is not known."""
        return self.path.replace(HOLE, "…")


def file_uses(file: FileContext) -> Iterator[FileUse]:
    """Of functions that run in tasks, and of bash commands."""
    for call in file.all(ast.Call):
        found = _of_call(file, call)
        if found is None:
            continue
        path, writes = found
        function = file.scopes.function(call)
        if (
            path.startswith("/")
            and path != "/dev/null"
            and function is not None
            and file.scopes.in_task(call)
        ):
            yield FileUse(path, writes, call, frozenset(file.scopes.entries_reaching(function)))
    yield from _of_commands(file)


def _of_call(file: FileContext, call: ast.Call) -> tuple[str, bool] | None:
    name = last_name(call.func)
    where: ast.expr | None = None
    writes = name in _WRITES or name in _PATH_WRITES
    if name == "open" and isinstance(call.func, ast.Name):
        mode = literal_text(argument(call, "mode", 1)) or "r"
        where, writes = argument(call, "file", 0), bool(set(mode) & set("wax"))
    elif name in _PATH_WRITES or name in _PATH_READS:
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        where = base.args[0] if isinstance(base, ast.Call) and base.args else None
    elif name in _WRITES or name in _READS:
        position = _WRITES.get(name, _READS.get(name, 0))
        where = call.args[position] if position < len(call.args) else argument(call, "path")
    text = text_of(file, where) if where is not None else None
    return (text, writes) if text is not None else None


def _of_commands(file: FileContext) -> Iterator[FileUse]:
    for keyword in file.all(ast.keyword):
        if keyword.arg != "bash_command" or not isinstance(keyword.value, ast.Constant | ast.JoinedStr):
            continue
        call = file.parsed.parent(keyword)
        text = text_of(file, keyword.value)
        if (
            text is None
            or not isinstance(call, ast.Call)
            or not makes_task(file.parsed.qualified_name(call.func))
        ):
            continue
        written = {found["path"] for found in _REDIRECT.finditer(text)}
        for path in sorted(written):
            yield FileUse(path, True, keyword.value, frozenset({call}))
        read = {found["path"] for found in _MENTION.finditer(_REDIRECT.sub(" ", text))}
        for path in sorted(read - written):
            yield FileUse(path, False, keyword.value, frozenset({call}))
