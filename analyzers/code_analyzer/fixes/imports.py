"""Takes names out of import statements."""

import ast
from collections.abc import Collection

from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.edits import end_of, start_of
from analyzers.code_analyzer.parsed_file import ParsedFile
from dagaudit.finding import Edit


def unused_import_removed(parsed: ParsedFile, origin: str, others: Collection[Edit]) -> list[Edit]:
    """The edits that take `from a.b import c` out, for an origin `a.b.c` that `others` leave without a use.

    Empty where it still has one, or where the others already see to it.
    """
    for node in parsed.nodes[ast.ImportFrom]:
        for alias in node.names:
            if node.level or f"{node.module}.{alias.name}" != origin:
                continue
            if any(node.lineno <= each.start_line <= (node.end_lineno or node.lineno) for each in others):
                return []
            return (
                [] if _is_used(parsed, alias.asname or alias.name, others) else _removed(parsed, node, alias)
            )
    return []


def import_moved(parsed: ParsedFile, origin: str, new: str) -> list[Edit]:
    """The edits that import a name from its new place, for an origin `a.b.c` that is now `x.y.c`.

    Empty where it has another name there, or where more stands on the line.
    """
    module, _, name = new.rpartition(".")
    for node in parsed.nodes[ast.ImportFrom]:
        for alias in node.names:
            if node.level or f"{node.module}.{alias.name}" != origin or alias.name != name or not module:
                continue
            first, last = edits.start(parsed, node), edits.end(parsed, node)
            column = parsed.line(first[0]).find(f" {node.module} ", first[1] - 1)
            if len(node.names) == 1 and column >= 0:
                return [edits.replace_at(first[0], column + 2, node.module or "", module)]
            indent = parsed.line(first[0])[: first[1] - 1]
            if indent.strip() or parsed.line(last[0])[last[1] - 1 :].strip():
                return []
            line = f"\n{indent}from {module} import {ast.unparse(alias)}"
            return [*_removed(parsed, node, alias), edits.insert(last, line)] if len(node.names) > 1 else []
    return []


def _is_used(parsed: ParsedFile, name: str, others: Collection[Edit]) -> bool:
    uses = [each for each in parsed.nodes[ast.Name] if each.id == name]
    exported = any(each.value == name for each in parsed.nodes[ast.Constant])
    return exported or any(not _covered(parsed, each, others) for each in uses)


def _covered(parsed: ParsedFile, node: ast.Name, others: Collection[Edit]) -> bool:
    first, last = edits.start(parsed, node), edits.end(parsed, node)
    return any(start_of(each) <= first and last <= end_of(each) for each in others)


def _removed(parsed: ParsedFile, node: ast.ImportFrom, alias: ast.alias) -> list[Edit]:
    first, last = edits.start(parsed, node), edits.end(parsed, node)
    if len(node.names) > 1:
        number = node.names.index(alias)
        if number + 1 < len(node.names):
            following = edits.start(parsed, node.names[number + 1])
            return [edits.between(edits.start(parsed, alias), following, "")]
        return [edits.between(edits.end(parsed, node.names[number - 1]), edits.end(parsed, alias), "")]
    before = parsed.line(first[0])[: first[1] - 1]
    after = parsed.line(last[0])[last[1] - 1 :]
    # In a block it may be the only statement.
    alone = not before and not after.strip() and isinstance(parsed.parent(node), ast.Module)
    return [edits.between(first, (last[0] + 1, 1), "")] if alone else []
