"""Calls that add to what is there, and functions that take care not to add it twice."""

import ast
import re

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import argument, body_nodes, last_name, literal_text, text_of

_DEDUPES = re.compile(
    r"\b(?:delete|truncate|merge)\b|overwrite|drop_?duplicates|dedup|replaceWhere|upsert", re.IGNORECASE
)
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
    if name == "open" and isinstance(call.func, ast.Name):
        mode = literal_text(argument(call, "mode", 1)) or ""
        path = text_of(file, argument(call, "file", 0)) or ""
        if "a" in mode and not _LOG.search(path):
            return f"open(…, '{mode}')"
    return None


def dedupes(function: ast.AST) -> bool:
    """Whether the function also deletes, merges or removes doubles."""
    for node in body_nodes(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DEDUPES.search(node.value):
            return True
        if isinstance(node, ast.Attribute | ast.Name) and _DEDUPES.search(last_name(node)):
            return True
    return False
