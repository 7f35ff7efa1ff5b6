"""Calls that add to what is there, and functions that take care not to add it twice."""

import ast
import re

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import argument, body_nodes, last_name, literal_text, text_of

_DEDUPES = re.compile(
    r"\b(?:delete|truncate|merge|unlink|rmtree)\b|overwrite|drop_?duplicates|dedup|replaceWhere|upsert",
    re.IGNORECASE,
)
_FRAME_TO_FILE = frozenset({"to_csv", "to_json", "to_hdf"})
_PATH_MODES = frozenset({"a", "at", "ab", "a+", "ab+", "a+b"})
_LOG = re.compile(r"\blogs?\b|\.log$|audit|history", re.IGNORECASE)


def appends(file: FileContext, call: ast.Call) -> str | None:
    """What appends, in words; None where the call does not."""
    name = last_name(call.func)
    if name == "to_sql" and literal_text(argument(call, "if_exists")) == "append":
        return "to_sql(if_exists='append')"
    if (
        name == "mode"
        and literal_text(argument(call, "saveMode", 0)) == "append"
        and isinstance(call.func, ast.Attribute)
    ):
        return "mode('append')"
    if name in _FRAME_TO_FILE and literal_text(argument(call, "mode")) == "a":
        return None if _is_log(file, argument(call, "path_or_buf", 0)) else f"{name}(mode='a')"
    if name == "open":
        return _opened(file, call)
    return None


def _opened(file: FileContext, call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Name):
        mode = literal_text(argument(call, "mode", 1)) or ""
        if "a" in mode and not _is_log(file, argument(call, "file", 0)):
            return f"open(…, '{mode}')"
    elif isinstance(call.func, ast.Attribute) and not call.args[1:]:
        # Of a Path; `tarfile.open(name, mode)` and its kind have the mode elsewhere.
        mode = literal_text(argument(call, "mode", 0)) or ""
        if mode in _PATH_MODES and not _is_log(file, call.func.value):
            return f"open('{mode}')"
    return None


def begun_anew(function: ast.AST, call: ast.Call) -> bool:
    """Whether the function also writes the same file from the beginning, as the first of many chunks."""
    target = _target(call)
    return target is not None and any(
        isinstance(node, ast.Call)
        and node is not call
        and last_name(node.func) == last_name(call.func)
        and _target(node) == target
        and _mode(node) in (None, "w", "wb", "wt", "x")
        for node in body_nodes(function)
    )


def _target(call: ast.Call) -> str | None:
    if last_name(call.func) not in {"open", *_FRAME_TO_FILE} or not call.args:
        return None
    return ast.dump(call.args[0])


def _mode(call: ast.Call) -> str | None:
    given = argument(call, "mode", 1 if last_name(call.func) == "open" else None)
    # The default of open() reads, that of a frame writes anew.
    unsaid = "r" if last_name(call.func) == "open" else None
    return unsaid if given is None else literal_text(given) or ""


def _is_log(file: FileContext, path: ast.AST | None) -> bool:
    if isinstance(path, ast.Call) and path.args:
        path = path.args[-1]
    return bool(_LOG.search(text_of(file, path) or ""))


def dedupes(function: ast.AST) -> bool:
    """Whether the function also deletes, merges or removes doubles."""
    for node in body_nodes(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DEDUPES.search(node.value):
            return True
        if isinstance(node, ast.Attribute | ast.Name) and _DEDUPES.search(last_name(node)):
            return True
    return False
